use std::collections::BTreeMap;

use hookstead::types::{RepoName, Sha, Timestamp};

use super::lookup::Lookup;
use crate::record::{Build, Head};

/// What is known beside the occasion: answers to the plan's [lookups](Lookup).
///
/// The plan itself asks nobody. It begins with what it is given, says what is to be looked up, and
/// assumes the harmless until that is done:
///
/// ```
/// use hookstead_pipeline::plan::{Answer, Facts, Lookup};
///
/// let mut facts = Facts::new();
/// let lookup = Lookup::MayWrite { repo: "octocat/blog".to_owned(), login: "anna".to_owned() };
/// facts.answer(lookup.clone(), Answer::MayWrite(true));
/// assert!(facts.has(&lookup));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Facts {
    answers: BTreeMap<Lookup, Answer>,
}

/// The answer to a [`Lookup`]. One of another kind than was asked for counts as [`Unknown`](Self::Unknown).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Answer {
    /// Nobody could say. The plan goes on with what the lookup displays, and does not ask again.
    Unknown,
    /// These builds; none is an answer, too.
    Builds(Vec<Build>),
    /// The newest head, if the journal knows one.
    Head(Option<Head>),
    /// A repository's name, if the journal knows one.
    Name(Option<RepoName>),
    /// A pull request as it is now; `None` if there is none.
    PullRequest(Option<PullRequestNow>),
    /// The files that a pull request changes.
    Files {
        /// Their paths; of a renamed file both.
        paths: Vec<String>,
        /// Whether these are all files, of which GitHub lists at most 3,000.
        is_complete: bool,
    },
    /// Whether an account may write.
    MayWrite(bool),
    /// A commit; `None` if there is none.
    Commit(Option<CommitNow>),
}

/// A pull request as GitHub shows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequestNow {
    /// Its number.
    pub number: u64,
    /// The commit that its head is at.
    pub head: Sha,
    /// The branch of its head, in whichever repository.
    pub head_branch: String,
    /// The branch that it wants to merge into.
    pub base_branch: String,
    /// Whether its head is in another repository.
    pub is_fork: bool,
    /// Whether it is a draft.
    pub is_draft: bool,
    /// Whether it is open.
    pub is_open: bool,
    /// Its title.
    pub title: String,
    /// The login of whoever opened it; empty if unknown.
    pub author: String,
    /// When it changed last, which need not be a push.
    pub updated_at: Option<Timestamp>,
}

/// A commit as GitHub shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitNow {
    /// Its name.
    pub sha: Sha,
    /// Its tree, if GitHub said it.
    pub tree: Option<Sha>,
    /// The whole message.
    pub message: String,
    /// The login or name of whoever wrote it; empty if unknown.
    pub author: String,
    /// The branch whose head was asked for, without `refs/heads/`; of `HEAD` the default branch.
    pub branch: Option<String>,
}

impl Facts {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an answer. A second answer to the same lookup replaces the first.
    pub fn answer(&mut self, lookup: Lookup, answer: Answer) {
        self.answers.insert(lookup, answer);
    }

    /// Whether the lookup is answered, be it with [`Answer::Unknown`].
    #[must_use]
    pub fn has(&self, lookup: &Lookup) -> bool {
        self.answers.contains_key(lookup)
    }

    pub(super) fn get(&self, lookup: &Lookup) -> Option<&Answer> {
        self.answers.get(lookup)
    }
}
