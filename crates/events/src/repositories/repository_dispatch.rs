use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use hookstead_types::{Decode, User};

use crate::decode::decode_error::DecodeError;
use crate::decode::decode_json::decode_part;
use crate::event_name::EventName;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `repository_dispatch`: somebody called the REST API's `POST /repos/{owner}/{repo}/dispatches`, to
/// have something done. Only Apps get it.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryDispatchEvent {
    /// What the caller wants: the `event_type` of the call, any string.
    pub action: String,
    /// The repository's default branch.
    pub branch: Option<String>,
    /// Whatever the caller gave along; see [`client_payload`](Self::client_payload) for reading it.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub client_payload: Value,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who called.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

impl RepositoryDispatchEvent {
    /// What the caller gave along, as a type of yours; `None` if that is nothing.
    ///
    /// ```
    /// use hookstead_events::{Event, EventName, RepositoryDispatchEvent};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Wish { unit: bool }
    ///
    /// let payload = br#"{
    ///     "action": "on-demand-test", "branch": "main", "client_payload": {"unit": true},
    ///     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
    /// }"#;
    /// let event = RepositoryDispatchEvent::decode(&EventName::RepositoryDispatch, payload)?;
    /// assert_eq!(event.action, "on-demand-test");
    /// assert!(event.client_payload::<Wish>()?.unwrap().unit);
    /// # Ok::<(), hookstead_events::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when something was given along that does not fit the type.
    pub fn client_payload<T: DeserializeOwned>(&self) -> Result<Option<T>, DecodeError> {
        match &self.client_payload {
            Value::Null => return Ok(None),
            Value::Object(object) if object.is_empty() => return Ok(None),
            _ => {}
        }
        decode_part(&EventName::RepositoryDispatch, "client_payload", &self.client_payload)
            .map(Some)
    }
}
