use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

use crate::rules::ruleset_conditions::{RulesetConditionChanges, RulesetConditions};
use crate::rules::ruleset_rule::{RulesetRule, RulesetRuleChanges};
use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::link::Link;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `repository_ruleset`: a ruleset was made, changed or deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryRulesetEvent {
    /// What happened.
    pub action: RepositoryRulesetAction,
    /// The ruleset, as it is now.
    pub repository_ruleset: Box<RepositoryRuleset>,
    /// What changed; on `edited`.
    pub changes: Option<Box<RepositoryRulesetChanges>>,
    /// The repository, for a repository's own ruleset.
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

hookstead_types::open_enum! {
    /// What happened to a ruleset.
    pub enum RepositoryRulesetAction {
        /// It was made.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed.
        Edited = "edited",
    }
}

/// A ruleset: rules for branches, tags, pushes or repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryRuleset {
    /// The ruleset's number.
    pub id: u64,
    /// The ruleset's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name for people.
    pub name: String,
    /// What its rules are for.
    pub target: Option<RulesetTarget>,
    /// What kind of thing it belongs to.
    pub source_type: Option<RulesetSource>,
    /// The name of what it belongs to: `owner/name` of a repository, else a login or slug.
    pub source: Option<String>,
    /// Whether it is in force.
    pub enforcement: Option<RulesetEnforcement>,
    /// Who need not keep its rules.
    #[serde(default, deserialize_with = "items")]
    pub bypass_actors: Vec<BypassActor>,
    /// Whether the caller need not; in answers to a call only.
    pub current_user_can_bypass: Option<RulesetBypass>,
    /// Which branches, tags and repositories it is for.
    pub conditions: Option<Box<RulesetConditions>>,
    /// Its rules.
    #[serde(default, deserialize_with = "items")]
    pub rules: Vec<RulesetRule>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// Where else it can be found.
    #[serde(rename = "_links")]
    pub links: Option<RulesetLinks>,
}

hookstead_types::open_enum! {
    /// What the rules of a [`RepositoryRuleset`] are for.
    pub enum RulesetTarget {
        /// Branches.
        Branch = "branch",
        /// Tags.
        Tag = "tag",
        /// Whatever is pushed.
        Push = "push",
        /// Repositories themselves.
        Repository = "repository",
    }
}

hookstead_types::open_enum! {
    /// What kind of thing a [`RepositoryRuleset`] belongs to.
    pub enum RulesetSource {
        /// A repository.
        Repository = "Repository",
        /// An organization.
        Organization = "Organization",
        /// An enterprise.
        Enterprise = "Enterprise",
    }
}

hookstead_types::open_enum! {
    /// Whether a [`RepositoryRuleset`] is in force.
    pub enum RulesetEnforcement {
        /// It is not.
        Disabled = "disabled",
        /// It is.
        Active = "active",
        /// It is tried: what breaks it is written down, not stopped.
        Evaluate = "evaluate",
    }
}

hookstead_types::open_enum! {
    /// Whether and when somebody need not keep the rules of a [`RepositoryRuleset`].
    pub enum RulesetBypass {
        /// Always.
        Always = "always",
        /// In pull requests.
        PullRequest = "pull_request",
        /// The same; GitHub's word for it where it speaks of the caller.
        PullRequestsOnly = "pull_requests_only",
        /// Always, and without being asked.
        Exempt = "exempt",
        /// Never.
        Never = "never",
    }
}

/// Somebody who need not keep the rules of a [`RepositoryRuleset`].
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct BypassActor {
    /// The actor's number, where the kind of actor has one.
    pub actor_id: Option<u64>,
    /// What kind of actor it is.
    pub actor_type: Option<BypassActorType>,
    /// When they need not.
    pub bypass_mode: Option<RulesetBypass>,
}

hookstead_types::open_enum! {
    /// What kind of actor a [`BypassActor`] is.
    pub enum BypassActorType {
        /// A GitHub App.
        Integration = "Integration",
        /// The organization's owners.
        OrganizationAdmin = "OrganizationAdmin",
        /// Whoever has a role in the repository.
        RepositoryRole = "RepositoryRole",
        /// A team.
        Team = "Team",
        /// Deploy keys.
        DeployKey = "DeployKey",
        /// The enterprise's owners.
        EnterpriseOwner = "EnterpriseOwner",
        /// Whoever has a role in the enterprise.
        EnterpriseRole = "EnterpriseRole",
        /// A person.
        User = "User",
    }
}

/// Where else a [`RepositoryRuleset`] can be found.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetLinks {
    /// In the REST API.
    #[serde(rename = "self")]
    pub this: Option<Link>,
    /// Its page.
    pub html: Option<Link>,
}

/// What changed about a [`RepositoryRuleset`].
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryRulesetChanges {
    /// The name, as it was before.
    pub name: Option<Change<String>>,
    /// Whether it was in force before.
    pub enforcement: Option<Change<RulesetEnforcement>>,
    /// Which branches, tags and repositories it is for.
    pub conditions: Option<Box<RulesetConditionChanges>>,
    /// Its rules.
    pub rules: Option<Box<RulesetRuleChanges>>,
}
