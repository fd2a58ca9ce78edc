//! Rules that protect branches, and rulesets.
//!
//! The events: `branch_protection_configuration`, `branch_protection_rule`, `repository_ruleset`.
//!
//! It leans on no other family.

pub(crate) mod branch_protection_configuration;
pub(crate) mod branch_protection_rule;
pub(crate) mod repository_ruleset;
pub(crate) mod ruleset_conditions;
pub(crate) mod ruleset_rule;

pub use branch_protection_configuration::{
    BranchProtectionConfigurationAction, BranchProtectionConfigurationEvent,
};
pub use branch_protection_rule::{
    BranchProtectionRule, BranchProtectionRuleAction, BranchProtectionRuleChanges,
    BranchProtectionRuleEvent, EnforcementLevel,
};
pub use repository_ruleset::{
    BypassActor, BypassActorType, RepositoryRuleset, RepositoryRulesetAction,
    RepositoryRulesetChanges, RepositoryRulesetEvent, RulesetBypass, RulesetEnforcement,
    RulesetLinks, RulesetSource, RulesetTarget,
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
