//! Builds that are made again, and who may ask for that.

use hookstead::types::RepoName;

use super::because::Because;
use super::candidate::{Candidate, ChangedFiles, Wish};
use super::lookup::Lookup;
use super::planner::Planner;
use crate::config::{Project, Trigger};
use crate::record::{Build, BuildCause, BuildTarget};

impl Planner<'_> {
    /// Repeats a build: the same commit, whatever is the newest now.
    pub(super) fn repeat(&mut self, project: &Project, repo: &RepoName, last: &Build, wish: Wish) {
        let what = &last.what;
        let trigger = match &what.target {
            BuildTarget::Branch(_) => Trigger::Push,
            BuildTarget::Tag(_) => Trigger::Tag,
            BuildTarget::MergeGroup(_) => Trigger::MergeGroup,
            _ => Trigger::PullRequest,
        };
        let mut candidate = Candidate {
            trigger,
            repo: repo.clone(),
            sha: what.sha.clone(),
            before: what.before.clone(),
            r#ref: what.r#ref.clone(),
            target: what.target.clone(),
            cause: BuildCause::Again { of: last.number, by: wish.by.clone() },
            moment: what.moment.clone(),
            title: what.title.clone(),
            author: what.author.clone(),
            is_fork: what.is_fork,
            is_draft: false,
            branch: None,
            default_branch: None,
            tree: None,
            files: ChangedFiles::All,
            wish: Some(Wish { jobs: Some(vec![what.job.clone()]), ..wish }),
        };
        // In the lane of its target it would be superseded at once, or take the place of what is newer.
        if candidate.newer(self).is_some() {
            candidate.target = BuildTarget::Commit(what.sha.to_string());
        }
        self.offer(project, &candidate);
    }

    /// Whether this person may write to the repository; else nothing is done.
    pub(super) fn obeys(&mut self, repo: &RepoName, login: &str) -> bool {
        let lookup = Lookup::MayWrite { repo: repo.to_string(), login: login.to_owned() };
        let may_write = self.may_write(lookup) == Some(true);
        if !may_write {
            self.nothing(Because::MayNotWrite { login: login.to_owned(), repo: repo.clone() });
        }
        may_write
    }
}
