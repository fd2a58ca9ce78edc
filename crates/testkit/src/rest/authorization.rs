//! Who calls.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::{AUTHORIZATION, HeaderMap};
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::permissions;
use crate::shared::Settings;
use crate::state::app::InstallationToken;
use crate::state::app::{self, UnknownToken};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// How far ahead an App's JSON web token may expire, in seconds.
const LONGEST_JWT: i64 = 10 * 60;

/// How an installation's token begins.
const INSTALLATION: &str = "ghs_";

/// By what sort of token somebody calls.
#[derive(Debug)]
pub(super) enum Caller {
    /// A person.
    User,
    /// An App where it is installed; with the token, if this fake gave it out.
    Installation(Option<InstallationToken>),
    /// An App as itself, by a JSON web token.
    App,
}

impl Caller {
    /// The login of the account that acts.
    pub(super) fn login(&self, settings: &Settings) -> String {
        match self {
            Self::App | Self::Installation(Some(_)) => app::LOGIN.to_owned(),
            Self::User | Self::Installation(None) => settings.api_user.clone(),
        }
    }

    /// Whether this is the sort of caller that an endpoint is for.
    pub(super) fn check(&self, for_app: bool) -> Result<(), Answer> {
        match (self, for_app) {
            (Self::App, true) | (Self::User | Self::Installation(_), false) => Ok(()),
            (Self::App, false) => Err(permissions::nameless(StatusCode::FORBIDDEN)),
            (_, true) => Err(unauthorized("A JSON web token could not be decoded")),
        }
    }

    /// Some things are for Apps only.
    pub(super) fn require_installation(&self) -> Result<(), Answer> {
        match self {
            Self::Installation(_) => Ok(()),
            _ => {
                Err(Answer::error(StatusCode::FORBIDDEN, "You must authenticate via a GitHub App."))
            }
        }
    }

    /// Everybody may read the repositories here, but an App may change only those where it is installed, and does
    /// not see the private ones where it is not.
    pub(super) fn check_access(
        &self,
        world: &World,
        method: &Method,
        path: &str,
        at: RepositoryIndex,
    ) -> Result<(), Answer> {
        match self {
            Self::Installation(Some(token)) if !world.token_covers(token, at) => {
                match world.repository(at).private {
                    true => Err(Answer::not_found()),
                    false if *method == Method::GET => Ok(()),
                    false => Err(permissions::missing(method, path)),
                }
            }
            _ => Ok(()),
        }
    }
}

/// Whose token the request has.
pub(super) fn authorize(
    settings: &Settings,
    world: &World,
    headers: &HeaderMap,
) -> Result<Caller, Answer> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Err(unauthorized("Requires authentication"));
    };
    let bad = || unauthorized("Bad credentials");
    let header = header.to_str().ok().and_then(|header| header.split_once(' '));
    let (scheme, token) = header.ok_or_else(bad)?;
    let token = token.trim();
    let known_scheme = ["bearer", "token"].iter().any(|it| scheme.eq_ignore_ascii_case(it));
    if !known_scheme || token.is_empty() {
        return Err(bad());
    }
    if let Some(header) = jwt_header(token) {
        return check_jwt(world, &header, token).map(|()| Caller::App);
    }
    if let Some(issued) = world.valid_token(token) {
        // Not all servers know it yet: it is as if there were none, or one without any permission.
        match world.unknown_yet(issued) {
            None => {}
            Some(UnknownToken::Invalid) => return Err(bad()),
            Some(UnknownToken::Powerless) => {
                return Err(permissions::nameless(StatusCode::FORBIDDEN));
            }
        }
        return Ok(Caller::Installation(Some(issued.clone())));
    }
    let expected = settings.tokens.iter().any(|expected| expected == token);
    let of_installation = token.starts_with(INSTALLATION);
    // A fake whose App is installed nowhere has given out no tokens of that sort, and takes any.
    let could_be = !of_installation || world.app.installations.is_empty();
    let anything = settings.tokens.is_empty() && could_be;
    match expected || anything {
        true if of_installation => Ok(Caller::Installation(None)),
        true => Ok(Caller::User),
        false => Err(bad()),
    }
}

/// The first part of what looks like a JSON web token.
fn jwt_header(token: &str) -> Option<Map<String, Value>> {
    let header = part(token, 0)?;
    header.contains_key("alg").then_some(header)
}

/// A part of a JSON web token, if that is an object.
fn part(token: &str, number: usize) -> Option<Map<String, Value>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(number)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Checks the form and the claims. The signature is not verified: no key is known here.
fn check_jwt(world: &World, header: &Map<String, Value>, token: &str) -> Result<(), Answer> {
    let undecodable = || unauthorized("A JSON web token could not be decoded");
    let parts: Vec<&str> = token.split('.').collect();
    let signed = matches!(parts[..], [_, _, signature]
        if BASE64_URL_SAFE_NO_PAD.decode(signature).is_ok_and(|it| !it.is_empty()));
    let claims = part(token, 1).filter(|_| signed).ok_or_else(undecodable)?;
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(undecodable());
    }
    let now = world.mint.now_seconds();
    let time = |name| claims.get(name).and_then(Value::as_i64);
    if time("iat").is_none_or(|issued| issued > now) {
        return Err(unauthorized(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion \
             was issued",
        ));
    }
    match time("exp") {
        Some(expires) if expires > now + LONGEST_JWT => {
            return Err(unauthorized("'Expiration time' claim ('exp') is too far in the future"));
        }
        Some(expires) if expires > now => {}
        _ => {
            return Err(unauthorized(
                "'Expiration time' claim ('exp') must be a numeric value representing the future \
                 time at which the assertion expires",
            ));
        }
    }
    let issuer = match claims.get("iss") {
        Some(Value::String(issuer)) => issuer.clone(),
        Some(Value::Number(issuer)) => issuer.to_string(),
        _ => return Err(unauthorized("'Issuer' claim ('iss') must be an Integer")),
    };
    if issuer == app::CLIENT_ID || issuer == app::ID.to_string() {
        Ok(())
    } else {
        Err(Answer::error(StatusCode::NOT_FOUND, "Integration not found"))
    }
}

fn unauthorized(message: &str) -> Answer {
    Answer::error(StatusCode::UNAUTHORIZED, message)
}
