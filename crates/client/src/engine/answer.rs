use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use hookstead_types::Timestamp;
use http::{HeaderMap, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::engine::call::Call;
use crate::engine::decode::{DecodeProblem, decode, decode_list_in};
use crate::engine::error::Error;
use crate::engine::error_body::ErrorBody;
use crate::engine::error_kind::Kind;
use crate::engine::foreign::{ForeignAnswer, is_marked, is_whole_json};
use crate::engine::link;
use crate::engine::page::{Next, Page};
use crate::engine::place::Place;
use crate::engine::rate_limit::{self, Limit};
use crate::engine::trail::Trail;

/// By one of these is called whatever GitHub creates; a token is its own name.
const NAMES: [&str; 3] = ["id", "sha", "token"];

/// GitHub's answer to a call, of whatever status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What it says about coming back.
    pub(crate) limit: Limit,
    /// How often the call was sent.
    pub(crate) attempts: u32,
    /// Whether an attempt before this one may have had its effect.
    pub(crate) is_doubtful: bool,
    /// What the call was for.
    purpose: String,
    is_write: bool,
    /// Where it came from, after redirects.
    url: String,
    /// The same, for errors.
    place: Place,
}

impl Answer {
    pub(crate) fn new(
        call: &Call,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
        url: String,
        place: Place,
    ) -> Self {
        let limit = if status.is_client_error() || status.is_server_error() {
            let error = ErrorBody::parse(&body);
            Limit::of(status, &headers, error.words())
        } else {
            Limit::default()
        };
        Self {
            status,
            headers,
            body,
            limit,
            attempts: 1,
            is_doubtful: false,
            purpose: call.purpose().to_owned(),
            is_write: call.is_write(),
            url,
            place,
        }
    }

    /// Decodes a 2xx; everything else is an error.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.accept()?;
        self.read(&self.body)
    }

    /// Decodes a 2xx as [`decode`](Self::decode) does; one without a body counts as `null`.
    pub(crate) fn decode_or_null<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.accept()?;
        self.read(if self.body.is_empty() { b"null" } else { &self.body })
    }

    fn read<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, Error> {
        decode(body).map_err(|problem| self.undecodable(body, problem))
    }

    fn undecodable(&self, body: &[u8], problem: DecodeProblem) -> Error {
        // What GitHub creates is answered with 201 and has a name, and what it changes bears its
        // mark. Whoever else answered, nothing was done.
        let says_created = || self.status == StatusCode::CREATED && has_any_of(body, &NAMES);
        let may_be_others = self.is_write && !is_marked(&self.headers) && !says_created();
        self.error(if may_be_others && is_whole_json(body) {
            Kind::Foreign(ForeignAnswer::other_json(Some(problem)))
        } else {
            Kind::Decode(problem)
        })
    }

    /// Is content with every 2xx.
    fn accept(&self) -> Result<(), Error> {
        if self.status.is_success() { Ok(()) } else { Err(self.refused()) }
    }

    /// Is content with a 2xx that says that something was done. Its body does not matter, so its status
    /// must be one that GitHub has for this, unless the answer bears GitHub's mark.
    pub(crate) fn done(&self) -> Result<(), Error> {
        self.accept()?;
        match self.status {
            StatusCode::ACCEPTED | StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => Ok(()),
            _ if is_marked(&self.headers) => Ok(()),
            _ => Err(self.other_json()),
        }
    }

    /// Decodes a 2xx as [`decode`](Self::decode) does, for a type that requires no field: any object
    /// would do, somebody else's too. GitHub's has one of these.
    pub(crate) fn decode_with_any_of<T: DeserializeOwned>(
        &self,
        names: &[&str],
    ) -> Result<T, Error> {
        let decoded = self.decode()?;
        let is_others = fields_of(&self.body)
            .is_some_and(|fields| !fields.is_empty() && !has_any(&fields, names));
        if is_others && !is_marked(&self.headers) { Err(self.other_json()) } else { Ok(decoded) }
    }

    /// Is content as [`done`](Self::done) is, and with one more status that GitHub has for this.
    pub(crate) fn done_with(&self, status: StatusCode) -> Result<(), Error> {
        if self.status == status { Ok(()) } else { self.done() }
    }

    fn other_json(&self) -> Error {
        self.error(Kind::Foreign(ForeignAnswer::other_json(None)))
    }

    /// Whether it is a 404 in GitHub's own words. A proxy may say *not found* too, and then nothing is
    /// gone.
    pub(crate) fn is_gone(&self) -> bool {
        self.status == StatusCode::NOT_FOUND && self.message().is_some()
    }

    /// Is content as [`done`](Self::done) is with an answer to a deletion; and with *not found*, where an attempt
    /// before may have done it.
    pub(crate) fn gone(&self) -> Result<(), Error> {
        if self.is_doubtful && self.is_gone() { Ok(()) } else { self.done() }
    }

    /// Decodes a list and notes where it goes on.
    pub(crate) fn page<T: DeserializeOwned>(&self) -> Result<Page<T>, Error> {
        self.page_in(None)
    }

    /// Decodes a list as [`page`](Self::page) does; the field is the one that it is in, where GitHub puts
    /// an object around it.
    pub(crate) fn page_in<T: DeserializeOwned>(
        &self,
        field: Option<&'static str>,
    ) -> Result<Page<T>, Error> {
        self.accept()?;
        let items = match field {
            None => decode(&self.body),
            Some(field) => decode_list_in(field, &self.body),
        };
        let items = items.map_err(|problem| self.undecodable(&self.body, problem))?;
        let answered_at = rate_limit::date_of(&self.headers).map(Timestamp::from_epoch_seconds);
        let next = self.next().map(|next| Next { field, ..next });
        Ok(Page::new(items, next, answered_at))
    }

    /// The bytes of a 2xx, whatever they are. The call must have [asked for
    /// them](crate::engine::call::Call::raw).
    pub(crate) fn bytes(self) -> Result<Bytes, Error> {
        self.accept()?;
        Ok(self.body)
    }

    /// An error for an answer that says something else than what was asked for.
    pub(crate) fn unfit(&self, problem: &str) -> Error {
        self.error(Kind::Decode(DecodeProblem::of_whole(problem)))
    }

    /// Where a list goes on.
    pub(crate) fn next(&self) -> Option<Next> {
        Some(Next {
            purpose: self.purpose.clone(),
            from: self.url.clone(),
            reference: link::next(&self.headers)?.to_owned(),
            trail: Trail::default(),
            field: None,
        })
    }

    /// How long it is until then by GitHub's own clock, so that this machine's may be wrong.
    pub(crate) fn time_until(&self, moment: &Timestamp) -> Duration {
        let now = rate_limit::now(&self.headers);
        let then = moment.instant().map_or(now, jiff::Timestamp::as_second);
        Duration::from_secs(u64::try_from(then.saturating_sub(now)).unwrap_or(0))
    }

    /// The `message` in an answer that has one of GitHub's form. A proxy may answer 405 or 409
    /// too; that is no outcome.
    pub(crate) fn message(&self) -> Option<String> {
        ErrorBody::parse(&self.body).message
    }

    /// The answer as an error.
    pub(crate) fn refused(&self) -> Error {
        let body = ErrorBody::parse(&self.body);
        self.error(Kind::refused(body, self.limit))
    }

    fn error(&self, kind: Kind) -> Error {
        Error::new(&self.purpose, self.is_write, kind)
            .with_head(self.status, &self.headers)
            .with_attempts(self.attempts)
            .at(&self.place)
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.headers.get("x-github-request-id")?.to_str().ok()
    }
}

type Fields = BTreeMap<String, IgnoredAny>;

/// The fields of an object; `None` for everything else.
fn fields_of(body: &[u8]) -> Option<Fields> {
    serde_json::from_slice(body).ok()
}

fn has_any(fields: &Fields, names: &[&str]) -> bool {
    names.iter().any(|name| fields.contains_key(*name))
}

fn has_any_of(body: &[u8], names: &[&str]) -> bool {
    fields_of(body).is_some_and(|fields| has_any(&fields, names))
}
