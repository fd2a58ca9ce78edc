//! The merge queue: each pull request is merged into what is ahead of it, and gets into its base when the checks
//! that the base requires are green on that merge. Only the first one is judged: what is red behind it may be so
//! by what is ahead.

use std::time::Duration;

use hookstead_types::Sha;

use super::git_merges::GitMerge;
use super::git_repositories::or_fail;
use super::merges::default_message;
use crate::git::refs::RefChange;
use crate::objects::merge_group::RecordedMergeGroup;
use crate::state::merge::{MergeMethod, MergeRefusal};
use crate::state::merge_queue::QueueEntry;
use crate::state::occurrence::Event;
use crate::state::repository_index::RepositoryIndex;
use crate::state::requirements::Standing;
use crate::state::world::World;

/// Who works on the queue.
const BOT: &str = "github-merge-queue[bot]";

/// How long the checks of a group may take, as GitHub has it by default.
const LONGEST_CHECKS: Duration = Duration::from_secs(60 * 60);

impl World {
    /// Puts a pull request at the end of its base's queue.
    pub(crate) fn enqueue(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        by: &str,
    ) -> Result<(), MergeRefusal> {
        if self.has_git(at) {
            self.test_merge(at, number);
        }
        let repository = self.repository(at);
        let it = repository.pull_request(number).filter(|it| it.open);
        let it = it.ok_or(MergeRefusal::NotOpen)?;
        if repository.merge_queue.contains(number) {
            return Err(MergeRefusal::Queued);
        }
        if !repository.has_merge_queue(&it.base_ref) {
            return Err(MergeRefusal::NoQueue);
        }
        if it.draft {
            return Err(MergeRefusal::Draft);
        }
        if repository.is_conflicting(it) {
            return Err(MergeRefusal::Conflict);
        }
        if let Some(message) = repository.unmet(it, true) {
            return Err(MergeRefusal::Blocked(message));
        }
        let base_ref = it.base_ref.clone();
        let (base, by_whom) = (base_ref.clone(), by.to_owned());
        let entry = QueueEntry { number, base_ref, by: by_whom, group: None };
        self.repository_mut(at).merge_queue.0.push(entry);
        self.announce_pull_request(at, number, "enqueued", by, None);
        self.work_on_queue(at, &base);
        Ok(())
    }

    /// Takes a pull request out of the queue. `false`: it is in none.
    pub(crate) fn dequeue(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        reason: &'static str,
        by: Option<&str>,
    ) -> bool {
        let Some(entry) = self.repository_mut(at).merge_queue.remove(number) else {
            return false;
        };
        self.tell_of_removal(at, number, reason, by.unwrap_or(BOT));
        if let Some((group, _)) = entry.group {
            self.destroy_group(at, &group, "dequeued");
        }
        self.work_on_queue(at, &entry.base_ref);
        true
    }

    /// What a branch requires is different now.
    pub(crate) fn requirements_changed(&mut self, at: RepositoryIndex, branch: &str) {
        let repository = self.repository(at);
        if !repository.has_merge_queue(branch) {
            let all: Vec<u64> = repository.merge_queue.of(branch).map(|it| it.number).collect();
            for number in all.into_iter().rev() {
                self.dequeue(at, number, "QUEUE_CLEARED", None);
            }
        }
        self.work_on_queue(at, branch);
    }

    /// Checks may have ended, or taken too long.
    pub(crate) fn work_on_queues(&mut self, at: RepositoryIndex) {
        for branch in self.repository(at).merge_queue.branches() {
            self.work_on_queue(at, &branch);
        }
    }

    /// Puts the clock forward.
    pub(crate) fn put_forward(&mut self, by: Duration) {
        self.mint.advance(by);
        self.repository_indices().for_each(|at| self.work_on_queues(at));
    }

    /// Builds the groups that are missing or wrong, and merges or takes out what can be, until there is nothing
    /// to do but wait.
    pub(in crate::state) fn work_on_queue(&mut self, at: RepositoryIndex, branch: &str) {
        loop {
            self.build_groups(at, branch);
            let queue = &self.repository(at).merge_queue;
            let first = queue.of(branch).next().and_then(|it| it.group.clone());
            let Some((group, built)) = first else { return };
            let is_late = self.mint.since(&built) >= LONGEST_CHECKS;
            let done = match self.repository(at).standing(branch, &group.head_sha) {
                Standing::Green => self.merge_group(at, &group),
                Standing::Failing => self.dequeue(at, group.pull_request, "CI_FAILURE", None),
                _ if is_late => self.dequeue(at, group.pull_request, "CI_TIMEOUT", None),
                _ => false,
            };
            if !done {
                return;
            }
        }
    }

    /// Builds anew whatever is not built on what is ahead of it now.
    fn build_groups(&mut self, at: RepositoryIndex, branch: &str) {
        let repository = self.repository(at);
        let all: Vec<QueueEntry> = repository.merge_queue.of(branch).cloned().collect();
        let mut base = repository.branches.get(branch).map(|it| it.head.clone());
        for QueueEntry { number, by, group, .. } in all {
            if let Some((group, _)) = &group {
                if base.as_ref() == Some(&group.base_sha) {
                    base = Some(group.head_sha.clone());
                    continue;
                }
                self.destroy_group(at, group, "invalidated");
            }
            let built = match &base {
                Some(base) => {
                    self.build_group(at, number, branch, base, &by).ok_or("MERGE_CONFLICT")
                }
                // The branch is deleted.
                None => Err("QUEUE_CLEARED"),
            };
            match built {
                Ok(group) => base = Some(group.head_sha),
                Err(reason) => {
                    self.repository_mut(at).merge_queue.remove(number);
                    self.tell_of_removal(at, number, reason, BOT);
                }
            }
        }
    }

    /// `None`: there is a conflict.
    fn build_group(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        base_ref: &str,
        base: &Sha,
        by: &str,
    ) -> Option<RecordedMergeGroup> {
        let repository = self.repository(at);
        let it = repository.pull_request(number)?.clone();
        let message = default_message(repository, &it, MergeMethod::Merge);
        if repository.is_conflicting(&it) && !self.has_git(at) {
            return None;
        }
        let head_ref = format!("gh-readonly-queue/{base_ref}/pr-{number}-{base}");
        let head_sha = if self.has_git(at) {
            let merge = GitMerge {
                method: MergeMethod::Merge,
                into: base_ref,
                base,
                head: &it.head_sha,
                message: &message,
                author: &it.author,
                by,
            };
            let made = self.make_in_git(at, &merge).ok()?;
            let name = &format!("refs/heads/{head_ref}");
            or_fail(self.git(at).change_refs(&[RefChange { name, to: Some(&made), from: None }]));
            made
        } else {
            let (repository, mint) = self.parts(at);
            repository.history.add(mint, vec![base.clone(), it.head_sha], &message, by)
        };
        let group = RecordedMergeGroup {
            pull_request: number,
            base_ref: base_ref.to_owned(),
            base_sha: base.clone(),
            head_ref,
            head_sha,
        };
        let (repository, mint) = self.parts(at);
        repository.merge_queue.get_mut(number)?.group = Some((group.clone(), mint.mark()));
        self.advance(at, &group.head_ref, &group.head_sha, BOT);
        self.announce_group(at, &group, "checks_requested", None);
        Some(group)
    }

    /// The first group becomes the head of its base. `false`: somebody pushed to the base, which will be told here
    /// in a moment.
    fn merge_group(&mut self, at: RepositoryIndex, group: &RecordedMergeGroup) -> bool {
        let RecordedMergeGroup { pull_request, base_ref, base_sha, head_sha, .. } = group;
        if self.has_git(at) {
            let name = &format!("refs/heads/{base_ref}");
            let change = RefChange { name, to: Some(head_sha), from: Some(base_sha) };
            if self.git(at).change_refs(&[change]).is_err() {
                return false;
            }
        }
        self.repository_mut(at).merge_queue.remove(*pull_request);
        self.tell_of_removal(at, *pull_request, "MERGE", BOT);
        self.set_merged(at, *pull_request, head_sha, BOT);
        self.destroy_group(at, group, "merged");
        self.advance(at, base_ref, head_sha, BOT);
        true
    }

    fn destroy_group(
        &mut self,
        at: RepositoryIndex,
        group: &RecordedMergeGroup,
        reason: &'static str,
    ) {
        self.announce_group(at, group, "destroyed", Some(reason));
        self.delete_branch(at, &group.head_ref, BOT);
    }

    fn announce_group(
        &mut self,
        at: RepositoryIndex,
        group: &RecordedMergeGroup,
        action: &'static str,
        reason: Option<&'static str>,
    ) {
        let Some(commit) = self.repository(at).history.get(group.head_sha.as_str()) else {
            return;
        };
        let (commit, group) = (Box::new(commit.clone()), Box::new(group.clone()));
        let event = Event::MergeGroup { action, group, commit, reason };
        self.announce_to_installed_app(at, BOT, event);
    }

    fn tell_of_removal(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        reason: &'static str,
        by: &str,
    ) {
        let repository = self.repository(at);
        let Some(it) = repository.pull_request(number) else { return };
        let pull_request = Box::new(repository.pull_request_facts(it));
        let (moved, label) = (None, None);
        let (action, reason) = ("dequeued", Some(reason));
        self.announce(at, by, Event::PullRequest { action, pull_request, moved, label, reason });
    }
}
