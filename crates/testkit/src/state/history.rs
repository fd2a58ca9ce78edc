use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hookstead_types::{Sha, Timestamp};

use super::account;
use super::mint::Mint;
use crate::git::log::{ChangedPaths, LoggedCommit};
use crate::git::person::Signature;

/// A commit. Without git there are no files: a commit is its place among the others.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) sha: Sha,
    pub(crate) tree: Sha,
    pub(crate) parents: Vec<Sha>,
    pub(crate) message: String,
    pub(crate) author: String,
    pub(crate) date: Timestamp,
    /// What only git knows; shared, because commits are copied into what hooks are told.
    pub(crate) git: Option<Arc<GitDetails>>,
    sequence: usize,
}

/// What git says of a commit besides.
#[derive(Debug)]
pub(crate) struct GitDetails {
    pub(crate) author: Signature,
    pub(crate) committer: Signature,
    pub(crate) changed: ChangedPaths,
}

/// The commits of a repository, those of its forks included (as on GitHub, where a pull request
/// brings them into the repository's reach).
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    commits: BTreeMap<String, Commit>,
}

impl History {
    pub(crate) fn get(&self, sha: &str) -> Option<&Commit> {
        self.commits.get(&sha.to_ascii_lowercase())
    }

    pub(crate) fn add(
        &mut self,
        mint: &mut Mint,
        parents: Vec<Sha>,
        message: &str,
        author: &str,
    ) -> Sha {
        let commit = Commit {
            sha: mint.sha(),
            tree: mint.sha(),
            parents,
            message: message.to_owned(),
            author: author.to_owned(),
            date: mint.now(),
            git: None,
            sequence: self.commits.len(),
        };
        let sha = commit.sha.clone();
        self.commits.insert(sha.to_string(), commit);
        sha
    }

    /// Takes in a commit of git's. Its parents come before it.
    pub(crate) fn add_logged(&mut self, it: LoggedCommit) {
        let LoggedCommit { sha, tree, parents, message, author, committer, changed } = it;
        let login = account::login_of(&author.person.email).unwrap_or(&author.person.name);
        let commit = Commit {
            sha: sha.clone(),
            tree,
            parents,
            message,
            author: login.to_owned(),
            date: committer.date.clone(),
            git: Some(Arc::new(GitDetails { author, committer, changed })),
            sequence: self.commits.len(),
        };
        self.commits.entry(sha.to_string()).or_insert(commit);
    }

    pub(crate) fn len(&self) -> usize {
        self.commits.len()
    }

    /// Whether `head` has the commit `sha`, being it or descending from it.
    pub(crate) fn contains(&self, head: &Sha, sha: &Sha) -> bool {
        let Some(wanted) = self.commits.get(sha.as_str()) else { return false };
        let (mut seen, mut ahead) = (BTreeSet::new(), vec![head.as_str()]);
        while let Some(next) = ahead.pop() {
            let Some(commit) = self.commits.get(next) else { continue };
            if commit.sequence == wanted.sequence {
                return true;
            }
            // What came earlier has only what came earlier still.
            if commit.sequence > wanted.sequence && seen.insert(commit.sequence) {
                ahead.extend(commit.parents.iter().map(Sha::as_str));
            }
        }
        false
    }

    /// The commits that `head` has and `base` has not, the oldest first.
    pub(crate) fn between(&self, base: Option<&Sha>, head: &Sha) -> Vec<&Commit> {
        let known = base.map(|base| self.reachable(base)).unwrap_or_default();
        let mut commits: Vec<&Commit> = self
            .reachable(head)
            .into_iter()
            .filter(|sha| !known.contains(sha))
            .filter_map(|sha| self.commits.get(sha))
            .collect();
        commits.sort_by_key(|commit| commit.sequence);
        commits
    }

    /// A commit with this tree.
    pub(crate) fn with_tree(&self, tree: &str) -> Option<&Commit> {
        self.commits.values().find(|commit| commit.tree.as_str() == tree)
    }

    /// The last commit that both have; `None` if they have nothing in common.
    pub(crate) fn merge_base(&self, one: &Sha, other: &Sha) -> Option<&Commit> {
        let of_one = self.reachable(one);
        let common = self.reachable(other).into_iter().filter(|sha| of_one.contains(sha));
        common.filter_map(|sha| self.commits.get(sha)).max_by_key(|commit| commit.sequence)
    }

    fn reachable<'a>(&'a self, head: &'a Sha) -> BTreeSet<&'a str> {
        let mut reachable = BTreeSet::new();
        let mut ahead = vec![head.as_str()];
        while let Some(sha) = ahead.pop() {
            if let Some(commit) = self.commits.get(sha)
                && reachable.insert(sha)
            {
                ahead.extend(commit.parents.iter().map(Sha::as_str));
            }
        }
        reachable
    }
}
