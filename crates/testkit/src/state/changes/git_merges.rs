//! Merging by git: real commits, with the right parents, or a real conflict.

use hookstead_types::Sha;

use super::git_repositories::or_fail;
use crate::git::merge::{Merged, TreeCommit};
use crate::git::person::{Person, Signature};
use crate::git::refs::RefChange;
use crate::objects::pull_request::{ChangeSize, RecordedPullRequest, TestMerge};
use crate::state::merge::{MergeMethod, MergeRefusal};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// What is to be merged.
#[derive(Debug)]
pub(super) struct GitMerge<'a> {
    pub(super) method: MergeMethod,
    /// The branch, and its last commit.
    pub(super) into: &'a str,
    pub(super) base: &'a Sha,
    pub(super) head: &'a Sha,
    pub(super) message: &'a str,
    /// The login of who wrote it, and of who merges it.
    pub(super) author: &'a str,
    pub(super) by: &'a str,
}

impl World {
    /// Makes the merge's commit, which no branch has.
    pub(super) fn make_in_git(
        &mut self,
        at: RepositoryIndex,
        merge: &GitMerge<'_>,
    ) -> Result<Sha, MergeRefusal> {
        let git = self.git(at);
        let GitMerge { method, base, head, message, .. } = *merge;
        let committer = self.web_committer();
        let (author, parents): (_, &[&Sha]) = match method {
            MergeMethod::Merge => (self.signature(merge.by), &[base, head]),
            _ => (self.signature(merge.author), &[base]),
        };
        let made = match method {
            MergeMethod::Rebase => or_fail(git.rebase(base, head, &committer)),
            MergeMethod::Merge | MergeMethod::Squash => {
                match or_fail(git.merge_trees(base, head)) {
                    Merged::Clean(tree) => {
                        let (author, committer) = (&author, &committer);
                        let new = TreeCommit { tree: &tree, parents, message, author, committer };
                        Merged::Clean(or_fail(git.commit_tree(&new)))
                    }
                    Merged::Conflict => Merged::Conflict,
                }
            }
        };
        let Merged::Clean(made) = made else { return Err(MergeRefusal::Conflict) };
        if made == *base {
            return Err(MergeRefusal::Nothing);
        }
        self.import_commits(at, std::slice::from_ref(&made));
        Ok(made)
    }

    /// Merges, and moves git's branch; the state's branch is for the caller to move.
    pub(super) fn merge_in_git(
        &mut self,
        at: RepositoryIndex,
        merge: &GitMerge<'_>,
    ) -> Result<Sha, MergeRefusal> {
        let made = self.make_in_git(at, merge)?;
        let GitMerge { into, base, .. } = *merge;
        let name = &format!("refs/heads/{into}");
        let change = RefChange { name, to: Some(&made), from: Some(base) };
        // A push is taken by git first, and told here afterwards.
        self.git(at).change_refs(&[change]).map_err(|_| MergeRefusal::BaseMoved)?;
        Ok(made)
    }

    /// Finds out whether a pull request can be merged, unless that is known, and writes `refs/pull/N/merge`.
    pub(super) fn test_merge(&mut self, at: RepositoryIndex, number: u64) {
        let repository = self.repository(at);
        let open = |it: &&RecordedPullRequest| it.open && it.test_merge == TestMerge::Unknown;
        let Some(it) = repository.pull_request(number).filter(open) else { return };
        let Some(base) = repository.branches.get(&it.base_ref).map(|it| it.head.clone()) else {
            return;
        };
        let (head, author) = (it.head_sha.clone(), self.signature(&it.author));
        let git = self.git(at);
        let name = &merge_ref(number);
        let found = match or_fail(git.merge_trees(&base, &head)) {
            Merged::Conflict => None,
            Merged::Clean(tree) => Some(or_fail(git.commit_tree(&TreeCommit {
                tree: &tree,
                parents: &[&base, &head],
                message: &format!("Merge {head} into {base}"),
                author: &author,
                committer: &self.web_committer(),
            }))),
        };
        or_fail(git.change_refs(&[RefChange { name, to: found.as_ref(), from: None }]));
        self.import_commits(at, found.as_slice());
        if let Some(it) = self.repository_mut(at).pull_request_mut(number) {
            it.test_merge = if found.is_some() { TestMerge::Clean } else { TestMerge::Conflict };
            it.merge_commit_sha = found;
        }
    }

    /// Finds it out for all that are open, so that who fetches finds their refs.
    pub(crate) fn test_all_merges(&mut self, at: RepositoryIndex) {
        let all: Vec<u64> = self.repository(at).pull_requests.iter().map(|it| it.number).collect();
        all.into_iter().for_each(|number| self.test_merge(at, number));
    }

    /// The base has moved: whether its pull requests can be merged has to be found out anew.
    pub(super) fn forget_test_merges(&mut self, at: RepositoryIndex, base: &str) {
        if self.has_git(at) {
            let all = self.repository_mut(at).pull_requests.iter_mut();
            for it in all.filter(|it| it.open && it.base_ref == base) {
                it.test_merge = TestMerge::Unknown;
                it.mergeability_known = false;
                it.merge_commit_sha = None;
            }
        }
    }

    /// A closed pull request has no `refs/pull/N/merge`.
    pub(super) fn drop_test_merge(&mut self, at: RepositoryIndex, number: u64) {
        if self.has_git(at) {
            let name = &merge_ref(number);
            or_fail(self.git(at).change_refs(&[RefChange { name, to: None, from: None }]));
            if let Some(it) = self.repository_mut(at).pull_request_mut(number) {
                it.test_merge = TestMerge::Unknown;
            }
        }
    }

    /// Writes `refs/pull/N/head`, which stays when the branch goes, and finds out how much it changes.
    pub(super) fn write_pull_head(&mut self, at: RepositoryIndex, number: u64) {
        let repository = self.repository_mut(at);
        let Some(git) = repository.git.clone() else { return };
        if let Some(it) = repository.pull_request_mut(number) {
            let name = &format!("refs/pull/{number}/head");
            or_fail(git.change_refs(&[RefChange { name, to: Some(&it.head_sha), from: None }]));
            let files = or_fail(git.changes_since_fork(&it.base_sha, &it.head_sha));
            it.size = Some(ChangeSize {
                additions: files.iter().map(|file| file.additions).sum(),
                deletions: files.iter().map(|file| file.deletions).sum(),
                files: files.len(),
            });
        }
    }

    /// Who commits what is merged on the website or by the API.
    fn web_committer(&self) -> Signature {
        Signature { person: Person::github(), date: self.mint.now() }
    }
}

fn merge_ref(number: u64) -> String {
    format!("refs/pull/{number}/merge")
}
