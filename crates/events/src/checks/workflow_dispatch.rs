use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use hookstead_types::{Decode, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `workflow_dispatch`: somebody started a workflow of GitHub Actions by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct WorkflowDispatchEvent {
    /// The file that defines the workflow, `.github/workflows/test.yml` for instance.
    pub workflow: String,
    /// What it runs on, in full: `refs/heads/main` for instance.
    pub r#ref: String,
    /// What was given along, by the inputs' names.
    #[serde(default, deserialize_with = "crate::decode::json_value::fields")]
    pub inputs: BTreeMap<String, Value>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who started it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}
