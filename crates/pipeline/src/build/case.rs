use hookstead::Attempt;

use super::pipeline::Current;
use crate::config::{Job, Project};
use crate::journal::BuildHold;
use crate::record::Build;

/// A build, and what it is built by.
pub(super) struct Case<'a> {
    pub(super) current: &'a Current,
    pub(super) project: &'a Project,
    pub(super) job: &'a Job,
    pub(super) build: &'a Build,
    pub(super) attempt: &'a Attempt,
    /// The right to write of it; none if it has ended, and only its report is missing.
    pub(super) hold: Option<BuildHold>,
}

impl Case<'_> {
    pub(super) fn link(&self) -> String {
        self.current.page_of(&self.build.what.project, self.build.number)
    }
}
