use hookstead_types::RepoName;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::authorization::Caller;
use super::moved;
use crate::state::hook::HookOwner;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// A request whose endpoint is found, taken apart.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    /// The path, without the API's prefix, as it was sent.
    pub(super) path: String,
    parameters: Vec<(&'static str, String)>,
    pub(super) query: Vec<(String, String)>,
    /// The query as it was sent.
    query_text: String,
    pub(super) body: Map<String, Value>,
    pub(super) headers: HeaderMap,
    pub(super) caller: Caller,
    /// The login of the account that calls.
    pub(super) user: String,
}

impl Call {
    pub(super) fn new(
        method: Method,
        path: &str,
        parameters: Vec<(&'static str, String)>,
        query: &str,
        headers: &HeaderMap,
        body: &[u8],
        (caller, user): (Caller, String),
    ) -> Result<Self, Answer> {
        Ok(Self {
            method,
            path: path.to_owned(),
            parameters,
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            query_text: query.to_owned(),
            body: parse(path, body)?,
            headers: headers.clone(),
            caller,
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

    /// Whom the hooks in the path belong to.
    pub(super) fn hook_owner(&self, world: &World) -> Result<HookOwner, Answer> {
        if self.path.starts_with("/app/") {
            return Ok(HookOwner::App);
        }
        let login = self.parameter("org");
        if login.is_empty() {
            return self.repository(world).map(HookOwner::Repository);
        }
        let found = world.find_organization(login).map(HookOwner::Organization);
        found.ok_or_else(Answer::not_found)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The repository in the path, by its number or by its name; owner and name are compared without
    /// regard to case. A former name is answered with a redirect, and an App that wants to change what it was not let into is refused.
    pub(super) fn repository(&self, world: &World) -> Result<RepositoryIndex, Answer> {
        let at = self.named_repository(world)?;
        self.caller.check_access(world, &self.method, &self.path, at)?;
        Ok(at)
    }

    fn named_repository(&self, world: &World) -> Result<RepositoryIndex, Answer> {
        let number = self.parameter("repository_id");
        if !number.is_empty() {
            let id = number.parse().ok().and_then(|id| world.find_repository_by_id(id));
            return id.ok_or_else(Answer::not_found);
        }
        let name = RepoName::new(self.parameter("owner"), self.parameter("repo"))
            .map_err(|_| Answer::not_found())?;
        if let Some(at) = world.find_repository(&name) {
            return Ok(at);
        }
        let at = world.find_former_repository(&name).ok_or_else(Answer::not_found)?;
        // `/repos/OWNER/NAME` and what follows.
        let rest = self.path.splitn(5, '/').nth(4);
        let rest = rest.map(|rest| format!("/{rest}")).unwrap_or_default();
        let location = moved::address(world, at, &rest, &self.query_text);
        Err(moved::permanently(&self.method, &location))
    }
}

/// No body counts as an empty object: several bodies are optional.
fn parse(path: &str, body: &[u8]) -> Result<Map<String, Value>, Answer> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let problem = match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => return Ok(body),
        // Labels may come without an object around them, as older clients send them.
        Ok(labels @ Value::Array(_)) if path.ends_with("/labels") => {
            return Ok(Map::from_iter([("labels".to_owned(), labels)]));
        }
        Ok(_) => "Body should be a JSON object",
        Err(_) => "Problems parsing JSON",
    };
    Err(Answer::error(StatusCode::BAD_REQUEST, problem))
}
