//! What people ask for by the page and the command line, and what schedules ask for.

use hookstead::types::Sha;

use super::because::Because;
use super::candidate::{Candidate, ChangedFiles, Passed, Wish, first_line};
use super::decision::{Approved, Canceled};
use super::facts::CommitNow;
use super::lookup::Lookup;
use super::occasion::Request;
use super::planner::Planner;
use crate::config::{Forks, Project, Trigger};
use crate::record::{Build, BuildCause, BuildState, BuildTarget};

impl<'a> Planner<'a> {
    pub(super) fn on_request(&mut self, by: &str, request: &Request) {
        match request {
            Request::Again(number) => self.again(by, *number),
            Request::Approve(number) => {
                let Some(build) = self.build(*number) else { return };
                if build.state != BuildState::Waiting {
                    return self.nothing(wrong_state(build, "approved"));
                }
                self.decision.approved.push(Approved { build: *number, by: by.to_owned() });
            }
            Request::Cancel(number) => {
                let Some(build) = self.build(*number) else { return };
                if build.state.is_final() {
                    return self.nothing(wrong_state(build, "canceled"));
                }
                let because = Because::CanceledBy { by: by.to_owned() };
                self.decision.canceled.push(Canceled { build: *number, because });
            }
            Request::Build { project, job, name } => {
                let known = self.config.projects.iter().find(|it| {
                    it.name == *project || project.parse().is_ok_and(|repo| it.repo == repo)
                });
                let Some(known) = known else {
                    return self.nothing(Because::NoSuchProject { name: project.clone() });
                };
                if let Some(job) = job.as_ref().filter(|job| known.job(job).is_none()) {
                    return self.nothing(no_such_job(known, job));
                }
                let jobs = job.as_ref().map(|job| vec![job.clone()]);
                let passed = Passed::RunsAgain;
                let wish = Wish { by: by.to_owned(), jobs, passed, approves: true };
                self.build_by_name(known, name, wish);
            }
            Request::Schedule { project, job } => self.on_schedule(by, project, job),
        }
    }

    fn on_schedule(&mut self, by: &str, project: &str, job: &str) {
        let Some(project) = self.config.project(project) else {
            return self.nothing(Because::NoSuchProject { name: project.to_owned() });
        };
        if project.job(job).is_none() {
            return self.nothing(no_such_job(project, job));
        }
        let Some(commit) = self.commit(commit_lookup(project, "HEAD")) else {
            return self.nothing(no_such_commit(project, "HEAD"));
        };
        let wish = Wish {
            by: by.to_owned(),
            jobs: Some(vec![job.to_owned()]),
            passed: Passed::RunsAgain,
            approves: false,
        };
        let target = match &commit.branch {
            Some(branch) => BuildTarget::Branch(branch.clone()),
            None => BuildTarget::Commit(commit.sha.to_string()),
        };
        let cause = BuildCause::Schedule;
        self.offer(project, &Candidate { cause, ..self.of_commit(project, commit, target, wish) });
    }

    fn build(&mut self, number: i64) -> Option<&'a Build> {
        let build = self.builds(Lookup::Build { number }).first();
        if build.is_none() {
            self.nothing(Because::NoSuchBuild { build: number });
        }
        build
    }

    fn again(&mut self, by: &str, number: i64) {
        let Some(build) = self.build(number) else { return };
        let what = &build.what;
        let Some(project) = self.config.project(&what.project) else {
            return self.nothing(Because::NoSuchProject { name: what.project.clone() });
        };
        if project.job(&what.job).is_none() {
            return self.nothing(no_such_job(project, &what.job));
        }
        let passed = Passed::RunsAgain;
        let wish = Wish { by: by.to_owned(), jobs: None, passed, approves: false };
        self.repeat(project, &what.repo, build, wish);
    }

    /// Builds what a person names: a whole ref, `pull/5`, a whole sha; else a branch of that name, else a tag.
    fn build_by_name(&mut self, project: &Project, name: &str, wish: Wish) {
        let plain = name.strip_prefix("refs/").unwrap_or(name);
        if let Some(number) = plain.strip_prefix("pull/") {
            let number = number.strip_suffix("/head").unwrap_or(number);
            let Ok(number) = number.parse() else {
                return self.nothing(no_such_commit(project, name));
            };
            let lookup = Lookup::pull_request(&project.repo, number);
            let Some(now) = self.pull_request(lookup) else {
                return self.nothing(Because::NoPullRequest { number });
            };
            // What stands there now need not be what somebody looked at.
            if now.is_fork {
                return self.nothing(Because::ForksNeedSha);
            }
            let candidate = self.of_pull_request_now(&project.repo, now, wish);
            return self.offer(project, &candidate);
        }
        let names = match (name.parse::<Sha>(), name.starts_with("refs/")) {
            (Ok(sha), _) => vec![sha.to_string()],
            (_, true) => vec![name.to_owned()],
            _ => vec![format!("refs/heads/{name}"), format!("refs/tags/{name}")],
        };
        for known in &names {
            let lookup = commit_lookup(project, known);
            if let Some(commit) = self.commit(lookup.clone()) {
                let target = target_of(known);
                let mut candidate = self.of_commit(project, commit, target, wish);
                candidate.is_fork = self.is_of_unknown_origin(project, &candidate);
                if candidate.is_fork && project.forks == Forks::Never {
                    let sha = candidate.sha;
                    return self.nothing(Because::UnknownOrigin { sha });
                }
                return self.offer(project, &candidate);
            }
            // The next name counts only when there is nothing of this one.
            if self.decision.lookups.contains(&lookup) {
                break;
            }
        }
        self.nothing(no_such_commit(project, name));
    }

    /// GitHub finds a fork's commits in the repository as well, by their sha. So a commit without a branch may be
    /// a stranger's, unless it was built as one's own.
    fn is_of_unknown_origin(&mut self, project: &Project, candidate: &Candidate) -> bool {
        if !matches!(candidate.target, BuildTarget::Commit(_)) {
            return false;
        }
        let known = self.builds(Lookup::builds_of(&project.name, &candidate.sha));
        known.iter().all(|build| build.what.is_fork)
    }

    fn of_commit(
        &self,
        project: &Project,
        commit: &CommitNow,
        target: BuildTarget,
        wish: Wish,
    ) -> Candidate {
        let (trigger, r#ref) = match &target {
            BuildTarget::Branch(name) => (Trigger::Push, format!("refs/heads/{name}")),
            BuildTarget::Tag(name) => (Trigger::Tag, format!("refs/tags/{name}")),
            _ => (Trigger::Push, commit.sha.to_string()),
        };
        Candidate {
            trigger,
            repo: project.repo.clone(),
            sha: commit.sha.clone(),
            before: None,
            r#ref,
            cause: BuildCause::Asked { by: wish.by.clone() },
            moment: self.at.clone(),
            title: first_line(&commit.message),
            author: commit.author.clone(),
            is_fork: false,
            is_draft: false,
            // Whoever names it need not be told that it is another branch.
            branch: None,
            default_branch: None,
            tree: commit.tree.clone(),
            files: ChangedFiles::All,
            wish: Some(wish),
            target,
        }
    }
}

fn target_of(name: &str) -> BuildTarget {
    match (name.strip_prefix("refs/heads/"), name.strip_prefix("refs/tags/")) {
        (Some(branch), _) => BuildTarget::Branch(branch.to_owned()),
        (_, Some(tag)) => BuildTarget::Tag(tag.to_owned()),
        _ => BuildTarget::Commit(name.to_owned()),
    }
}

fn commit_lookup(project: &Project, name: &str) -> Lookup {
    Lookup::Commit { repo: project.repo.to_string(), name: name.to_owned() }
}

fn no_such_commit(project: &Project, name: &str) -> Because {
    Because::NoSuchCommit { name: name.to_owned(), repo: project.repo.clone() }
}

fn no_such_job(project: &Project, job: &str) -> Because {
    let known = project.jobs.iter().map(|job| job.name.clone()).collect();
    Because::NoSuchJob { name: job.to_owned(), known }
}

fn wrong_state(build: &Build, wanted: &str) -> Because {
    let (build, state) = (build.number, build.state);
    Because::WrongState { build, state, wanted: wanted.to_owned() }
}
