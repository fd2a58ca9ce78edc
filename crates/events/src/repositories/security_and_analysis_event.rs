use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;
use crate::shared::security_and_analysis::SecurityAndAnalysis;

/// `security_and_analysis`: a security feature of a repository was switched on or off.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecurityAndAnalysisEvent {
    /// Which features were on before.
    pub changes: Option<Change<SecurityAndAnalysisBefore>>,
    /// The repository; its `security_and_analysis` says which features are on now.
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

/// Which security features were on before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecurityAndAnalysisBefore {
    /// The features.
    pub security_and_analysis: Option<Box<SecurityAndAnalysis>>,
}
