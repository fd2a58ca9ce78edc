use hookstead_types::Sha;

use crate::fail::fail;
use crate::objects::pull_request::{FakePullRequest, Fork, RecordedPullRequest, TestMerge};
use crate::state::occurrence::Event;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Opens a pull request; its branch is made, with a commit, if it is not there.
    pub(crate) fn open_pull_request(&mut self, at: RepositoryIndex, new: FakePullRequest) -> u64 {
        let repository = self.repository(at);
        let number = repository.next_number();
        let base_ref = new.base.unwrap_or_else(|| repository.default_branch.clone());
        let author = new.author.or_else(|| new.fork_of.clone());
        let author = author.unwrap_or_else(|| repository.name.owner().to_owned());
        let branch = match &new.fork_of {
            Some(owner) => format!("{owner}:{}", new.head),
            None => new.head.clone(),
        };
        let fork = new.fork_of.as_ref().and_then(|owner| self.fork_for_pull_request(at, owner));
        let repository = self.repository(at);
        let Some(base_sha) = repository.branches.get(&base_ref).map(|it| it.head.clone()) else {
            fail(&format!("{} has no branch `{base_ref}` to merge into", repository.name));
        };
        // There is no pull request without a commit of its own.
        let head_sha = match repository.branches.get(&branch) {
            Some(it) if !repository.history.contains(&base_sha, &it.head) => it.head.clone(),
            _ => self.push(at, &branch, &new.title, &author),
        };
        let (repository, mint) = self.parts(at);
        let (now, labels) = (mint.now(), new.labels.clone());
        repository.pull_requests.push(RecordedPullRequest {
            id: mint.id(),
            number,
            title: new.title,
            body: new.body,
            author: author.clone(),
            open: true,
            draft: new.draft,
            head_ref: new.head,
            head_sha,
            base_ref,
            base_sha,
            labels: new.labels,
            assignees: new.assignees,
            reviewers: new.reviewers,
            created_at: now.clone(),
            updated_at: now,
            closed_at: None,
            merged: false,
            merged_by: None,
            merge_commit_sha: None,
            branch,
            fork: new.fork_of.map(|owner| {
                let id = fork.unwrap_or_else(|| mint.id());
                Fork { id, owner, deleted: false }
            }),
            mergeability_known: false,
            test_merge: TestMerge::Unknown,
            size: None,
        });
        self.know_labels(at, &labels);
        self.write_pull_head(at, number);
        self.announce_pull_request(at, number, "opened", &author, None);
        number
    }

    /// Closes a pull request without merging it. `false`: there is none, or it is not open.
    pub(crate) fn close_pull_request(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        by: &str,
    ) -> bool {
        self.dequeue(at, number, "MANUAL", Some(by));
        let (repository, mint) = self.parts(at);
        let Some(it) = repository.pull_request_mut(number).filter(|it| it.open) else {
            return false;
        };
        it.open = false;
        it.closed_at = Some(mint.now());
        it.updated_at = mint.now();
        self.drop_test_merge(at, number);
        self.announce_pull_request(at, number, "closed", by, None);
        true
    }

    /// Opens a closed pull request again. `false`: there is none, it is open or merged,
    /// or its branch is deleted.
    pub(crate) fn reopen_pull_request(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        by: &str,
    ) -> bool {
        let (repository, mint) = self.parts(at);
        let branches: Vec<String> = repository.branches.keys().cloned().collect();
        let can_be_opened =
            |it: &&mut RecordedPullRequest| !it.open && !it.merged && branches.contains(&it.branch);
        let Some(it) = repository.pull_request_mut(number).filter(can_be_opened) else {
            return false;
        };
        it.open = true;
        it.closed_at = None;
        it.updated_at = mint.now();
        self.announce_pull_request(at, number, "reopened", by, None);
        true
    }

    /// Open pull requests from a branch follow it.
    pub(in crate::state) fn synchronize_pull_requests(
        &mut self,
        at: RepositoryIndex,
        branch: &str,
        head: &Sha,
        by: &str,
    ) {
        let (repository, mint) = self.parts(at);
        let mut synchronized = Vec::new();
        for it in &mut repository.pull_requests {
            if it.open && it.branch == branch && it.head_sha != *head {
                let before = std::mem::replace(&mut it.head_sha, head.clone());
                it.updated_at = mint.now();
                it.mergeability_known = false;
                it.merge_commit_sha = None;
                it.test_merge = TestMerge::Unknown;
                synchronized.push((it.number, before));
            }
        }
        for (number, before) in synchronized {
            self.write_pull_head(at, number);
            let range = Some((&before, head));
            self.announce_pull_request(at, number, "synchronize", by, range);
            // What was to be merged is something else now. Which reason GitHub gives is not written down.
            self.dequeue(at, number, "UNKNOWN_REMOVAL_REASON", None);
        }
    }

    pub(in crate::state) fn announce_pull_request(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        action: &'static str,
        by: &str,
        range: Option<(&Sha, &Sha)>,
    ) {
        let repository = self.repository(at);
        let Some(it) = repository.pull_request(number) else {
            return;
        };
        let pull_request = Box::new(repository.pull_request_facts(it));
        let moved = range.map(|(before, after)| (before.clone(), after.clone()));
        let (label, reason) = (None, None);
        self.announce(at, by, Event::PullRequest { action, pull_request, moved, label, reason });
    }
}
