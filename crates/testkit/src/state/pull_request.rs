use std::fmt;

use hookstead_types::Sha;
use serde_json::json;

use super::repository::Branch;
use super::{Fork, RepositoryIndex, World};
use crate::fail::fail;
use crate::payload;
use crate::{NewPullRequest, RecordedPullRequest};

/// How a pull request is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MergeMethod {
    Merge,
    Squash,
    Rebase,
}

impl MergeMethod {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Squash => "squash",
            Self::Rebase => "rebase",
        }
    }
}

/// Why something was not merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MergeRefusal {
    /// It is closed or merged already.
    NotOpen,
    Draft,
    Conflict,
    /// The base has everything already.
    Nothing,
}

impl fmt::Display for MergeRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotOpen => "it is not open",
            Self::Draft => "it is a draft",
            Self::Conflict => "it conflicts with its base",
            Self::Nothing => "the base has all its commits",
        })
    }
}

impl World {
    /// Opens a pull request; its branch is made, with a commit, if it is not there.
    pub(crate) fn open_pull_request(&mut self, at: RepositoryIndex, new: NewPullRequest) -> u64 {
        let repository = self.repository(at);
        let number = repository.pull_requests.iter().map(|it| it.number).max().unwrap_or(0) + 1;
        let base_ref = new.base.unwrap_or_else(|| repository.default_branch.clone());
        let author = new.author.or_else(|| new.fork_of.clone());
        let author = author.unwrap_or_else(|| repository.name.owner().to_owned());
        let branch = match &new.fork_of {
            Some(owner) => format!("{owner}:{}", new.head),
            None => new.head.clone(),
        };
        let Some(base_sha) = repository.branches.get(&base_ref).map(|it| it.head.clone()) else {
            fail(&format!("{} has no branch `{base_ref}` to merge into", repository.name));
        };
        // There is no pull request without a commit of its own.
        let head_sha = match repository.branches.get(&branch) {
            Some(it) if !repository.history.contains(&base_sha, &it.head) => it.head.clone(),
            _ => self.push(at, &branch, &new.title, &author),
        };
        let (repository, mint) = self.parts(at);
        let now = mint.now();
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
            fork: new.fork_of.map(|owner| Fork { id: mint.id(), owner, deleted: false }),
            mergeability_known: false,
        });
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
        let (repository, mint) = self.parts(at);
        let Some(it) = repository.pull_request_mut(number).filter(|it| it.open) else {
            return false;
        };
        it.open = false;
        it.closed_at = Some(mint.now());
        it.updated_at = mint.now();
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

    /// Whether the pull request can be merged, as GitHub computes it in the background; and the
    /// test merge commit that it makes meanwhile.
    pub(crate) fn compute_mergeability(&mut self, at: RepositoryIndex, number: u64) {
        let conflicting = self.is_conflicting(at, number);
        let (repository, mint) = self.parts(at);
        if let Some(it) = repository.pull_request_mut(number).filter(|it| it.open)
            && !it.mergeability_known
        {
            it.mergeability_known = true;
            it.merge_commit_sha = (!conflicting).then(|| mint.sha());
        }
    }

    /// Whether the pull request's branch or its base is one that conflicts with every other.
    pub(crate) fn is_conflicting(&self, at: RepositoryIndex, number: u64) -> bool {
        let repository = self.repository(at);
        let conflicting =
            |branch: &String| repository.branches.get(branch).is_some_and(|it| it.conflicting);
        repository
            .pull_request(number)
            .is_some_and(|it| conflicting(&it.branch) || conflicting(&it.base_ref))
    }

    /// Merges a pull request and returns the base's new head.
    pub(crate) fn merge_pull_request(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        method: MergeMethod,
        message: Option<&str>,
        by: &str,
    ) -> Result<Sha, MergeRefusal> {
        let conflicting = self.is_conflicting(at, number);
        let (repository, mint) = self.parts(at);
        let Some(it) = repository.pull_request(number).filter(|it| it.open) else {
            return Err(MergeRefusal::NotOpen);
        };
        if it.draft {
            return Err(MergeRefusal::Draft);
        }
        let it = it.clone();
        let base = repository.branches.get(&it.base_ref).ok_or(MergeRefusal::NotOpen)?;
        if conflicting {
            return Err(MergeRefusal::Conflict);
        }
        let base = base.head.clone();
        let default_message = match method {
            MergeMethod::Squash => format!("{} (#{number})", it.title),
            _ => format!(
                "Merge pull request #{number} from {}",
                it.head_label(repository.name.owner())
            ),
        };
        let message = message.unwrap_or(&default_message);
        let history = &mut repository.history;
        let merged = match method {
            MergeMethod::Merge => history.add(mint, vec![base, it.head_sha.clone()], message, by),
            MergeMethod::Squash => history.add(mint, vec![base], message, &it.author),
            MergeMethod::Rebase => {
                let commits: Vec<(String, String)> = history
                    .between(Some(&base), &it.head_sha)
                    .into_iter()
                    .map(|commit| (commit.message.clone(), commit.author.clone()))
                    .collect();
                commits.into_iter().fold(base, |parent, (message, author)| {
                    history.add(mint, vec![parent], &message, &author)
                })
            }
        };
        self.set_merged(at, number, &merged, by);
        self.advance(at, &it.base_ref, &merged, by);
        Ok(merged)
    }

    /// Merges a branch or commit into a branch, without a pull request.
    pub(crate) fn merge_into(
        &mut self,
        at: RepositoryIndex,
        base: &str,
        head: &Sha,
        message: &str,
        by: &str,
    ) -> Result<Sha, MergeRefusal> {
        let (repository, mint) = self.parts(at);
        let into = repository.branches.get(base).ok_or(MergeRefusal::NotOpen)?;
        if repository.history.contains(&into.head, head) {
            return Err(MergeRefusal::Nothing);
        }
        let conflicting =
            |it: &Branch| it.conflicting && (it.head == into.head || it.head == *head);
        if repository.branches.values().any(conflicting) {
            return Err(MergeRefusal::Conflict);
        }
        let parents = vec![into.head.clone(), head.clone()];
        let merged = repository.history.add(mint, parents, message, by);
        self.advance(at, base, &merged, by);
        Ok(merged)
    }

    /// Open pull requests from a branch follow it.
    pub(super) fn synchronize_pull_requests(
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
                synchronized.push((it.number, before));
            }
        }
        for (number, before) in synchronized {
            let range = Some((&before, head));
            self.announce_pull_request(at, number, "synchronize", by, range);
        }
    }

    /// GitHub counts a pull request as merged when its commits reach its base by any way.
    pub(super) fn merge_contained_pull_requests(
        &mut self,
        at: RepositoryIndex,
        branch: &str,
        head: &Sha,
        by: &str,
    ) {
        let repository = self.repository(at);
        let contained: Vec<u64> = repository
            .pull_requests
            .iter()
            .filter(|it| it.open && it.base_ref == branch)
            .filter(|it| it.head_sha != it.base_sha)
            .filter(|it| repository.history.contains(head, &it.head_sha))
            .map(|it| it.number)
            .collect();
        for number in contained {
            self.set_merged(at, number, head, by);
        }
    }

    fn set_merged(&mut self, at: RepositoryIndex, number: u64, merged: &Sha, by: &str) {
        let (repository, mint) = self.parts(at);
        if let Some(it) = repository.pull_request_mut(number) {
            it.open = false;
            it.merged = true;
            it.merged_by = Some(by.to_owned());
            it.merge_commit_sha = Some(merged.clone());
            it.closed_at = Some(mint.now());
            it.updated_at = mint.now();
            self.announce_pull_request(at, number, "closed", by, None);
        }
    }

    fn announce_pull_request(
        &mut self,
        at: RepositoryIndex,
        number: u64,
        action: &str,
        by: &str,
        range: Option<(&Sha, &Sha)>,
    ) {
        let repository = self.repository(at);
        let Some(it) = repository.pull_request(number) else {
            return;
        };
        let mut payload = json!({
            "action": action,
            "number": number,
            "pull_request": payload::pull_request::full(self, at, it),
        });
        if let (Some((before, after)), Some(payload)) = (range, payload.as_object_mut()) {
            payload.insert("before".to_owned(), json!(before));
            payload.insert("after".to_owned(), json!(after));
        }
        self.announce(at, "pull_request", by, payload);
    }
}
