use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::issues::label::Label;
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `label`: a repository's label was made, changed or deleted. For labels that issues and pull
/// requests get and lose, see the events of these.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct LabelEvent {
    /// What happened.
    pub action: LabelAction,
    /// The label, as it is now.
    pub label: Label,
    /// What was edited, as it was before; on `edited`.
    pub changes: Option<LabelChanges>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to a label.
    pub enum LabelAction {
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed.
        Edited = "edited",
    }
}

/// What was edited in a label, as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct LabelChanges {
    /// The text.
    pub name: Option<Change<String>>,
    /// The colour.
    pub color: Option<Change<String>>,
    /// What it was for.
    pub description: Option<Change<String>>,
}
