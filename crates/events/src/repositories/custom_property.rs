use serde::Serialize;
use serde_json::Value;

use hookstead_types::Decode;

/// A property that repositories or organizations may have, as their organization or enterprise defines it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct CustomProperty {
    /// The name; empty where GitHub gives none, as its schema of `organization_custom_property`
    /// allows.
    #[serde(default)]
    pub property_name: String,
    /// The property in the REST API.
    pub url: Option<String>,
    /// Who defines it.
    pub source_type: Option<CustomPropertySource>,
    /// What values it takes.
    pub value_type: Option<CustomPropertyType>,
    /// Whether every repository must have a value.
    pub required: Option<bool>,
    /// Whether the value must be said when a repository is made.
    pub require_explicit_values: Option<bool>,
    /// The value of repositories that have none: a string, a list of strings, or `null`.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub default_value: Value,
    /// What it is for.
    pub description: Option<String>,
    /// The values to choose from, at most 200.
    pub allowed_values: Option<Vec<String>>,
    /// Who may change a repository's value.
    pub values_editable_by: Option<CustomPropertyEditors>,
}

hookstead_types::open_enum! {
    /// Who defines a [`CustomProperty`].
    pub enum CustomPropertySource {
        /// An organization.
        Organization = "organization",
        /// An enterprise.
        Enterprise = "enterprise",
    }
}

hookstead_types::open_enum! {
    /// What values a [`CustomProperty`] takes.
    pub enum CustomPropertyType {
        /// Text.
        String = "string",
        /// One of a list.
        SingleSelect = "single_select",
        /// Any of a list.
        MultiSelect = "multi_select",
        /// `true` or `false`.
        TrueFalse = "true_false",
        /// The address of a page.
        Url = "url",
    }
}

hookstead_types::open_enum! {
    /// Who may change a repository's or organization's value of a [`CustomProperty`].
    pub enum CustomPropertyEditors {
        /// Those of the organization.
        OrgActors = "org_actors",
        /// Those of the organization and of the repository.
        OrgAndRepoActors = "org_and_repo_actors",
        /// Those of the enterprise.
        EnterpriseActors = "enterprise_actors",
        /// Those of the enterprise and of the organization.
        EnterpriseAndOrgActors = "enterprise_and_org_actors",
    }
}
