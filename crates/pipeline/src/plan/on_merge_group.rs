//! Groups of the merge queue, which only Apps are told of.

use hookstead::events::{Event, MergeGroupAction, MergeGroupEvent, MergeGroupReason};
use hookstead::types::RepoName;

use super::because::Because;
use super::candidate::{Candidate, ChangedFiles, first_line};
use super::planner::Planner;
use crate::config::{Project, Trigger};
use crate::record::{Build, BuildCause, BuildTarget};

impl Planner<'_> {
    pub(super) fn on_merge_group(
        &mut self,
        project: &Project,
        repo: &RepoName,
        event: &MergeGroupEvent,
        cause: &BuildCause,
    ) {
        let group = &event.merge_group;
        let branch = |name: &str| name.strip_prefix("refs/heads/").unwrap_or(name).to_owned();
        let target = BuildTarget::MergeGroup(branch(&group.head_ref));
        let base = branch(&group.base_ref);
        if event.action == MergeGroupAction::Destroyed {
            let reason = event.reason.as_ref().map(ToString::to_string);
            let because = Because::GroupDestroyed { target: target.clone(), reason };
            // Its commit is the base branch's now, whose push joins the builds.
            let is_merged = event.reason == Some(MergeGroupReason::Merged);
            let also_for = |_: &Build| is_merged.then(|| BuildTarget::Branch(base.clone()));
            return self.cancel_unless(project, &target, &because, also_for);
        }
        let Some(sha) = event.head_sha() else { return self.nothing(Because::NoCommit) };
        let commit = group.head_commit.as_ref();
        let author = commit.and_then(|commit| commit.author.as_ref());
        let author = author.and_then(|author| author.username.clone().or(author.name.clone()));
        let moment = self.moment(commit.and_then(|commit| commit.timestamp.as_ref()));
        let candidate = Candidate {
            trigger: Trigger::MergeGroup,
            repo: repo.clone(),
            sha: sha.clone(),
            before: None,
            r#ref: group.head_ref.clone(),
            target,
            cause: cause.clone(),
            moment,
            title: commit.map(|commit| first_line(&commit.message)).unwrap_or_default(),
            author: author.unwrap_or_default(),
            is_fork: false,
            is_draft: false,
            branch: Some(base),
            default_branch: None,
            tree: commit.and_then(|commit| commit.tree_id.clone()),
            // GitHub waits for every check that it requires, whatever the group changes.
            files: ChangedFiles::All,
            wish: None,
        };
        self.offer(project, &candidate);
    }
}
