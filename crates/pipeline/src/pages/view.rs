use hookstead::types::Timestamp;

use super::query::field;
use crate::build::Pipeline;

/// Who looks at a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Viewer {
    /// The name of whoever is signed in.
    pub(super) name: Option<String>,
    /// Whether anybody can sign in: the config has an `admin`.
    pub(super) can_sign_in: bool,
}

impl Viewer {
    /// Whether buttons are theirs to press.
    pub(super) fn is_signed_in(&self) -> bool {
        self.name.is_some()
    }
}

/// What each page is made from: the pipeline, and what was asked for by whom.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) viewer: Viewer,
    /// The path that was asked for, without `.json`.
    pub(super) path: &'a str,
    /// The fields behind the `?`.
    pub(super) query: Vec<(String, String)>,
    /// Whether the page is wanted as JSON.
    pub(super) as_json: bool,
    /// The moment to which times on the page refer.
    pub(super) now: Timestamp,
}

impl View<'_> {
    /// The first field of this name that says something.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        field(&self.query, name)
    }
}
