use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use hookstead_types::User;
use hookstead_types::decode::optional;

use crate::decode::json_value::insert;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `issue_relates_to`: an issue was related to another, or no longer is.
///
/// GitHub sends it since 2026 and documents its actions, but not which fields it has beside the
/// common ones. They are in [`details`](Self::details).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IssueRelatesToEvent {
    /// What happened.
    pub action: IssueRelatesToAction,
    /// The repository.
    pub repository: Option<Box<Repository>>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
    /// Everything else in the payload, as it came.
    pub details: Map<String, Value>,
}

hookstead_types::open_enum! {
    /// What happened between two issues.
    pub enum IssueRelatesToAction {
        /// They were related.
        RelatesToAdded = "relates_to_added",
        /// They are no longer related.
        RelatesToRemoved = "relates_to_removed",
    }
}

// By hand, since `#[serde(flatten)]` would buffer the whole event and lose the place of an error.
impl<'de> Deserialize<'de> for IssueRelatesToEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = IssueRelatesToEvent;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut action = None;
                let mut event = IssueRelatesToEvent {
                    action: IssueRelatesToAction::RelatesToAdded,
                    repository: None,
                    sender: None,
                    organization: None,
                    installation: None,
                    enterprise: None,
                    details: Map::new(),
                };
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "action" => action = Some(map.next_value()?),
                        "repository" => optional(&mut map, &mut event.repository)?,
                        "sender" => optional(&mut map, &mut event.sender)?,
                        "organization" => optional(&mut map, &mut event.organization)?,
                        "installation" => optional(&mut map, &mut event.installation)?,
                        "enterprise" => optional(&mut map, &mut event.enterprise)?,
                        _ => insert(&mut event.details, key, &mut map)?,
                    }
                }
                event.action = action.ok_or_else(|| A::Error::missing_field("action"))?;
                Ok(event)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

impl Serialize for IssueRelatesToEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("action", &self.action)?;
        map.serialize_entry("repository", &self.repository)?;
        map.serialize_entry("sender", &self.sender)?;
        map.serialize_entry("organization", &self.organization)?;
        map.serialize_entry("installation", &self.installation)?;
        map.serialize_entry("enterprise", &self.enterprise)?;
        for (key, value) in &self.details {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
