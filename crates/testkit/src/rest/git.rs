//! Clients of git: what they ask for, and whether they may have it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hookstead_types::RepoName;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};

use super::authorization::{Caller, authorize};
use crate::git::service::Service;
use crate::shared::Settings;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// A request of git's.
#[derive(Debug, Clone)]
pub(super) struct GitRequest {
    pub(super) service: Service,
    /// Whether it asks which refs there are, which comes first; or does the work.
    pub(super) advertise: bool,
    name: RepoName,
    /// What follows the repository's address, with a slash in front.
    rest: String,
}

/// A request that may be served.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) at: RepositoryIndex,
    /// The login of who calls.
    pub(super) user: String,
}

/// Why a request is not served.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Another token may do, or one at all.
    Unauthorized(&'static str),
    Forbidden(String),
    NotFound(&'static str),
    /// The repository has another name now.
    Moved(String),
}

impl GitRequest {
    /// What git's client asks for, if that is who asks. The website's addresses are git's too, and lie beside the
    /// API's.
    pub(super) fn recognise(head: &Parts) -> Option<Self> {
        let mut segments = head.uri.path().strip_prefix('/')?.splitn(3, '/');
        let (owner, name) = (segments.next()?, segments.next()?);
        let rest = segments.next()?;
        let (service, advertise) = match (&head.method, rest) {
            (&Method::GET, "info/refs") => {
                let query = head.uri.query().unwrap_or_default();
                let mut query = form_urlencoded::parse(query.as_bytes());
                let (_, service) = query.find(|(name, _)| name == "service")?;
                (Service::named(&service)?, true)
            }
            (&Method::POST, service) => (Service::named(service)?, false),
            _ => return None,
        };
        let name = RepoName::new(owner, name.strip_suffix(".git").unwrap_or(name)).ok()?;
        let rest = head.uri.path_and_query()?.as_str().splitn(4, '/').nth(3)?;
        Some(Self { service, advertise, name, rest: format!("/{rest}") })
    }

    /// The protocol's version that a client asks for; git reads it from its environment.
    pub(super) fn protocol(headers: &HeaderMap) -> Option<&str> {
        let is_harmless =
            |it: &&str| it.bytes().all(|it| it.is_ascii_alphanumeric() || b"=:.-".contains(&it));
        headers.get("git-protocol")?.to_str().ok().filter(is_harmless)
    }

    /// Whether the caller may. To read a public repository, nobody has to say who they are.
    pub(super) fn admit(
        &self,
        settings: &Settings,
        world: &World,
        headers: &HeaderMap,
    ) -> Result<Admitted, Refusal> {
        let caller = caller(settings, world, headers)?;
        let found = world.find_repository(&self.name);
        let former = || world.find_former_repository(&self.name);
        let may_read = |at: &RepositoryIndex| match &caller {
            None => !world.repository(*at).private,
            Some(Caller::Installation(Some(token))) => {
                !world.repository(*at).private || world.token_covers(token, *at)
            }
            Some(_) => true,
        };
        let Some(at) = found.or_else(former).filter(may_read) else {
            // Whether it is there is nobody's business who may not see it.
            return Err(match caller {
                None => Refusal::Unauthorized("Repository not found."),
                Some(_) => Refusal::NotFound("Repository not found."),
            });
        };
        let repository = world.repository(at);
        if found.is_none() {
            let address =
                format!("{}.git{}", world.links.web_repository(&repository.name), self.rest);
            return Err(Refusal::Moved(address));
        }
        if repository.git.is_none() {
            return Err(Refusal::NotFound(
                "This repository has no git: it was not made `with_git`.",
            ));
        }
        let user = caller.as_ref().map(|caller| caller.login(settings));
        match (self.service, &caller) {
            (Service::ReceivePack, None) => {
                return Err(Refusal::Unauthorized("Authentication is needed to push."));
            }
            (Service::ReceivePack, Some(Caller::Installation(Some(token))))
                if !world.token_covers(token, at) =>
            {
                let user = user.unwrap_or_default();
                let message = format!("Permission to {}.git denied to {user}.", repository.name);
                return Err(Refusal::Forbidden(message));
            }
            _ => {}
        }
        Ok(Admitted { at, user: user.unwrap_or_default() })
    }
}

/// Who calls, by the same tokens as in the API; `None` if they do not say.
fn caller(
    settings: &Settings,
    world: &World,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Refusal> {
    const INVALID: Refusal = Refusal::Unauthorized("Invalid username or token.");
    let Some(header) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let mut headers = HeaderMap::new();
    let bearer = match token_of_basic(header) {
        Some(token) => HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| INVALID)?,
        None => header.clone(),
    };
    headers.insert(AUTHORIZATION, bearer);
    match authorize(settings, world, &headers) {
        Ok(Caller::App) => Err(INVALID),
        Ok(caller) => Ok(Some(caller)),
        Err(answer) if answer.status == StatusCode::FORBIDDEN => {
            Err(Refusal::Forbidden("Write access to repository not granted.".to_owned()))
        }
        Err(_) => Err(INVALID),
    }
}

/// The token is the password; or the user, whose password says nothing.
fn token_of_basic(header: &HeaderValue) -> Option<String> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let token = if matches!(password, "" | "x-oauth-basic") { user } else { password };
    Some(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(method: Method, uri: &str) -> Option<String> {
        let request = http::Request::builder().method(method).uri(uri).body(()).unwrap();
        let found = GitRequest::recognise(&request.into_parts().0)?;
        let GitRequest { service, advertise, name, .. } = found;
        Some(format!("{name} {} {advertise}", service.name()))
    }

    #[test]
    fn a_request_of_gits_is_recognised() {
        for (method, uri, expected) in [
            (
                Method::GET,
                "/o/r.git/info/refs?service=git-upload-pack",
                Some("o/r git-upload-pack true"),
            ),
            (
                Method::GET,
                "/o/r/info/refs?service=git-receive-pack",
                Some("o/r git-receive-pack true"),
            ),
            (Method::POST, "/o/r.git/git-upload-pack", Some("o/r git-upload-pack false")),
            (Method::POST, "/o/r.git/git-receive-pack", Some("o/r git-receive-pack false")),
            // The protocol before the smart one, a service that is none, and the API.
            (Method::GET, "/o/r.git/info/refs", None),
            (Method::GET, "/o/r.git/info/refs?service=git-upload-archive", None),
            (Method::GET, "/o/r.git/git-upload-pack", None),
            (Method::POST, "/o/r.git/x/git-upload-pack", None),
            (Method::GET, "/repos/o/r", None),
        ] {
            assert_eq!(recognised(method.clone(), uri).as_deref(), expected, "{method} {uri}");
        }
    }

    #[test]
    fn a_token_is_the_password_or_the_user() {
        let token = |text: &str| {
            let header = format!("basic {}", BASE64_STANDARD.encode(text));
            token_of_basic(&HeaderValue::from_str(&header).unwrap())
        };
        for text in ["x-access-token:t", "anybody:t", "t:", "t:x-oauth-basic"] {
            assert_eq!(token(text).as_deref(), Some("t"), "{text}");
        }
        assert_eq!(token("t"), None);
        assert_eq!(token_of_basic(&HeaderValue::from_static("Bearer t")), None);
    }

    #[test]
    fn a_protocol_is_plain_text() {
        let mut headers = HeaderMap::new();
        assert_eq!(GitRequest::protocol(&headers), None);
        headers.insert("git-protocol", HeaderValue::from_static("version=2"));
        assert_eq!(GitRequest::protocol(&headers), Some("version=2"));
        headers.insert("git-protocol", HeaderValue::from_static("version=2\t;x"));
        assert_eq!(GitRequest::protocol(&headers), None);
    }
}
