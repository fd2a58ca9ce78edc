use serde::Serialize;
use serde_json::Value;

use hookstead_types::Decode;
use hookstead_types::decode::items;

/// A custom field of issues, as their organization defines it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueField {
    /// The field's number.
    pub id: u64,
    /// The name.
    pub name: Option<String>,
    /// What it holds.
    pub field_type: Option<IssueFieldDataType>,
}

/// What a custom field of an [`Issue`](crate::Issue) got, or held before, in the events that tell of
/// the change.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueFieldSetting {
    /// The value's number.
    pub id: u64,
    /// The value: a text or a number.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub value: Value,
    /// The number of what was chosen, if the field is a choice of one.
    pub value_id: Option<u64>,
    /// What was chosen, if the field is a choice of one.
    pub option: Option<IssueFieldOption>,
    /// The numbers of what was chosen, if the field is a choice of several.
    #[serde(default, deserialize_with = "items")]
    pub value_ids: Vec<u64>,
    /// What was chosen, if the field is a choice of several.
    #[serde(default, deserialize_with = "items")]
    pub options: Vec<IssueFieldOption>,
}

/// The value of a custom field of an [`Issue`](crate::Issue).
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueFieldValue {
    /// The field's number.
    pub issue_field_id: u64,
    /// The field's name.
    pub issue_field_name: Option<String>,
    /// The value's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// What the field holds.
    pub data_type: Option<IssueFieldDataType>,
    /// The value: a text or a number.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub value: Value,
    /// What was chosen, if the field is a choice of one.
    pub single_select_option: Option<IssueFieldOption>,
    /// What was chosen, if the field is a choice of several.
    #[serde(default, deserialize_with = "items")]
    pub multi_select_options: Vec<IssueFieldOption>,
}

/// What can be chosen in a custom field of an [`Issue`](crate::Issue).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct IssueFieldOption {
    /// The option's number.
    pub id: Option<u64>,
    /// The name.
    pub name: Option<String>,
    /// How it is shown.
    pub color: Option<String>,
    /// What it stands for.
    pub description: Option<String>,
}

hookstead_types::open_enum! {
    /// What a custom field of an [`Issue`](crate::Issue) holds.
    pub enum IssueFieldDataType {
        /// Any text.
        Text = "text",
        /// One of several options.
        SingleSelect = "single_select",
        /// Any of several options.
        MultiSelect = "multi_select",
        /// A number.
        Number = "number",
        /// A day.
        Date = "date",
    }
}
