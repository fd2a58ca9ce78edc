use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, MergeMethod, Sha};

use crate::shared::change::Change;

/// A rule of a ruleset.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetRule {
    /// What kind of rule it is.
    pub r#type: RulesetRuleType,
    /// Its settings, for the kinds that have some.
    pub parameters: Option<Box<RulesetRuleParameters>>,
}

hookstead_types::open_enum! {
    /// What kind of rule a [`RulesetRule`] is.
    pub enum RulesetRuleType {
        /// Only some make matching branches or tags.
        Creation = "creation",
        /// Only some push to them.
        Update = "update",
        /// Only some delete them.
        Deletion = "deletion",
        /// No merge commits.
        RequiredLinearHistory = "required_linear_history",
        /// The merge queue is the way in.
        MergeQueue = "merge_queue",
        /// Deployments must have succeeded.
        RequiredDeployments = "required_deployments",
        /// Commits must be signed.
        RequiredSignatures = "required_signatures",
        /// A pull request is the way in.
        PullRequest = "pull_request",
        /// Statuses and check runs must have succeeded.
        RequiredStatusChecks = "required_status_checks",
        /// No pushing with force.
        NonFastForward = "non_fast_forward",
        /// Commit messages must match a pattern.
        CommitMessagePattern = "commit_message_pattern",
        /// The addresses of those who wrote commits must match a pattern.
        CommitAuthorEmailPattern = "commit_author_email_pattern",
        /// The addresses of those who committed must match a pattern.
        CommitterEmailPattern = "committer_email_pattern",
        /// Branch names must match a pattern.
        BranchNamePattern = "branch_name_pattern",
        /// Tag names must match a pattern.
        TagNamePattern = "tag_name_pattern",
        /// Some files must not be pushed.
        FilePathRestriction = "file_path_restriction",
        /// Paths must not be too long.
        MaxFilePathLength = "max_file_path_length",
        /// Files of some kinds must not be pushed.
        FileExtensionRestriction = "file_extension_restriction",
        /// Files must not be too big.
        MaxFileSize = "max_file_size",
        /// Workflows must have succeeded.
        Workflows = "workflows",
        /// Code scanning must have found nothing grave.
        CodeScanning = "code_scanning",
        /// Copilot reviews pull requests.
        CopilotCodeReview = "copilot_code_review",
        /// The licences of what it depends on must be allowed.
        LicenseComplianceScanning = "license_compliance_scanning",
    }
}

/// The settings of a [`RulesetRule`]. Which of them there are depends on its
/// [type](RulesetRule::type).
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetRuleParameters {
    /// `update`: whether a branch may take what is new upstream.
    pub update_allows_fetch_and_merge: Option<bool>,
    /// `merge_queue`: how long a required check may take, in minutes.
    pub check_response_timeout_minutes: Option<u64>,
    /// `merge_queue`: which commits of a group must pass the required checks.
    pub grouping_strategy: Option<MergeQueueGrouping>,
    /// `merge_queue`: how many pull requests are checked at the same time.
    pub max_entries_to_build: Option<u64>,
    /// `merge_queue`: how many pull requests are merged together at most.
    pub max_entries_to_merge: Option<u64>,
    /// `merge_queue`: how pull requests are merged.
    pub merge_method: Option<MergeQueueMethod>,
    /// `merge_queue`: how many pull requests are merged together at least.
    pub min_entries_to_merge: Option<u64>,
    /// `merge_queue`: how long to wait for that many, in minutes.
    pub min_entries_to_merge_wait_minutes: Option<u64>,
    /// `required_deployments`: the environments.
    pub required_deployment_environments: Option<Vec<String>>,
    /// `pull_request`: how they may be merged.
    pub allowed_merge_methods: Option<Vec<MergeMethod>>,
    /// `pull_request`: whether Copilot reviews new ones.
    pub automatic_copilot_code_review_enabled: Option<bool>,
    /// `pull_request`: whether a push dismisses the approvals so far.
    pub dismiss_stale_reviews_on_push: Option<bool>,
    /// `pull_request`: who may dismiss reviews.
    pub dismissal_restriction: Option<DismissalRestriction>,
    /// `pull_request`: whether a code owner must approve.
    pub require_code_owner_review: Option<bool>,
    /// `pull_request`: whether somebody else than who pushed last must approve.
    pub require_last_push_approval: Option<bool>,
    /// `pull_request`: how many must approve.
    pub required_approving_review_count: Option<u64>,
    /// `pull_request`: whether all conversations must be resolved.
    pub required_review_thread_resolution: Option<bool>,
    /// `pull_request`: the teams that must approve changes to some files.
    pub required_reviewers: Option<Vec<RequiredReviewer>>,
    /// `required_status_checks`: whether branches may be made without them.
    pub do_not_enforce_on_create: Option<bool>,
    /// `required_status_checks`: what must have succeeded.
    pub required_status_checks: Option<Vec<RequiredStatusCheck>>,
    /// `required_status_checks`: whether the branch must be up to date with its base.
    pub strict_required_status_checks_policy: Option<bool>,
    /// The patterns: how the rule is called.
    pub name: Option<String>,
    /// The patterns: whether what matches is forbidden.
    pub negate: Option<bool>,
    /// The patterns: how to match.
    pub operator: Option<PatternOperator>,
    /// The patterns: what to match.
    pub pattern: Option<String>,
    /// `file_path_restriction`: the paths.
    pub restricted_file_paths: Option<Vec<String>>,
    /// `max_file_path_length`: how many characters a path may have.
    pub max_file_path_length: Option<u64>,
    /// `file_extension_restriction`: the extensions.
    pub restricted_file_extensions: Option<Vec<String>>,
    /// `max_file_size`: how big a file may be, in MB.
    pub max_file_size: Option<u64>,
    /// `workflows`: which ones.
    pub workflows: Option<Vec<RequiredWorkflow>>,
    /// `code_scanning`: the tools, and what is too grave.
    pub code_scanning_tools: Option<Vec<RequiredCodeScanningTool>>,
    /// `copilot_code_review`: whether it reviews drafts.
    pub review_draft_pull_requests: Option<bool>,
    /// `copilot_code_review`: whether it reviews each push.
    pub review_on_push: Option<bool>,
}

hookstead_types::open_enum! {
    /// Which commits of a group in a merge queue must pass the required checks.
    pub enum MergeQueueGrouping {
        /// The merge commit of each pull request.
        AllGreen = "ALLGREEN",
        /// The last one only.
        HeadGreen = "HEADGREEN",
    }
}

hookstead_types::open_enum! {
    /// How a merge queue merges.
    pub enum MergeQueueMethod {
        /// It makes a merge commit.
        Merge = "MERGE",
        /// It makes one commit that holds all changes.
        Squash = "SQUASH",
        /// It rebases the commits.
        Rebase = "REBASE",
    }
}

hookstead_types::open_enum! {
    /// How a pattern of a [`RulesetRule`] matches.
    pub enum PatternOperator {
        /// What begins with it.
        StartsWith = "starts_with",
        /// What ends with it.
        EndsWith = "ends_with",
        /// What has it anywhere.
        Contains = "contains",
        /// What it matches as a regular expression.
        Regex = "regex",
    }
}

/// A team that must approve changes to some files.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RequiredReviewer {
    /// The files.
    #[serde(default)]
    pub file_patterns: Vec<String>,
    /// How many of the team must approve; with 0 it is only asked.
    pub minimum_approvals: Option<u64>,
    /// The team.
    pub reviewer: Option<RequiredReviewerTeam>,
}

/// Which team a [`RequiredReviewer`] is.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RequiredReviewerTeam {
    /// The team's number.
    pub id: Option<u64>,
    /// `Team`.
    pub r#type: Option<String>,
}

/// Who may dismiss reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct DismissalRestriction {
    /// Whether only some may.
    #[serde(default)]
    pub enabled: bool,
    /// Who may then.
    #[serde(default, deserialize_with = "items")]
    pub allowed_actors: Vec<DismissalActor>,
}

/// Who may dismiss reviews: a person, a team, an App or a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct DismissalActor {
    /// Its number.
    pub id: Option<u64>,
    /// What it is.
    pub r#type: Option<DismissalActorType>,
}

hookstead_types::open_enum! {
    /// What a [`DismissalActor`] is.
    pub enum DismissalActorType {
        /// A person.
        User = "User",
        /// A team.
        Team = "Team",
        /// An App.
        IntegrationInstallation = "IntegrationInstallation",
        /// Everybody who has a role in the repository.
        RepositoryRole = "RepositoryRole",
    }
}

/// A status or check run that must have succeeded.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RequiredStatusCheck {
    /// The status's context, or the check run's name.
    pub context: String,
    /// The App that it must come from.
    pub integration_id: Option<u64>,
}

/// A workflow that must have succeeded.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RequiredWorkflow {
    /// The file that defines it.
    pub path: Option<String>,
    /// The branch or tag to take the file from.
    pub r#ref: Option<String>,
    /// The number of the repository that the file is in.
    pub repository_id: Option<u64>,
    /// The commit to take the file from.
    pub sha: Option<Sha>,
}

/// What a code scanning tool must not have found.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RequiredCodeScanningTool {
    /// The tool.
    pub tool: Option<String>,
    /// Which alerts are too grave.
    pub alerts_threshold: Option<AlertsThreshold>,
    /// Which security alerts are too grave.
    pub security_alerts_threshold: Option<SecurityAlertsThreshold>,
}

hookstead_types::open_enum! {
    /// Which alerts are too grave.
    pub enum AlertsThreshold {
        /// None.
        None = "none",
        /// Errors.
        Errors = "errors",
        /// Errors and warnings.
        ErrorsAndWarnings = "errors_and_warnings",
        /// All.
        All = "all",
    }
}

hookstead_types::open_enum! {
    /// Which security alerts are too grave.
    pub enum SecurityAlertsThreshold {
        /// None.
        None = "none",
        /// Critical ones.
        Critical = "critical",
        /// Those of high severity and above.
        HighOrHigher = "high_or_higher",
        /// Those of medium severity and above.
        MediumOrHigher = "medium_or_higher",
        /// All.
        All = "all",
    }
}

/// What changed about the rules of a ruleset.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetRuleChanges {
    /// What was added.
    #[serde(default, deserialize_with = "items")]
    pub added: Vec<RulesetRule>,
    /// What was taken away.
    #[serde(default, deserialize_with = "items")]
    pub deleted: Vec<RulesetRule>,
    /// What was changed.
    #[serde(default, deserialize_with = "items")]
    pub updated: Vec<RulesetRuleUpdate>,
}

/// A changed rule of a ruleset.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetRuleUpdate {
    /// The rule, as it is now.
    pub rule: Option<RulesetRule>,
    /// What changed about it.
    pub changes: Option<RulesetRuleChange>,
}

/// What changed about a rule of a ruleset, as it was before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetRuleChange {
    /// Its settings.
    pub configuration: Option<Change<String>>,
    /// What kind of rule it was.
    pub rule_type: Option<Change<String>>,
    /// What it matched.
    pub pattern: Option<Change<String>>,
}
