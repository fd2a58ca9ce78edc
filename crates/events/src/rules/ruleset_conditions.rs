use serde::Serialize;

use hookstead_types::Decode;
use hookstead_types::decode::items;

use crate::shared::change::Change;

/// Which branches, tags and repositories a ruleset is for. A repository's own ruleset has
/// `ref_name` only; one of an organization or enterprise also says which repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetConditions {
    /// Which branches or tags.
    pub ref_name: Option<RefNameCondition>,
    /// Which repositories, by name.
    pub repository_name: Option<RepositoryNameCondition>,
    /// Which repositories, by number.
    pub repository_id: Option<RepositoryIdCondition>,
    /// Which repositories, by their custom properties.
    pub repository_property: Option<RepositoryPropertyCondition>,
}

/// Which branches or tags a ruleset is for.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RefNameCondition {
    /// Their names or patterns, with `refs/heads/`; also `~DEFAULT_BRANCH` and `~ALL`.
    #[serde(default)]
    pub include: Vec<String>,
    /// Those that it is not for all the same.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// Which repositories a ruleset is for, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryNameCondition {
    /// Their names or patterns; also `~ALL`.
    #[serde(default)]
    pub include: Vec<String>,
    /// Those that it is not for all the same.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Whether they cannot be renamed.
    pub protected: Option<bool>,
}

/// Which repositories a ruleset is for, by number.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryIdCondition {
    /// Their numbers.
    #[serde(default)]
    pub repository_ids: Vec<u64>,
}

/// Which repositories a ruleset is for, by their custom properties.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryPropertyCondition {
    /// All of these must match.
    #[serde(default, deserialize_with = "items")]
    pub include: Vec<RepositoryPropertyMatch>,
    /// None of these may match.
    #[serde(default, deserialize_with = "items")]
    pub exclude: Vec<RepositoryPropertyMatch>,
}

/// A property that a repository must have or not have for a ruleset to be for it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryPropertyMatch {
    /// The property's name.
    pub name: Option<String>,
    /// The values, one of which it must have.
    #[serde(default)]
    pub property_values: Vec<String>,
    /// Who defined the property; its organization unless it is said.
    pub source: Option<PropertySource>,
}

hookstead_types::open_enum! {
    /// Who defined a property of a repository.
    pub enum PropertySource {
        /// Its organization or enterprise.
        Custom = "custom",
        /// GitHub.
        System = "system",
    }
}

/// What changed about the conditions of a ruleset.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetConditionChanges {
    /// What was added.
    #[serde(default, deserialize_with = "items")]
    pub added: Vec<RulesetConditions>,
    /// What was taken away.
    #[serde(default, deserialize_with = "items")]
    pub deleted: Vec<RulesetConditions>,
    /// What was changed.
    #[serde(default, deserialize_with = "items")]
    pub updated: Vec<RulesetConditionUpdate>,
}

/// A changed condition of a ruleset.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetConditionUpdate {
    /// The condition, as it is now.
    pub condition: Option<RulesetConditions>,
    /// What changed about it.
    pub changes: Option<RulesetConditionChange>,
}

/// What changed about a condition of a ruleset, as it was before.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RulesetConditionChange {
    /// What kind of condition it was.
    pub condition_type: Option<Change<String>>,
    /// What it was for.
    pub target: Option<Change<String>>,
    /// What it included.
    #[serde(deserialize_with = "crate::shared::change::of_list")]
    pub include: Option<Change<Vec<String>>>,
    /// What it excluded.
    #[serde(deserialize_with = "crate::shared::change::of_list")]
    pub exclude: Option<Change<Vec<String>>>,
}
