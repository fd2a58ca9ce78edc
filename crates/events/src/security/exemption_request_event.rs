use serde::Serialize;

use hookstead_types::{Decode, User};

use crate::security::exemption_request::{ExemptionRequest, ExemptionResponse};
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// The events about exemption requests are all of one shape.
macro_rules! exemption_request_events {
    ($( $(#[$attribute:meta])* $name:ident, )*) => { $(
        $(#[$attribute])*
        ///
        /// GitHub Enterprise Cloud and Server send it.
        #[derive(Debug, Clone, PartialEq, Serialize, Decode)]
        #[non_exhaustive]
        pub struct $name {
            /// What happened.
            pub action: ExemptionRequestAction,
            /// The request.
            pub exemption_request: Option<Box<ExemptionRequest>>,
            /// The answer; on `response_submitted` and `response_dismissed`.
            pub exemption_response: Option<ExemptionResponse>,
            /// The repository.
            pub repository: Option<Box<Repository>>,
            /// Who did it.
            pub sender: Option<User>,
            /// The organization that the repository belongs to.
            pub organization: Option<Organization>,
            /// The App's installation; only Apps get it.
            pub installation: Option<InstallationReference>,
            /// The enterprise that the organization belongs to.
            pub enterprise: Option<Enterprise>,
        }
    )* };
}

exemption_request_events! {
    /// `bypass_request_push_ruleset`: somebody asks to push what a ruleset forbids.
    BypassRequestPushRulesetEvent,
    /// `bypass_request_secret_scanning`: somebody asks to push a secret.
    BypassRequestSecretScanningEvent,
    /// `dismissal_request_code_scanning`: somebody asks to dismiss an alert about code.
    DismissalRequestCodeScanningEvent,
    /// `dismissal_request_dependabot`: somebody asks to dismiss an alert about a dependency.
    DismissalRequestDependabotEvent,
    /// `dismissal_request_secret_scanning`: somebody asks to close an alert about a secret.
    DismissalRequestSecretScanningEvent,
    /// `exemption_request_push_ruleset`: somebody asks to push what a ruleset forbids.
    ExemptionRequestPushRulesetEvent,
    /// `exemption_request_secret_scanning`: somebody asks to push a secret. GitHub's pages call it
    /// `bypass_request_secret_scanning`; both names were seen.
    ExemptionRequestSecretScanningEvent,
}

hookstead_types::open_enum! {
    /// What happened to an [`ExemptionRequest`].
    pub enum ExemptionRequestAction {
        /// Who asked took it back.
        Cancelled = "cancelled",
        /// It was granted, and made use of.
        Completed = "completed",
        /// It is new.
        Created = "created",
        /// An answer was taken back.
        ResponseDismissed = "response_dismissed",
        /// Somebody answered.
        ResponseSubmitted = "response_submitted",
    }
}
