use serde_json::Value;

use super::{installation, organization, repository, user};
use crate::state::facts::RepositoryFacts;
use crate::state::links::Links;

/// What the payloads of nearly all events have in common, each as far as it is there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Common<'a> {
    pub(crate) repository: Option<&'a RepositoryFacts>,
    /// The login of the organization.
    pub(crate) organization: Option<&'a str>,
    /// The login of the account that did it.
    pub(crate) sender: Option<&'a str>,
    /// The number of the App's installation.
    pub(crate) installation: Option<u64>,
}

impl Common<'_> {
    /// Adds those keys that the payload has not yet: `push` for instance brings a repository of its own
    /// shape.
    pub(crate) fn add_to(&self, payload: &mut Value, links: &Links) {
        if let Some(facts) = self.repository {
            add(payload, "repository", || repository::full(links, facts));
        }
        if let Some(login) = self.organization {
            add(payload, "organization", || organization::organization(links, login));
        }
        if let Some(login) = self.sender {
            add(payload, "sender", || user::user(links, login));
        }
        if let Some(id) = self.installation {
            add(payload, "installation", || installation::reference(id));
        }
    }
}

fn add(payload: &mut Value, key: &str, value: impl FnOnce() -> Value) {
    if let Some(payload) = payload.as_object_mut() {
        payload.entry(key).or_insert_with(value);
    }
}
