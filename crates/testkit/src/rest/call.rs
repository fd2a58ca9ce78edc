use hookstead_types::RepoName;
use http::StatusCode;
use serde_json::{Map, Value};

use super::answer::Answer;
use crate::state::{RepositoryIndex, World};

/// A request whose endpoint is found, taken apart.
#[derive(Debug)]
pub(super) struct Call {
    /// The path, without the API's prefix, as it was sent.
    pub(super) path: String,
    parameters: Vec<(&'static str, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Map<String, Value>,
    /// The login of the account that calls.
    pub(super) user: String,
}

impl Call {
    pub(super) fn new(
        path: &str,
        parameters: Vec<(&'static str, String)>,
        query: &str,
        body: &[u8],
        user: String,
    ) -> Result<Self, Answer> {
        Ok(Self {
            path: path.to_owned(),
            parameters,
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            body: parse(body)?,
            user,
        })
    }

    /// A part of the path, percent-decoded. A name that the route has not is empty.
    pub(super) fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(it, _)| *it == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// A number in the path; whatever is no number names nothing.
    pub(super) fn number(&self, name: &str) -> Result<u64, Answer> {
        self.parameter(name).parse().map_err(|_| Answer::not_found())
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The repository in the path; owner and name are compared without regard to case.
    pub(super) fn repository(&self, world: &World) -> Result<RepositoryIndex, Answer> {
        RepoName::new(self.parameter("owner"), self.parameter("repo"))
            .ok()
            .and_then(|name| world.find_repository(&name))
            .ok_or_else(Answer::not_found)
    }
}

/// No body counts as an empty object: several bodies are optional.
fn parse(body: &[u8]) -> Result<Map<String, Value>, Answer> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let problem = match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => return Ok(body),
        Ok(_) => "Body should be a JSON object",
        Err(_) => "Problems parsing JSON",
    };
    Err(Answer::error(StatusCode::BAD_REQUEST, problem))
}
