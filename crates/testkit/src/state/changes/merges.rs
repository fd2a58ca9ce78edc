use hookstead_types::Sha;

use super::git_merges::GitMerge;
use crate::objects::pull_request::RecordedPullRequest;
use crate::state::merge::{MergeMethod, MergeRefusal};
use crate::state::repository::{Branch, RepositoryState};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

impl World {
    /// Whether the pull request can be merged, as GitHub computes it in the background; and the
    /// test merge commit that it makes meanwhile.
    pub(crate) fn compute_mergeability(&mut self, at: RepositoryIndex, number: u64) {
        let with_git = self.has_git(at);
        if with_git {
            self.test_merge(at, number);
        }
        let repository = self.repository(at);
        let conflicting =
            repository.pull_request(number).is_some_and(|it| repository.is_conflicting(it));
        let (repository, mint) = self.parts(at);
        if let Some(it) = repository.pull_request_mut(number).filter(|it| it.open)
            && !it.mergeability_known
        {
            it.mergeability_known = true;
            if conflicting {
                it.merge_commit_sha = None;
            } else if !with_git {
                it.merge_commit_sha = Some(mint.sha());
            }
        }
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
        let repository = self.repository(at);
        let conflicting =
            repository.pull_request(number).is_some_and(|it| repository.is_conflicting(it));
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
        if let Some(message) = repository.unmet(&it, false) {
            return Err(MergeRefusal::Blocked(message));
        }
        let base = base.head.clone();
        let message = match message {
            Some(message) => message.to_owned(),
            None => default_message(repository, &it, method),
        };
        let message = message.as_str();
        if self.has_git(at) {
            let merge = GitMerge {
                method,
                into: &it.base_ref,
                base: &base,
                head: &it.head_sha,
                message,
                author: &it.author,
                by,
            };
            let merged = self.merge_in_git(at, &merge)?;
            self.set_merged(at, number, &merged, by);
            self.advance(at, &it.base_ref, &merged, by);
            return Ok(merged);
        }
        let (repository, mint) = self.parts(at);
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
        let repository = self.repository(at);
        let into = repository.branches.get(base).ok_or(MergeRefusal::NotOpen)?;
        if repository.history.contains(&into.head, head) {
            return Err(MergeRefusal::Nothing);
        }
        let conflicting =
            |it: &Branch| it.conflicting && (it.head == into.head || it.head == *head);
        if repository.branches.values().any(conflicting) {
            return Err(MergeRefusal::Conflict);
        }
        let old = into.head.clone();
        let merged = if self.has_git(at) {
            let method = MergeMethod::Merge;
            let (into, base, author) = (base, &old, by);
            self.merge_in_git(at, &GitMerge { method, into, base, head, message, author, by })?
        } else {
            let (repository, mint) = self.parts(at);
            repository.history.add(mint, vec![old, head.clone()], message, by)
        };
        self.advance(at, base, &merged, by);
        Ok(merged)
    }

    /// GitHub counts a pull request as merged when its commits reach its base by any way.
    pub(in crate::state) fn merge_contained_pull_requests(
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

    pub(super) fn set_merged(&mut self, at: RepositoryIndex, number: u64, merged: &Sha, by: &str) {
        self.dequeue(at, number, "ALREADY_MERGED", None);
        let (repository, mint) = self.parts(at);
        if let Some(it) = repository.pull_request_mut(number) {
            it.open = false;
            it.merged = true;
            it.merged_by = Some(by.to_owned());
            it.merge_commit_sha = Some(merged.clone());
            it.closed_at = Some(mint.now());
            it.updated_at = mint.now();
            self.drop_test_merge(at, number);
            self.announce_pull_request(at, number, "closed", by, None);
        }
    }
}

/// What GitHub writes where nobody says what to write: of a squash that is what the commits say.
pub(super) fn default_message(
    repository: &RepositoryState,
    it: &RecordedPullRequest,
    method: MergeMethod,
) -> String {
    let RecordedPullRequest { number, title, .. } = it;
    if method != MergeMethod::Squash {
        let from = it.head_label(repository.name.owner()).replacen(':', "/", 1);
        return format!("Merge pull request #{number} from {from}\n\n{title}");
    }
    let commits = repository.history.between(Some(&it.base_sha), &it.head_sha);
    // Merges of the base into the branch say nothing about it.
    let messages = commits.iter().filter(|commit| commit.parents.len() < 2);
    match messages.map(|commit| commit.message.as_str()).collect::<Vec<_>>()[..] {
        [] => format!("{title} (#{number})"),
        [only] => {
            let (subject, body) = only.split_once('\n').unwrap_or((only, ""));
            format!("{subject} (#{number})\n{body}").trim_end().to_owned()
        }
        ref several => format!("{title} (#{number})\n\n* {}", several.join("\n\n* ")),
    }
}
