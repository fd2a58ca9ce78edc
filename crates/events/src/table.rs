//! The one table that ties together an event's name, its variant and its type. Adding an event is
//! a struct in a file of its own and a line here.

use crate::{DecodeError, Event, OtherEvent, decode_json};

macro_rules! events {
    (
        typed { $( $name:literal $variant:ident $type:ident, )* }
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
                    $( EventName::$variant => boxed(name, payload).map(Self::$variant), )*
                    _ => OtherEvent::decode(name, payload).map(Self::Other),
                }
            }
        }

        $(
            impl Event for $type {
                const NAME: Option<EventName> = Some(EventName::$variant);

                fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
                    decode_json(name, payload)
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
    E::decode(name, payload).map(Box::new)
}

events! {
    typed {
    }
    named {
        "branch_protection_configuration" BranchProtectionConfiguration,
        "branch_protection_rule" BranchProtectionRule,
        "code_scanning_alert" CodeScanningAlert,
        "commit_comment" CommitComment,
        "create" Create,
        "custom_property" CustomProperty,
        "custom_property_values" CustomPropertyValues,
        "delete" Delete,
        "dependabot_alert" DependabotAlert,
        "deploy_key" DeployKey,
        "deployment_protection_rule" DeploymentProtectionRule,
        "deployment_review" DeploymentReview,
        "discussion" Discussion,
        "discussion_comment" DiscussionComment,
        "fork" Fork,
        "github_app_authorization" GithubAppAuthorization,
        "gollum" Gollum,
        "installation" Installation,
        "installation_repositories" InstallationRepositories,
        "installation_target" InstallationTarget,
        "issue_comment" IssueComment,
        "issue_dependencies" IssueDependencies,
        "issue_relates_to" IssueRelatesTo,
        "issues" Issues,
        "label" Label,
        "marketplace_purchase" MarketplacePurchase,
        "member" Member,
        "membership" Membership,
        "merge_group" MergeGroup,
        "meta" Meta,
        "milestone" Milestone,
        "org_block" OrgBlock,
        "organization" Organization,
        "package" Package,
        "page_build" PageBuild,
        "personal_access_token_request" PersonalAccessTokenRequest,
        "project" Project,
        "project_card" ProjectCard,
        "project_column" ProjectColumn,
        "projects_v2" ProjectsV2,
        "projects_v2_item" ProjectsV2Item,
        "projects_v2_status_update" ProjectsV2StatusUpdate,
        "public" Public,
        "pull_request_review" PullRequestReview,
        "pull_request_review_comment" PullRequestReviewComment,
        "pull_request_review_thread" PullRequestReviewThread,
        "registry_package" RegistryPackage,
        "release" Release,
        "repository" Repository,
        "repository_advisory" RepositoryAdvisory,
        "repository_dispatch" RepositoryDispatch,
        "repository_import" RepositoryImport,
        "repository_ruleset" RepositoryRuleset,
        "repository_vulnerability_alert" RepositoryVulnerabilityAlert,
        "secret_scanning_alert" SecretScanningAlert,
        "secret_scanning_alert_location" SecretScanningAlertLocation,
        "secret_scanning_scan" SecretScanningScan,
        "security_advisory" SecurityAdvisory,
        "security_and_analysis" SecurityAndAnalysis,
        "sponsorship" Sponsorship,
        "star" Star,
        "sub_issues" SubIssues,
        "team" Team,
        "team_add" TeamAdd,
        "watch" Watch,
        "workflow_dispatch" WorkflowDispatch,
        "workflow_job" WorkflowJob,
    }
}
