use hookstead::types::{RepoName, Timestamp};

use super::because::Because;
use super::decision::{Canceled, Decision, SeenHead};
use super::facts::{Answer, CommitNow, Facts, PullRequestNow};
use super::lookup::Lookup;
use crate::config::{Config, Project};
use crate::record::{Build, BuildState, BuildTarget, Head};

/// What the parts of the plan share: what is known, and the decision as far as it is made.
pub(super) struct Planner<'a> {
    pub(super) config: &'a Config,
    pub(super) at: &'a Timestamp,
    pub(super) decision: Decision,
    facts: &'a Facts,
}

impl<'a> Planner<'a> {
    pub(super) fn new(config: &'a Config, at: &'a Timestamp, facts: &'a Facts) -> Self {
        Self { config, at, decision: Decision::default(), facts }
    }

    /// Nothing, because of this.
    pub(super) fn nothing(&mut self, because: Because) {
        if !self.decision.nothing.contains(&because) {
            self.decision.nothing.push(because);
        }
    }

    /// Nothing, because of this; and the person who asked is told.
    pub(super) fn refuse(&mut self, because: Because) {
        let sentence = sentence(&because);
        match &mut self.decision.reply {
            Some(reply) if reply.contains(&sentence) => {}
            Some(reply) => *reply = format!("{reply}\n{sentence}"),
            None => self.decision.reply = Some(sentence),
        }
        self.nothing(because);
    }

    pub(super) fn builds(&mut self, lookup: Lookup) -> &'a [Build] {
        match self.ask(lookup) {
            Some(Answer::Builds(builds)) => builds,
            _ => &[],
        }
    }

    /// The moment of the event; where it says none that can be read, that when it came.
    pub(super) fn moment(&self, said: Option<&Timestamp>) -> Timestamp {
        said.filter(|moment| moment.instant().is_some()).unwrap_or(self.at).clone()
    }

    pub(super) fn head(&mut self, lookup: Lookup) -> Option<&'a Head> {
        match self.ask(lookup)? {
            Answer::Head(head) => head.as_ref(),
            _ => None,
        }
    }

    /// What the event says of a head. Several projects may have the repository.
    pub(super) fn see(&mut self, repo: &RepoName, target: &BuildTarget, head: Head) {
        let (repo, target) = (repo.clone(), target.clone());
        let seen = SeenHead { repo, target, head };
        if !self.decision.heads.contains(&seen) {
            self.decision.heads.push(seen);
        }
    }

    pub(super) fn name(&mut self, lookup: Lookup) -> Option<&'a RepoName> {
        match self.ask(lookup)? {
            Answer::Name(name) => name.as_ref(),
            _ => None,
        }
    }

    /// Whether this account may write; `None` while nobody has said.
    pub(super) fn may_write(&mut self, lookup: Lookup) -> Option<bool> {
        match self.ask(lookup)? {
            Answer::MayWrite(may_write) => Some(*may_write),
            _ => None,
        }
    }

    pub(super) fn pull_request(&mut self, lookup: Lookup) -> Option<&'a PullRequestNow> {
        match self.ask(lookup)? {
            Answer::PullRequest(pull_request) => pull_request.as_ref(),
            _ => None,
        }
    }

    pub(super) fn commit(&mut self, lookup: Lookup) -> Option<&'a CommitNow> {
        match self.ask(lookup)? {
            Answer::Commit(commit) => commit.as_ref(),
            _ => None,
        }
    }

    /// What is known of it. A lookup that nobody has answered yet becomes part of the decision, but for one
    /// to GitHub while the journal may still make it needless.
    pub(super) fn ask(&mut self, lookup: Lookup) -> Option<&'a Answer> {
        let Decision { lookups, assumed, .. } = &mut self.decision;
        let answer = self.facts.get(&lookup);
        let place = match answer {
            Some(Answer::Unknown) => assumed,
            Some(_) => return answer,
            None => {
                let waits =
                    lookup.is_for_github() && lookups.iter().any(|lookup| !lookup.is_for_github());
                if waits {
                    return None;
                }
                lookups
            }
        };
        if !place.contains(&lookup) {
            place.push(lookup);
        }
        None
    }

    /// Whether the target is known to have come back since it ended: opened again, or pushed again.
    pub(super) fn came_back(
        &mut self,
        repo: &RepoName,
        target: &BuildTarget,
        gone: &Head,
    ) -> Option<Because> {
        let known = self.head(Lookup::head(repo, target))?;
        let is_back = !known.sha.is_zero() && gone.is_older_than(known);
        is_back.then(|| Because::CameBack { target: target.clone() })
    }

    /// Cancels what waits or runs for this target.
    pub(super) fn cancel_all(
        &mut self,
        project: &Project,
        target: &BuildTarget,
        because: &Because,
    ) {
        self.cancel_unless(project, target, because, |_| None);
    }

    /// Cancels what waits or runs for this target, but for builds that are for something else as well.
    pub(super) fn cancel_unless(
        &mut self,
        project: &Project,
        target: &BuildTarget,
        because: &Because,
        also_for: impl Fn(&Build) -> Option<BuildTarget>,
    ) {
        let live = self.builds(Lookup::live(&project.name, target));
        let mut is_empty = true;
        for build in live.iter().filter(|build| !build.state.is_final()) {
            is_empty = false;
            match also_for(build).filter(|_| build.state != BuildState::Waiting) {
                Some(target) => self.nothing(Because::GoesOnFor {
                    after: Box::new(because.clone()),
                    build: build.number,
                    target,
                }),
                None => self
                    .decision
                    .canceled
                    .push(Canceled { build: build.number, because: because.clone() }),
            }
        }
        if is_empty {
            self.nothing(Because::NothingToCancel { after: Box::new(because.clone()) });
        }
    }
}

/// The clause as a sentence.
fn sentence(because: &Because) -> String {
    let clause = because.to_string();
    let mut letters = clause.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).chain(['.']).collect()
}
