use std::time::Duration;

use hookstead::types::Sha;
use hookstead_testkit::{FakeGitHub, FakeRepository};
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A call whose route is found and whose body is checked.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) github: FakeGitHub,
    /// That of the path.
    repository: Option<FakeRepository>,
    /// The number in the path; 0 where the path has none.
    id: u64,
    /// The organization in the path; empty where the path has none.
    org: String,
    body: Map<String, Value>,
}

impl Call {
    pub(crate) fn new(
        github: FakeGitHub,
        repository: Option<FakeRepository>,
        (id, org): (u64, String),
        body: Map<String, Value>,
    ) -> Self {
        Self { github, repository, id, org, body }
    }

    /// The repository of the path.
    pub(crate) fn repository(&self) -> Result<&FakeRepository, Refusal> {
        let missing = || Refusal::missing("path", "the path names no repository");
        self.repository.as_ref().ok_or_else(missing)
    }

    /// The number in the path.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The organization of the path.
    pub(crate) fn org(&self) -> &str {
        &self.org
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.body.get(name)
    }

    /// A text that may be missing.
    pub(crate) fn optional_text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str)
    }

    /// A text that is required, or empty by default.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.optional_text(name).unwrap_or_default()
    }

    /// A list of texts; `None` if the field is missing.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        let all = self.value(name)?.as_array()?;
        Some(all.iter().filter_map(Value::as_str).collect())
    }

    /// A flag; false by default.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.value(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A whole number that is required, or 0 by default.
    pub(crate) fn whole(&self, name: &str) -> u64 {
        self.value(name).and_then(Value::as_u64).unwrap_or_default()
    }

    /// Paths with texts, or with `None`.
    pub(crate) fn files(&self, name: &str) -> Vec<(&str, Option<&str>)> {
        let all = self.value(name).and_then(Value::as_object);
        all.into_iter().flatten().map(|(path, text)| (path.as_str(), text.as_str())).collect()
    }

    /// A span of time; `None` if the field is missing.
    pub(crate) fn seconds(&self, name: &str) -> Option<Duration> {
        let seconds = self.value(name)?.as_f64()?;
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// A commit: a full sha, or the head of a branch.
    pub(crate) fn commit(&self, name: &str) -> Result<Sha, Refusal> {
        let (repository, word) = (self.repository()?, self.text(name));
        let branches = repository.branches();
        if let Some((_, head)) = branches.iter().find(|(branch, _)| branch == word) {
            return Ok(head.clone());
        }
        word.parse().map_err(|_| {
            let message = format!("{repository} has no branch {word:?}, and a sha has 40 digits");
            Refusal::missing(format!("body.{name}"), message)
        })
    }

    /// Who acts: the one that the call names, or the repository's owner.
    pub(crate) fn login(&self) -> Result<String, Refusal> {
        let owner = || Ok(self.repository()?.name().owner().to_owned());
        self.optional_text("login").map_or_else(owner, |login| Ok(login.to_owned()))
    }
}
