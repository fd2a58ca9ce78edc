//! Pushes of branches and tags, those of the merge queue among them.

use std::collections::BTreeSet;

use hookstead::events::{Event, PushEvent};
use hookstead::types::{RepoName, Sha, Timestamp};

use super::because::Because;
use super::candidate::{Candidate, ChangedFiles, first_line};
use super::lookup::Lookup;
use super::planner::Planner;
use super::skip_words::skip_words;
use crate::config::{Credentials, Project, Trigger};
use crate::record::{Build, BuildCause, BuildTarget, Head};

/// GitHub makes a branch below this one for each group of the merge queue.
pub(super) const QUEUE: &str = "gh-readonly-queue/";

/// An event has at most so many commits, says GitHub's schema; the others are left out in silence.
const MOST_COMMITS: usize = 2048;

/// A commit has at most so many files in an event. As many are looked at in all, for a push of any size is to be
/// decided on at once.
const MOST_FILES: usize = 3000;

impl Planner<'_> {
    pub(super) fn on_push(
        &mut self,
        project: &Project,
        repo: &RepoName,
        event: &PushEvent,
        cause: &BuildCause,
    ) {
        let Some((trigger, target)) = target_of(event) else {
            return self.nothing(Because::NoBranchOrTag { name: event.r#ref.clone() });
        };
        if trigger == Trigger::MergeGroup
            && matches!(self.config.credentials, Credentials::App { .. })
        {
            return self.nothing(Because::MergeGroupTells);
        }
        if event.deleted || event.after.is_zero() {
            return self.on_deleted(project, repo, &target, event);
        }
        let Some(sha) = event.head_sha() else { return self.nothing(Because::NoCommit) };

        let commit = event.head_commit.as_deref();
        let message = commit.map(|commit| commit.message.as_str()).unwrap_or_default();
        let author = commit.and_then(|commit| commit.author.as_ref());
        let author = author.and_then(|author| author.username.clone().or(author.name.clone()));
        let branch = match &target {
            BuildTarget::MergeGroup(name) => queue_base(name).map(str::to_owned),
            _ => event.branch().or(event.tag()).map(str::to_owned),
        };
        let mut candidate = Candidate {
            trigger,
            repo: repo.clone(),
            sha: sha.clone(),
            // All zeros of a new branch: they tell it from one that was deleted.
            before: Some(event.before.clone()).filter(Sha::is_well_formed),
            r#ref: event.r#ref.clone(),
            target,
            cause: cause.clone(),
            moment: self.moment_of(event),
            title: first_line(message),
            author: author.unwrap_or_default(),
            is_fork: false,
            is_draft: false,
            branch,
            default_branch: event.repository.default_branch.clone(),
            tree: commit.and_then(|commit| commit.tree_id.clone()).filter(is_commit),
            files: if trigger == Trigger::Push { files_of(event) } else { ChangedFiles::All },
            wish: None,
        };
        if let Some(because) = candidate.newer(self) {
            return self.nothing(because);
        }
        candidate.see(self);
        // The queue would wait for ever for what is skipped.
        let words = skip_words(message).filter(|_| trigger != Trigger::MergeGroup);
        if let Some(words) = words {
            let place = "the commit's message".to_owned();
            return self.nothing(Because::SkipWords { words, place });
        }
        self.offer(project, &candidate);
    }

    fn on_deleted(
        &mut self,
        project: &Project,
        repo: &RepoName,
        target: &BuildTarget,
        event: &PushEvent,
    ) {
        let gone = Head {
            sha: event.after.clone(),
            before: Some(event.before.clone()).filter(is_commit),
            moment: self.moment_of(event),
        };
        if let Some(because) = self.came_back(repo, target, &gone) {
            return self.nothing(because);
        }
        self.see(repo, target, gone);
        let because = Because::Deleted { target: target.clone() };
        let BuildTarget::MergeGroup(name) = target else {
            return self.cancel_all(project, target, &because);
        };
        // When the group was merged, its commit is on the base branch, which may have joined its builds.
        let base = BuildTarget::Branch(queue_base(name).unwrap_or_default().to_owned());
        let head = self.head(Lookup::head(repo, &base));
        let is_merged = head.is_some_and(|head| head.sha == event.before);
        let also_for = |_: &Build| is_merged.then(|| base.clone());
        self.cancel_unless(project, target, &because, also_for);
    }

    /// GitHub tells when somebody pushed to the repository last, which is mostly this push.
    fn moment_of(&self, event: &PushEvent) -> Timestamp {
        self.moment(event.repository.pushed_at.as_ref())
    }
}

/// Whether the event is of a commit.
fn is_commit(sha: &Sha) -> bool {
    sha.is_well_formed() && !sha.is_zero()
}

fn target_of(event: &PushEvent) -> Option<(Trigger, BuildTarget)> {
    match (event.branch(), event.tag()) {
        (Some(branch), _) if branch.starts_with(QUEUE) => {
            Some((Trigger::MergeGroup, BuildTarget::MergeGroup(branch.to_owned())))
        }
        (Some(branch), _) => Some((Trigger::Push, BuildTarget::Branch(branch.to_owned()))),
        (None, Some(tag)) => Some((Trigger::Tag, BuildTarget::Tag(tag.to_owned()))),
        (None, None) => None,
    }
}

/// The branch that a group of the merge queue goes into: `main` of `gh-readonly-queue/main/pr-104-...`.
pub(super) fn queue_base(name: &str) -> Option<&str> {
    Some(name.strip_prefix(QUEUE)?.rsplit_once('/')?.0)
}

/// The files that the push changes, if the event has all of them.
fn files_of(event: &PushEvent) -> ChangedFiles {
    if event.created || event.before.is_zero() {
        return ChangedFiles::Unknown("the branch is new");
    }
    if event.forced {
        return ChangedFiles::Unknown("the push was forced");
    }
    if event.commits.is_empty() {
        return ChangedFiles::Unknown("the event lists no commits");
    }
    if event.commits.len() >= MOST_COMMITS {
        return ChangedFiles::Unknown("the event lists only some of its commits");
    }
    let mut files = BTreeSet::new();
    for commit in &event.commits {
        let lists = [&commit.added, &commit.modified, &commit.removed];
        files.extend(lists.into_iter().flatten().cloned());
        if files.len() >= MOST_FILES {
            return ChangedFiles::Unknown("it changes more files than the event lists");
        }
    }
    ChangedFiles::These(files.into_iter().collect())
}
