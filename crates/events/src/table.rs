//! The one table that ties together an event's name, its variant and its type. Adding an event is
//! a struct in a file of its own and a line here. In brackets stand those of the fields `action`
//! and `repository` that the struct has; all have the other fields of [`Common`].

use serde::{Serialize, Serializer};

use crate::common::Shown;
use crate::*;

macro_rules! events {
    (
        typed { $( $name:literal $variant:ident $type:ident($($field:ident)*), )* }
        named { $( $other_name:literal $other_variant:ident, )* }
    ) => {
        hookstead_types::open_enum! {
            /// The name of an event, as in the header `X-GitHub-Event`.
            ///
            /// ```
            /// use hookstead_events::EventName;
            ///
            /// assert_eq!(EventName::from("pull_request"), EventName::PullRequest);
            /// assert_eq!(EventName::from("from_the_future").as_str(), "from_the_future");
            /// ```
            pub enum EventName {
                $( #[doc = concat!("`", $name, "`")] $variant = $name, )*
                $( #[doc = concat!("`", $other_name, "`")] $other_variant = $other_name, )*
            }
        }

        /// Any event: the ones with a type as that type, every other with its raw JSON.
        ///
        /// A [handler](Event) of this type sees every delivery.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum AnyEvent {
            $( #[doc = concat!("`", $name, "`")] $variant(Box<$type>), )*
            /// An event without a type of its own here.
            Other(OtherEvent),
        }

        impl AnyEvent {
            /// The event's name.
            #[must_use]
            pub fn name(&self) -> &EventName {
                match self {
                    $( Self::$variant(_) => &EventName::$variant, )*
                    Self::Other(event) => event.name(),
                }
            }
        }

        impl Event for AnyEvent {
            const NAME: Option<EventName> = None;

            fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
                match name {
                    $( EventName::$variant => match boxed(name, payload) {
                        Ok(event) => Ok(Self::$variant(event)),
                        Err(error) => Err(error),
                    }, )*
                    _ => OtherEvent::decode(name, payload).map(Self::Other),
                }
            }

            fn common(&self) -> Common<'_> {
                match self {
                    $( Self::$variant(event) => event.common(), )*
                    Self::Other(event) => event.common(),
                }
            }
        }

        /// Writes the event itself, without its name.
        impl Serialize for AnyEvent {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Self::$variant(event) => event.serialize(serializer), )*
                    Self::Other(event) => event.serialize(serializer),
                }
            }
        }

        $(
            impl Event for $type {
                const NAME: Option<EventName> = Some(EventName::$variant);

                fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
                    decode_json(name, payload)
                }

                fn common(&self) -> Common<'_> {
                    Common {
                        $( $field: self.$field.shown(), )*
                        sender: self.sender.shown(),
                        organization: self.organization.shown(),
                        installation: self.installation.shown(),
                        enterprise: self.enterprise.shown(),
                        ..Common::default()
                    }
                }
            }

            impl From<$type> for AnyEvent {
                fn from(event: $type) -> Self {
                    Self::$variant(Box::new(event))
                }
            }
        )*
    };
}

/// Kept out of line: else the stack frame of `AnyEvent::decode` would hold every event at once.
#[inline(never)]
fn boxed<E: Event>(name: &EventName, payload: &[u8]) -> Result<Box<E>, DecodeError> {
    match E::decode(name, payload) {
        Ok(event) => Ok(Box::new(event)),
        Err(error) => Err(error),
    }
}

events! {
    typed {
        "branch_protection_configuration" BranchProtectionConfiguration BranchProtectionConfigurationEvent(action repository),
        "branch_protection_rule" BranchProtectionRule BranchProtectionRuleEvent(action repository),
        "bypass_request_push_ruleset" BypassRequestPushRuleset BypassRequestPushRulesetEvent(action repository),
        "bypass_request_secret_scanning" BypassRequestSecretScanning BypassRequestSecretScanningEvent(action repository),
        "cache_sync" CacheSync CacheSyncEvent(repository),
        "check_run" CheckRun CheckRunEvent(action repository),
        "check_suite" CheckSuite CheckSuiteEvent(action repository),
        "code_scanning_alert" CodeScanningAlert CodeScanningAlertEvent(action repository),
        "commit_comment" CommitComment CommitCommentEvent(action repository),
        "create" Create CreateEvent(repository),
        "custom_property" CustomProperty CustomPropertyEvent(action repository),
        "custom_property_values" CustomPropertyValues CustomPropertyValuesEvent(action repository),
        "delete" Delete DeleteEvent(repository),
        "dependabot_alert" DependabotAlert DependabotAlertEvent(action repository),
        "deploy_key" DeployKey DeployKeyEvent(action repository),
        "deployment" Deployment DeploymentEvent(action repository),
        "deployment_protection_rule" DeploymentProtectionRule DeploymentProtectionRuleEvent(action repository),
        "deployment_review" DeploymentReview DeploymentReviewEvent(action repository),
        "deployment_status" DeploymentStatus DeploymentStatusEvent(action repository),
        "discussion" Discussion DiscussionEvent(action repository),
        "discussion_comment" DiscussionComment DiscussionCommentEvent(action repository),
        "dismissal_request_code_scanning" DismissalRequestCodeScanning DismissalRequestCodeScanningEvent(action repository),
        "dismissal_request_dependabot" DismissalRequestDependabot DismissalRequestDependabotEvent(action repository),
        "dismissal_request_secret_scanning" DismissalRequestSecretScanning DismissalRequestSecretScanningEvent(action repository),
        "enterprise" Enterprise EnterpriseEvent(action repository),
        "exemption_request_push_ruleset" ExemptionRequestPushRuleset ExemptionRequestPushRulesetEvent(action repository),
        "exemption_request_secret_scanning" ExemptionRequestSecretScanning ExemptionRequestSecretScanningEvent(action repository),
        "fork" Fork ForkEvent(repository),
        "github_app_authorization" GithubAppAuthorization GithubAppAuthorizationEvent(action repository),
        "gollum" Gollum GollumEvent(repository),
        "installation" Installation InstallationEvent(action repository),
        "installation_repositories" InstallationRepositories InstallationRepositoriesEvent(action repository),
        "installation_target" InstallationTarget InstallationTargetEvent(action repository),
        "issue_comment" IssueComment IssueCommentEvent(action repository),
        "issue_dependencies" IssueDependencies IssueDependenciesEvent(action repository),
        "issue_relates_to" IssueRelatesTo IssueRelatesToEvent(action repository),
        "issues" Issues IssuesEvent(action repository),
        "label" Label LabelEvent(action repository),
        "marketplace_purchase" MarketplacePurchase MarketplacePurchaseEvent(action repository),
        "member" Member MemberEvent(action repository),
        "membership" Membership MembershipEvent(action repository),
        "merge_group" MergeGroup MergeGroupEvent(action repository),
        "meta" Meta MetaEvent(action repository),
        "milestone" Milestone MilestoneEvent(action repository),
        "org_block" OrgBlock OrgBlockEvent(action repository),
        "organization" Organization OrganizationEvent(action repository),
        "organization_custom_property" OrganizationCustomProperty OrganizationCustomPropertyEvent(action repository),
        "organization_custom_property_values" OrganizationCustomPropertyValues OrganizationCustomPropertyValuesEvent(action repository),
        "package" Package PackageEvent(action repository),
        "page_build" PageBuild PageBuildEvent(repository),
        "personal_access_token_request" PersonalAccessTokenRequest PersonalAccessTokenRequestEvent(action repository),
        "ping" Ping PingEvent(repository),
        "project" Project ProjectEvent(action repository),
        "project_card" ProjectCard ProjectCardEvent(action repository),
        "project_column" ProjectColumn ProjectColumnEvent(action repository),
        "projects_v2" ProjectsV2 ProjectsV2Event(action repository),
        "projects_v2_item" ProjectsV2Item ProjectsV2ItemEvent(action repository),
        "projects_v2_status_update" ProjectsV2StatusUpdate ProjectsV2StatusUpdateEvent(action repository),
        "public" Public PublicEvent(repository),
        "pull_request" PullRequest PullRequestEvent(action repository),
        "pull_request_review" PullRequestReview PullRequestReviewEvent(action repository),
        "pull_request_review_comment" PullRequestReviewComment PullRequestReviewCommentEvent(action repository),
        "pull_request_review_thread" PullRequestReviewThread PullRequestReviewThreadEvent(action repository),
        "push" Push PushEvent(repository),
        "registry_package" RegistryPackage RegistryPackageEvent(action repository),
        "release" Release ReleaseEvent(action repository),
        "repository" Repository RepositoryEvent(action repository),
        "repository_advisory" RepositoryAdvisory RepositoryAdvisoryEvent(action repository),
        "repository_dispatch" RepositoryDispatch RepositoryDispatchEvent(action repository),
        "repository_import" RepositoryImport RepositoryImportEvent(repository),
        "repository_ruleset" RepositoryRuleset RepositoryRulesetEvent(action repository),
        "repository_vulnerability_alert" RepositoryVulnerabilityAlert RepositoryVulnerabilityAlertEvent(action repository),
        "secret_scanning_alert" SecretScanningAlert SecretScanningAlertEvent(action repository),
        "secret_scanning_alert_location" SecretScanningAlertLocation SecretScanningAlertLocationEvent(action repository),
        "secret_scanning_scan" SecretScanningScan SecretScanningScanEvent(action repository),
        "security_advisory" SecurityAdvisory SecurityAdvisoryEvent(action repository),
        "security_and_analysis" SecurityAndAnalysis SecurityAndAnalysisEvent(repository),
        "sponsorship" Sponsorship SponsorshipEvent(action repository),
        "star" Star StarEvent(action repository),
        "status" Status StatusEvent(repository),
        "sub_issues" SubIssues SubIssuesEvent(action repository),
        "team" Team TeamEvent(action repository),
        "team_add" TeamAdd TeamAddEvent(repository),
        "user" User UserEvent(action repository),
        "watch" Watch WatchEvent(action repository),
        "workflow_dispatch" WorkflowDispatch WorkflowDispatchEvent(repository),
        "workflow_job" WorkflowJob WorkflowJobEvent(action repository),
        "workflow_run" WorkflowRun WorkflowRunEvent(action repository),
    }
    named {
    }
}
