//! GitHub's webhook events as types.
//!
//! Each event is a struct named after it: `pull_request` is [`PullRequestEvent`]. [`AnyEvent`] is
//! any of them, and [`EventName`] names them all. What goes for every type here:
//!
//! * **Nothing that GitHub really sends is refused.** An unknown field, action or enum value never
//!   fails; a missing or `null` field is `None` wherever GitHub was seen to leave it out. Few
//!   fields are required: those without which the event has no meaning.
//! * **What may be missing may be odd.** What does not fit there, `{}` or a string in the place of an
//!   account for instance, is as good as missing: a field is `None` or its default, an item of a list
//!   is left out, and everything else is kept. The owner that an old server shows by name and e-mail
//!   only is nobody; the repository's full name tells whose it is. Such a payload is read twice, one
//!   that fits only once.
//! * **Deleted things are ordinary.** A deleted account or fork is `null`, so nested users are
//!   `Option<User>` and [`head.repo`](PullRequestBranch::repo) is an `Option`.
//! * **A payload costs what its length allows.** Decoding asks for no more memory than
//!   [`memory_for`] says, so that nobody makes it slow by sending the smallest objects that become
//!   the largest types. Beyond that it is an error that says so.
//! * **A payload that does not fit is named**, not shown: see [`DecodeError`].
//! * **What events share is seen without matching**, from each type and from [`AnyEvent`]: see
//!   [`Event::common`].
//! * Types serialise back to what they were read from, but for the [`OMITTED_LINKS`].
//!
//! ```
//! use hookstead_events::{Event, EventName, PushEvent};
//!
//! let payload = br#"{
//!     "ref": "refs/heads/main", "before": "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
//!     "after": "0000000000000000000000000000000000000000", "deleted": true,
//!     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
//! }"#;
//! let push = PushEvent::decode(&EventName::Push, payload)?;
//! assert!(push.deleted && push.after.is_zero());
//! # Ok::<(), hookstead_events::DecodeError>(())
//! ```
//!
//! # What it costs
//!
//! Medians of one run of `cargo bench -p hookstead-events`, in microseconds; compare the columns, not
//! two runs. *Few fields* is a struct of 15 fields: with the HMAC it is the floor for anything typed.
//! *Peer* is the largest other Rust library, measured by the package in `benches/peer`.
//!
//! | payload | bytes | HMAC | HMAC + few fields | HMAC + `AnyEvent` | HMAC + peer | to the floor | allocations |
//! |---|---|---|---|---|---|---|---|
//! | `pull_request` `opened` | 21,370 | 10.6 | 18.5 | 26.5 | 137.6 | 1.43 | 98 |
//! | `push` | 6,923 | 3.5 | 6.5 | 8.4 | 32.9 | 1.30 | 45 |
//! | `deployment_status` | 8,885 | 4.4 | 8.4 | 10.6 | 39.8 | 1.25 | 49 |
//! | `check_run` `completed` | 11,310 | 5.6 | 10.6 | 16.6 | 58.0 | 1.56 | 119 |
//! | all 329 recorded, each | 9,886 | 5.1 | 10.1 | 15.0 | 61.4 | 1.47 | 56 |
//!
//! A cold debug build of this crate with all it depends on takes 12 s on two cores. That is why the
//! types derive [`Decode`] and not serde's `Deserialize`: see `hookstead-derive`.

mod account;
mod advisory;
mod any_event;
mod app;
mod author_association;
mod branch_protection_configuration;
mod branch_protection_rule;
mod cache_sync;
mod change;
mod check_run;
mod check_status;
mod check_suite;
mod code_scanning_alert;
mod commit;
mod commit_comment;
mod common;
mod create;
mod custom_property;
mod custom_property_values;
mod delete;
mod dependabot_alert;
mod deploy_key;
mod deployment;
mod deployment_protection_rule;
mod deployment_review;
mod discussion;
mod discussion_comment;
mod enterprise;
mod enterprise_event;
mod envelope;
mod event;
mod exemption_request;
mod exemption_request_event;
mod fork;
mod from_to;
mod github_app_authorization;
mod gollum;
mod granted_repository;
mod hook;
mod installation;
mod installation_event;
mod installation_repositories;
mod installation_target;
mod issue;
mod issue_comment;
mod issue_dependencies;
mod issue_field;
mod issue_relates_to;
mod issues;
mod json_scan;
mod json_value;
mod label;
mod label_event;
mod lenient;
mod link;
mod lock_reason;
mod marketplace_purchase;
mod member;
mod membership;
mod merge_group;
mod meta;
mod milestone;
mod milestone_event;
mod minimal_pull_request;
mod omitted_links;
mod org_block;
mod organization;
mod organization_custom_property;
mod organization_event;
mod package;
mod package_body;
mod package_event;
mod package_metadata;
mod page_build;
mod personal_access_token_request;
mod ping;
mod project;
mod project_card;
mod project_column;
mod projects_v2;
mod projects_v2_item;
mod projects_v2_status_update;
mod public;
mod pull_request;
mod pull_request_review;
mod pull_request_review_comment;
mod pull_request_review_thread;
mod push;
mod reactions;
mod release;
mod repository;
mod repository_advisory;
mod repository_dispatch;
mod repository_event;
mod repository_import;
mod repository_ruleset;
mod repository_vulnerability_alert;
mod reviewer;
mod ruleset_conditions;
mod ruleset_rule;
mod secret_scanning_alert;
mod secret_scanning_alert_location;
mod secret_scanning_scan;
mod security_advisory;
mod security_and_analysis;
mod sponsorship;
mod star;
mod status;
mod sub_issues;
mod table;
mod team;
mod team_add;
mod team_event;
mod user_event;
mod watch;
mod workflow;
mod workflow_dispatch;
mod workflow_job;
mod workflow_run;

pub use any_event::OtherEvent;
pub use common::Common;
pub use envelope::{Envelope, NotAnObject};
pub use event::{
    DecodeError, Event, MEMORY_ALWAYS, MEMORY_PER_BYTE, decode_json, decode_json_within, memory_for,
};
pub use omitted_links::OMITTED_LINKS;
pub use table::{AnyEvent, EventName};

// The events, each with its parts.
pub use branch_protection_configuration::{
    BranchProtectionConfigurationAction, BranchProtectionConfigurationEvent,
};
pub use branch_protection_rule::{
    BranchProtectionRule, BranchProtectionRuleAction, BranchProtectionRuleChanges,
    BranchProtectionRuleEvent, EnforcementLevel,
};
pub use cache_sync::CacheSyncEvent;
pub use check_run::{
    CheckRun, CheckRunAction, CheckRunEvent, CheckRunOutput, CheckRunSuite, RequestedAction,
};
pub use check_suite::{CheckSuite, CheckSuiteAction, CheckSuiteEvent};
pub use code_scanning_alert::{
    CodeScanningAlert, CodeScanningAlertAction, CodeScanningAlertEvent, CodeScanningAlertState,
    CodeScanningDismissedReason, CodeScanningInstance, CodeScanningLocation, CodeScanningMessage,
    CodeScanningRule, CodeScanningSeverity, CodeScanningTool,
};
pub use commit_comment::{CommitComment, CommitCommentAction, CommitCommentEvent};
pub use create::{CreateEvent, PusherType, RefType};
pub use custom_property::{
    CustomProperty, CustomPropertyAction, CustomPropertyEditors, CustomPropertyEvent,
    CustomPropertySource, CustomPropertyType,
};
pub use custom_property_values::{
    CustomPropertyValue, CustomPropertyValuesAction, CustomPropertyValuesEvent,
};
pub use delete::DeleteEvent;
pub use dependabot_alert::{
    DependabotAlert, DependabotAlertAction, DependabotAlertEvent, DependabotAlertState,
    DependabotDismissedReason, Dependency, DependencyRelationship, DependencyScope,
    DismissalRequest, DismissalRequestStatus,
};
pub use deploy_key::{DeployKey, DeployKeyAction, DeployKeyEvent};
pub use deployment::{
    Deployment, DeploymentAction, DeploymentCheckRun, DeploymentEvent, DeploymentStatus,
    DeploymentStatusEvent, MinimalDeployment,
};
pub use deployment_protection_rule::{
    DeploymentProtectionRuleAction, DeploymentProtectionRuleEvent,
};
pub use deployment_review::{
    DeploymentReviewAction, DeploymentReviewEvent, DeploymentReviewJob, DeploymentReviewer,
    DeploymentReviewerType,
};
pub use discussion::{
    Discussion, DiscussionAction, DiscussionCategory, DiscussionChanges, DiscussionEvent,
    DiscussionState, DiscussionStateReason,
};
pub use discussion_comment::{
    DiscussionComment, DiscussionCommentAction, DiscussionCommentChanges, DiscussionCommentEvent,
};
pub use enterprise_event::{EnterpriseAction, EnterpriseEvent};
pub use exemption_request::{
    ExemptionReason, ExemptionRequest, ExemptionRequestData, ExemptionRequestItem,
    ExemptionRequestLocation, ExemptionRequestMetadata, ExemptionRequestStatus,
    ExemptionRequestType, ExemptionResponse, ExemptionResponseStatus,
};
pub use exemption_request_event::{
    BypassRequestPushRulesetEvent, BypassRequestSecretScanningEvent,
    DismissalRequestCodeScanningEvent, DismissalRequestDependabotEvent,
    DismissalRequestSecretScanningEvent, ExemptionRequestAction, ExemptionRequestPushRulesetEvent,
    ExemptionRequestSecretScanningEvent,
};
pub use fork::ForkEvent;
pub use github_app_authorization::{GithubAppAuthorizationAction, GithubAppAuthorizationEvent};
pub use gollum::{GollumEvent, WikiPage, WikiPageAction};
pub use installation_event::{
    Installation, InstallationAction, InstallationEvent, InstallationTargetType,
    RepositorySelection,
};
pub use installation_repositories::{
    InstallationRepositoriesAction, InstallationRepositoriesEvent,
};
pub use installation_target::{
    InstallationTargetAccount, InstallationTargetAction, InstallationTargetChanges,
    InstallationTargetEvent,
};
pub use issue_comment::{
    IssueComment, IssueCommentAction, IssueCommentChanges, IssueCommentEvent,
    IssueCommentMinimized, IssueCommentPin,
};
pub use issue_dependencies::{IssueDependenciesAction, IssueDependenciesEvent};
pub use issue_relates_to::{IssueRelatesToAction, IssueRelatesToEvent};
pub use issues::{IssuesAction, IssuesChanges, IssuesEvent};
pub use label_event::{LabelAction, LabelChanges, LabelEvent};
pub use marketplace_purchase::{
    MarketplaceAccount, MarketplacePlan, MarketplacePriceModel, MarketplacePurchase,
    MarketplacePurchaseAction, MarketplacePurchaseEvent,
};
pub use member::{MemberAction, MemberChanges, MemberEvent};
pub use membership::{MembershipAction, MembershipEvent, MembershipScope};
pub use merge_group::{MergeGroup, MergeGroupAction, MergeGroupEvent, MergeGroupReason};
pub use meta::{MetaAction, MetaEvent};
pub use milestone_event::{MilestoneAction, MilestoneChanges, MilestoneEvent};
pub use org_block::{OrgBlockAction, OrgBlockEvent};
pub use organization_custom_property::{
    OrganizationCustomPropertyAction, OrganizationCustomPropertyEvent,
    OrganizationCustomPropertyValuesEvent,
};
pub use organization_event::{
    OrganizationAction, OrganizationChanges, OrganizationEvent, OrganizationInvitation,
    OrganizationMembership,
};
pub use package::{
    Package, PackageFile, PackageRegistry, PackageRelease, PackageType, PackageVersion,
};
pub use package_body::{PackageBody, PackageBodyFile, PackageBodyInfo, PackageBodyRepository};
pub use package_event::{PackageAction, PackageEvent, RegistryPackageEvent};
pub use package_metadata::{
    ContainerBlob, ContainerLabels, ContainerManifest, ContainerMetadata, ContainerTag,
    DockerMetadata, NpmMetadata, NugetMetadata, RubygemsMetadata, RubygemsVersion,
};
pub use page_build::{PageBuild, PageBuildError, PageBuildEvent, PageBuildStatus};
pub use personal_access_token_request::{
    PersonalAccessTokenRequest, PersonalAccessTokenRequestAction, PersonalAccessTokenRequestEvent,
    TokenPermissions, TokenRepositorySelection,
};
pub use ping::PingEvent;
pub use project::{Project, ProjectAction, ProjectChanges, ProjectEvent, ProjectState};
pub use project_card::{ProjectCard, ProjectCardAction, ProjectCardChanges, ProjectCardEvent};
pub use project_column::{
    ProjectColumn, ProjectColumnAction, ProjectColumnChanges, ProjectColumnEvent,
};
pub use projects_v2::{ProjectsV2, ProjectsV2Action, ProjectsV2Changes, ProjectsV2Event};
pub use projects_v2_item::{
    ProjectsV2FieldChange, ProjectsV2FieldChoice, ProjectsV2FieldType, ProjectsV2FieldValue,
    ProjectsV2Item, ProjectsV2ItemAction, ProjectsV2ItemChanges, ProjectsV2ItemEvent,
    ProjectsV2ItemType,
};
pub use projects_v2_status_update::{
    ProjectsV2Status, ProjectsV2StatusUpdate, ProjectsV2StatusUpdateAction,
    ProjectsV2StatusUpdateChanges, ProjectsV2StatusUpdateEvent,
};
pub use public::PublicEvent;
pub use pull_request::{
    AutoMerge, MergeMethod, MergeableState, PullRequest, PullRequestAction, PullRequestBaseChange,
    PullRequestBranch, PullRequestChanges, PullRequestEvent, PullRequestLinks, PullRequestReason,
    PullRequestStack, PullRequestStackBase, PullRequestState,
};
pub use pull_request_review::{
    PullRequestReview, PullRequestReviewAction, PullRequestReviewChanges, PullRequestReviewEvent,
    PullRequestReviewLinks, PullRequestReviewState,
};
pub use pull_request_review_comment::{
    DiffSide, PullRequestReviewComment, PullRequestReviewCommentAction,
    PullRequestReviewCommentChanges, PullRequestReviewCommentEvent, PullRequestReviewCommentLinks,
    ReviewCommentSubject,
};
pub use pull_request_review_thread::{
    PullRequestReviewThread, PullRequestReviewThreadAction, PullRequestReviewThreadEvent,
};
pub use push::PushEvent;
pub use release::{
    MakeLatestChange, Release, ReleaseAction, ReleaseAsset, ReleaseAssetState, ReleaseChanges,
    ReleaseEvent,
};
pub use repository_advisory::{
    AdvisoryCredit, AdvisoryCreditState, AdvisoryCreditType, AdvisorySubmission,
    DetailedAdvisoryCredit, RepositoryAdvisory, RepositoryAdvisoryAction, RepositoryAdvisoryEvent,
    RepositoryAdvisoryState, RepositoryVulnerability,
};
pub use repository_dispatch::RepositoryDispatchEvent;
pub use repository_event::{
    RepositoryAction, RepositoryChanges, RepositoryEvent, RepositoryNameChange, RepositoryOwner,
};
pub use repository_import::{RepositoryImportEvent, RepositoryImportStatus};
pub use repository_ruleset::{
    BypassActor, BypassActorType, RepositoryRuleset, RepositoryRulesetAction,
    RepositoryRulesetChanges, RepositoryRulesetEvent, RulesetBypass, RulesetEnforcement,
    RulesetLinks, RulesetSource, RulesetTarget,
};
pub use repository_vulnerability_alert::{
    RepositoryVulnerabilityAlert, RepositoryVulnerabilityAlertAction,
    RepositoryVulnerabilityAlertEvent, RepositoryVulnerabilityAlertState,
};
pub use ruleset_conditions::{
    PropertySource, RefNameCondition, RepositoryIdCondition, RepositoryNameCondition,
    RepositoryPropertyCondition, RepositoryPropertyMatch, RulesetConditionChange,
    RulesetConditionChanges, RulesetConditionUpdate, RulesetConditions,
};
pub use ruleset_rule::{
    AlertsThreshold, DismissalActor, DismissalActorType, DismissalRestriction, MergeQueueGrouping,
    MergeQueueMethod, PatternOperator, RequiredCodeScanningTool, RequiredReviewer,
    RequiredReviewerTeam, RequiredStatusCheck, RequiredWorkflow, RulesetRule, RulesetRuleChange,
    RulesetRuleChanges, RulesetRuleParameters, RulesetRuleType, RulesetRuleUpdate,
    SecurityAlertsThreshold,
};
pub use secret_scanning_alert::{
    DetectedSecret, SecretCategory, SecretMetadata, SecretScanningAlert, SecretScanningAlertAction,
    SecretScanningAlertEvent, SecretScanningAlertState, SecretScanningResolution, SecretValidity,
};
pub use secret_scanning_alert_location::{
    SecretScanningAlertLocationAction, SecretScanningAlertLocationEvent, SecretScanningLocation,
    SecretScanningLocationDetails, SecretScanningLocationType,
};
pub use secret_scanning_scan::{
    SecretPatternScope, SecretScanningScanAction, SecretScanningScanEvent,
    SecretScanningScanSource, SecretScanningScanType,
};
pub use security_advisory::{
    AdvisoryClassification, SecurityAdvisory, SecurityAdvisoryAction, SecurityAdvisoryEvent,
};
pub use security_and_analysis::{
    DelegatedBypassMode, DelegatedBypassOptions, DelegatedBypassReviewer,
    DelegatedBypassReviewerType, SecurityAndAnalysis, SecurityAndAnalysisBefore,
    SecurityAndAnalysisEvent, SecurityFeature, SecurityFeatureStatus,
};
pub use sponsorship::{
    Sponsorship, SponsorshipAction, SponsorshipChanges, SponsorshipEvent, SponsorshipPrivacy,
    SponsorshipTier,
};
pub use star::{StarAction, StarEvent};
pub use status::{
    CommitParent, GitCommit, GitTree, StatusBranch, StatusBranchCommit, StatusCommit, StatusEvent,
    Verification,
};
pub use sub_issues::{SubIssuesAction, SubIssuesEvent};
pub use team_add::TeamAddEvent;
pub use team_event::{
    TeamAction, TeamChanges, TeamEvent, TeamRepositoryChange, TeamRepositoryPermissions,
};
pub use user_event::{UserAction, UserEvent};
pub use watch::{WatchAction, WatchEvent};
pub use workflow_dispatch::WorkflowDispatchEvent;
pub use workflow_job::{WorkflowJob, WorkflowJobAction, WorkflowJobEvent, WorkflowStep};
pub use workflow_run::{ReferencedWorkflow, WorkflowRun, WorkflowRunAction, WorkflowRunEvent};

// What several events show.
pub use account::Account;
pub use advisory::{
    AdvisoryIdentifier, AdvisoryIdentifierType, AdvisoryReference, AdvisorySeverity, Cvss,
    CvssSeverities, Cwe, Epss, PackageEcosystem, PatchedVersion, Vulnerability, VulnerablePackage,
};
pub use app::{App, PermissionLevel};
pub use author_association::AuthorAssociation;
pub use change::Change;
pub use check_status::{CheckConclusion, CheckStatus};
pub use commit::{Commit, GitUser, SimpleCommit};
pub use enterprise::Enterprise;
pub use from_to::FromTo;
pub use granted_repository::GrantedRepository;
pub use hook::{Hook, HookConfig, HookContentType, HookResponse, HookType};
pub use installation::InstallationReference;
pub use issue::{
    Issue, IssueDependenciesSummary, IssuePullRequest, IssueState, IssueStateReason, IssueType,
    IssueTypeColor, SubIssuesSummary,
};
pub use issue_field::{
    IssueField, IssueFieldDataType, IssueFieldOption, IssueFieldSetting, IssueFieldValue,
};
pub use label::Label;
pub use link::Link;
pub use lock_reason::LockReason;
pub use milestone::{Milestone, MilestoneState};
pub use minimal_pull_request::{MinimalBranch, MinimalPullRequest, RepositoryReference};
pub use organization::Organization;
pub use reactions::Reactions;
pub use repository::{
    CodeOfConduct, CodeSearchIndexStatus, License, MinimalRepository, PullRequestCreationPolicy,
    Repository, RepositoryOrganization, RepositoryPermissions, RepositoryVisibility,
};
pub use reviewer::Reviewer;
pub use team::{Team, TeamPrivacy, TeamType};
pub use workflow::Workflow;

pub use hookstead_types::*;
