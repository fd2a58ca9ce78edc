use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use hookstead_types::{Decode, Timestamp, User};

use crate::decode::json_value::Json;
use crate::shared::enterprise::Enterprise;
use crate::shared::from_to::FromTo;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `projects_v2_item`: something happened to an item of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2ItemEvent {
    /// What happened.
    pub action: ProjectsV2ItemAction,
    /// The item.
    pub projects_v2_item: Box<ProjectsV2Item>,
    /// What changed; on `archived`, `converted`, `edited`, `reordered` and `restored`.
    pub changes: Option<Box<ProjectsV2ItemChanges>>,
    /// The organization that the project belongs to.
    pub organization: Option<Organization>,
    /// Who did it.
    pub sender: Option<User>,
    /// A repository, if any.
    pub repository: Option<Box<Repository>>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

hookstead_types::open_enum! {
    /// What happened to an item of a project.
    pub enum ProjectsV2ItemAction {
        /// It was put away.
        Archived = "archived",
        /// The draft became an issue.
        Converted = "converted",
        /// It was added.
        Created = "created",
        /// It was removed.
        Deleted = "deleted",
        /// One of its fields, or the body of the draft, was changed.
        Edited = "edited",
        /// It was moved.
        Reordered = "reordered",
        /// It was put away and is back.
        Restored = "restored",
    }
}

/// An item of a [project](crate::ProjectsV2): an issue, a pull request or a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2Item {
    /// The item's number.
    pub id: u64,
    /// The item's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The project's id in GitHub's GraphQL API.
    pub project_node_id: Option<String>,
    /// The id of the issue, pull request or draft in GitHub's GraphQL API.
    pub content_node_id: Option<String>,
    /// Which of them it is.
    pub content_type: Option<ProjectsV2ItemType>,
    /// Who added it.
    pub creator: Option<User>,
    /// When it was added.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

hookstead_types::open_enum! {
    /// What an item of a project is.
    pub enum ProjectsV2ItemType {
        /// An issue.
        Issue = "Issue",
        /// A pull request.
        PullRequest = "PullRequest",
        /// A draft: it belongs to the project alone.
        DraftIssue = "DraftIssue",
    }
}

/// What changed in an item of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2ItemChanges {
    /// A field; on `edited`.
    pub field_value: Option<Box<ProjectsV2FieldChange>>,
    /// The body of the draft; on `edited`.
    pub body: Option<FromTo<String>>,
    /// When it was put away; on `archived` and `restored`.
    pub archived_at: Option<FromTo<Timestamp>>,
    /// What it is; on `converted`.
    pub content_type: Option<FromTo<ProjectsV2ItemType>>,
    /// The id of the item above it in GitHub's GraphQL API; on `reordered`.
    pub previous_projects_v2_item_node_id: Option<FromTo<String>>,
}

/// How a field of an item changed.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2FieldChange {
    /// The field's id in GitHub's GraphQL API.
    pub field_node_id: Option<String>,
    /// What kind of field it is.
    pub field_type: Option<ProjectsV2FieldType>,
    /// What it is called: `Status` for instance; missing in old payloads.
    pub field_name: Option<String>,
    /// The number of the project in its organization; missing in old payloads.
    pub project_number: Option<u64>,
    /// The value before; nothing where the field was empty, and in old payloads.
    pub from: Option<ProjectsV2FieldValue>,
    /// The value now; nothing where the field is empty, and in old payloads.
    pub to: Option<ProjectsV2FieldValue>,
}

hookstead_types::open_enum! {
    /// What kind of field of a project it is.
    pub enum ProjectsV2FieldType {
        /// Free text.
        Text = "text",
        /// A number.
        Number = "number",
        /// A day.
        Date = "date",
        /// One option out of several.
        SingleSelect = "single_select",
        /// One span of time out of several.
        Iteration = "iteration",
    }
}

/// The value of a field of an item.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ProjectsV2FieldValue {
    /// A text, or a day: `2022-04-28` for instance.
    Text(String),
    /// A number.
    Number(f64),
    /// What was chosen: an option or an iteration.
    Choice(Box<ProjectsV2FieldChoice>),
    /// Anything else, as GitHub sent it.
    Other(Value),
}

/// Writes the value itself; a whole number without a fraction, as GitHub does.
impl Serialize for ProjectsV2FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < WHOLE => {
                serializer.serialize_i64(*number as i64)
            }
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Choice(choice) => choice.serialize(serializer),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

/// Below this, every whole number is a floating-point number and the other way round.
const WHOLE: f64 = 9_007_199_254_740_992.0;

impl<'de> Deserialize<'de> for ProjectsV2FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = ProjectsV2FieldValue;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the value of a field")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(ProjectsV2FieldValue::Text(text.to_owned()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(ProjectsV2FieldValue::Number(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(ProjectsV2FieldValue::Number(number as f64))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(ProjectsV2FieldValue::Number(number as f64))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Box::deserialize(MapAccessDeserializer::new(map)).map(ProjectsV2FieldValue::Choice)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(ProjectsV2FieldValue::Other(Value::Bool(value)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Json::deserialize(SeqAccessDeserializer::new(list))
                    .map(|Json(value)| ProjectsV2FieldValue::Other(value))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}

/// What was chosen in a field: an option, which has a name, or an iteration, which has a title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ProjectsV2FieldChoice {
    /// What identifies it among the field's choices.
    pub id: Option<String>,
    /// The option's name.
    pub name: Option<String>,
    /// The option's colour.
    pub color: Option<String>,
    /// What the option is for.
    pub description: Option<String>,
    /// The iteration's title.
    pub title: Option<String>,
    /// The title as HTML.
    pub title_html: Option<String>,
    /// The iteration's first day: `2022-04-28` for instance.
    pub start_date: Option<String>,
    /// How many days it lasts.
    pub duration: Option<u64>,
    /// Whether it is over.
    pub completed: Option<bool>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_value_is_read_and_written_back() {
        for (json, expected) in [
            (json!("2022-04-28"), Some(ProjectsV2FieldValue::Text("2022-04-28".to_owned()))),
            (json!(5), Some(ProjectsV2FieldValue::Number(5.0))),
            (json!(-2.5), Some(ProjectsV2FieldValue::Number(-2.5))),
            (json!(1e300), Some(ProjectsV2FieldValue::Number(1e300))),
            (json!(["from", null]), Some(ProjectsV2FieldValue::Other(json!(["from", null])))),
            (json!(true), Some(ProjectsV2FieldValue::Other(json!(true)))),
            (json!(null), None),
        ] {
            let change: ProjectsV2FieldChange =
                serde_json::from_value(json!({"to": json})).unwrap();
            assert_eq!(change.to, expected);
            assert_eq!(serde_json::to_value(&change).unwrap()["to"], json);
        }
    }

    #[test]
    fn an_option_has_a_name_and_an_iteration_a_title() {
        let change = json!({
            "field_type": "single_select",
            "from": {"id": "98236657", "name": "Done", "color": "PURPLE", "description": null},
            "to": {"id": "1c2", "title": "Sprint 2", "duration": 14, "completed": false}
        });
        let change: ProjectsV2FieldChange = serde_json::from_value(change).unwrap();
        let Some(ProjectsV2FieldValue::Choice(option)) = change.from else { panic!() };
        assert_eq!(option.name.unwrap(), "Done");
        let Some(ProjectsV2FieldValue::Choice(iteration)) = change.to else { panic!() };
        assert_eq!((iteration.title.unwrap().as_str(), iteration.duration), ("Sprint 2", Some(14)));
    }
}
