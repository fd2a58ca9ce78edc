use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use hookstead_types::{Decode, Sha, Timestamp, User};

use crate::decode::decode_error::DecodeError;
use crate::decode::decode_json::decode_part;
use crate::event_name::EventName;
use crate::shared::app::App;

/// A deployment, as the event shows it: the wish that a commit runs somewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Deployment {
    /// The deployment's number.
    pub id: u64,
    /// The deployment's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The commit to deploy.
    pub sha: Sha,
    /// What was asked for: a branch, a tag or a commit.
    pub r#ref: String,
    /// What to do; `deploy` unless the creator said otherwise.
    pub task: Option<String>,
    /// Whatever the creator gave along; see [`payload`](Self::payload) for reading it.
    #[serde(default, deserialize_with = "crate::decode::json_value::value")]
    pub payload: Value,
    /// Where to deploy. A later deployment status may have changed it.
    pub environment: String,
    /// Where to deploy, as the creator said.
    pub original_environment: Option<String>,
    /// A few words about it.
    pub description: Option<String>,
    /// Who wants it.
    pub creator: Option<User>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// Whether the environment will go away again.
    pub transient_environment: Option<bool>,
    /// Whether end users meet the environment.
    pub production_environment: Option<bool>,
    /// The App that made it on somebody's behalf.
    pub performed_via_github_app: Option<Box<App>>,
    /// The deployment in the REST API.
    pub url: Option<String>,
    /// Its statuses in the REST API.
    pub statuses_url: Option<String>,
    /// Its repository in the REST API.
    pub repository_url: Option<String>,
}

impl Deployment {
    /// What the creator of the deployment gave along, as a type of yours.
    ///
    /// The creator may have posted an object or a string, and GitHub gives back what was posted. A
    /// string that holds JSON, as GitHub's guide for deployments posts it, is read as that JSON.
    /// Nothing given along appears as `""`, `null` or `{}`: each is `None`.
    ///
    /// ```
    /// use hookstead_events::{DeploymentEvent, Event, EventName};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Wish { environment: String }
    ///
    /// let payload = br#"{
    ///     "deployment": {
    ///         "id": 1, "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e", "ref": "main",
    ///         "environment": "production", "payload": "{\"environment\": \"staging\"}"
    ///     },
    ///     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
    /// }"#;
    /// let event = DeploymentEvent::decode(&EventName::Deployment, payload)?;
    /// let wish: Option<Wish> = event.deployment.payload()?;
    /// assert_eq!(wish.unwrap().environment, "staging");
    /// # Ok::<(), hookstead_events::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when something was given along that does not fit the type.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<Option<T>, DecodeError> {
        let Value::String(text) = &self.payload else {
            return read(&self.payload);
        };
        match serde_json::from_str::<Value>(text) {
            // A string that looks like JSON may be meant as a string all the same.
            Ok(inner) => read(&inner).or_else(|error| read(&self.payload).map_err(|_| error)),
            Err(_) => read(&self.payload),
        }
    }
}

fn read<T: DeserializeOwned>(payload: &Value) -> Result<Option<T>, DecodeError> {
    let nothing = match payload {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    };
    if nothing {
        return Ok(None);
    }
    decode_part(&EventName::Deployment, "deployment.payload", payload).map(Some)
}

/// A deployment, as `check_run` shows it: without the commit and the payload.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MinimalDeployment {
    /// The deployment's number.
    pub id: u64,
    /// The deployment's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// What to do; `deploy` unless the creator said otherwise.
    pub task: Option<String>,
    /// Where to deploy. A later deployment status may have changed it.
    pub environment: Option<String>,
    /// Where to deploy, as the creator said.
    pub original_environment: Option<String>,
    /// A few words about it.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// Whether the environment will go away again.
    pub transient_environment: Option<bool>,
    /// Whether end users meet the environment.
    pub production_environment: Option<bool>,
    /// The App that made it on somebody's behalf.
    pub performed_via_github_app: Option<Box<App>>,
    /// The deployment in the REST API.
    pub url: Option<String>,
    /// Its statuses in the REST API.
    pub statuses_url: Option<String>,
    /// Its repository in the REST API.
    pub repository_url: Option<String>,
}
