use serde::Serialize;

use hookstead_types::{Decode, Timestamp, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `branch_protection_rule`: a rule that protects branches was made, changed or deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct BranchProtectionRuleEvent {
    /// What happened.
    pub action: BranchProtectionRuleAction,
    /// The rule, as it is now.
    pub rule: Box<BranchProtectionRule>,
    /// What changed, as it was before; on `edited`.
    pub changes: Option<Box<BranchProtectionRuleChanges>>,
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
    /// What happened to a rule that protects branches.
    pub enum BranchProtectionRuleAction {
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed.
        Edited = "edited",
    }
}

hookstead_types::open_enum! {
    /// For whom a part of a [`BranchProtectionRule`] is in force.
    pub enum EnforcementLevel {
        /// It is in force for nobody.
        Off = "off",
        /// It is in force for all but the repository's administrators.
        NonAdmins = "non_admins",
        /// It is in force for everybody.
        Everyone = "everyone",
    }
}

/// A rule that protects branches.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct BranchProtectionRule {
    /// The rule's number.
    pub id: u64,
    /// The repository's number.
    pub repository_id: Option<u64>,
    /// The branches that it protects: a name or a pattern.
    pub name: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// Whether administrators are bound by it.
    #[serde(default)]
    pub admin_enforced: bool,
    /// Whether it also governs who makes matching branches.
    pub create_protected: Option<bool>,
    /// Who may delete the branches.
    pub allow_deletions_enforcement_level: Option<EnforcementLevel>,
    /// Who may push to them with force.
    pub allow_force_pushes_enforcement_level: Option<EnforcementLevel>,
    /// Whether only some may push to them.
    #[serde(default)]
    pub authorized_actors_only: bool,
    /// Who those are.
    #[serde(default)]
    pub authorized_actor_names: Vec<String>,
    /// Whether only some may dismiss reviews.
    #[serde(default)]
    pub authorized_dismissal_actors_only: bool,
    /// Whether a push dismisses the approvals so far.
    #[serde(default)]
    pub dismiss_stale_reviews_on_push: bool,
    /// Whether an approval by somebody who pushed to the pull request does not count.
    #[serde(default)]
    pub ignore_approvals_from_contributors: bool,
    /// For whom merge commits are forbidden.
    pub linear_history_requirement_enforcement_level: Option<EnforcementLevel>,
    /// For whom the branches are locked.
    pub lock_branch_enforcement_level: Option<EnforcementLevel>,
    /// Whether locked branches of a fork still take what is new upstream.
    pub lock_allows_fork_sync: Option<bool>,
    /// For whom the merge queue is the way in.
    pub merge_queue_enforcement_level: Option<EnforcementLevel>,
    /// For whom reviews are required.
    pub pull_request_reviews_enforcement_level: Option<EnforcementLevel>,
    /// Whether a code owner must approve.
    #[serde(default)]
    pub require_code_owner_review: bool,
    /// Whether somebody else than who pushed last must approve.
    pub require_last_push_approval: Option<bool>,
    /// How many must approve.
    pub required_approving_review_count: Option<u64>,
    /// For whom all conversations must be resolved.
    pub required_conversation_resolution_level: Option<EnforcementLevel>,
    /// For whom deployments must have succeeded.
    pub required_deployments_enforcement_level: Option<EnforcementLevel>,
    /// The contexts of the statuses and the names of the check runs that must have succeeded.
    #[serde(default)]
    pub required_status_checks: Vec<String>,
    /// For whom they must have.
    pub required_status_checks_enforcement_level: Option<EnforcementLevel>,
    /// Whether the branch must be up to date with its base before merging.
    #[serde(default)]
    pub strict_required_status_checks_policy: bool,
    /// For whom commits must be signed.
    pub signature_requirement_enforcement_level: Option<EnforcementLevel>,
}

/// What changed about a [`BranchProtectionRule`], as it was before. Only what changed is there.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct BranchProtectionRuleChanges {
    /// Whether administrators were bound by it.
    pub admin_enforced: Option<Change<bool>>,
    /// Who could delete the branches.
    pub allow_deletions_enforcement_level: Option<Change<EnforcementLevel>>,
    /// Who could push to them with force.
    pub allow_force_pushes_enforcement_level: Option<Change<EnforcementLevel>>,
    /// Whether only some could push to them.
    pub authorized_actors_only: Option<Change<bool>>,
    /// Who those were.
    #[serde(deserialize_with = "crate::shared::change::of_list")]
    pub authorized_actor_names: Option<Change<Vec<String>>>,
    /// Whether only some could dismiss reviews.
    pub authorized_dismissal_actors_only: Option<Change<bool>>,
    /// Whether a push dismissed the approvals so far.
    pub dismiss_stale_reviews_on_push: Option<Change<bool>>,
    /// For whom merge commits were forbidden.
    pub linear_history_requirement_enforcement_level: Option<Change<EnforcementLevel>>,
    /// For whom the branches were locked.
    pub lock_branch_enforcement_level: Option<Change<EnforcementLevel>>,
    /// Whether locked branches of a fork still took what was new upstream.
    pub lock_allows_fork_sync: Option<Change<bool>>,
    /// For whom reviews were required.
    pub pull_request_reviews_enforcement_level: Option<Change<EnforcementLevel>>,
    /// Whether a code owner had to approve.
    pub require_code_owner_review: Option<Change<bool>>,
    /// Whether somebody else than who pushed last had to approve.
    pub require_last_push_approval: Option<Change<bool>>,
    /// How many had to approve.
    pub required_approving_review_count: Option<Change<u64>>,
    /// For whom all conversations had to be resolved.
    pub required_conversation_resolution_level: Option<Change<EnforcementLevel>>,
    /// For whom deployments had to have succeeded.
    pub required_deployments_enforcement_level: Option<Change<EnforcementLevel>>,
    /// What had to have succeeded.
    #[serde(deserialize_with = "crate::shared::change::of_list")]
    pub required_status_checks: Option<Change<Vec<String>>>,
    /// For whom it had to.
    pub required_status_checks_enforcement_level: Option<Change<EnforcementLevel>>,
    /// For whom commits had to be signed.
    pub signature_requirement_enforcement_level: Option<Change<EnforcementLevel>>,
}
