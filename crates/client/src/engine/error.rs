use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use hookstead_types::{Outage, RetryAfter};
use http::{HeaderMap, Method, StatusCode};

use crate::engine::error_body::{ErrorBody, ValidationError};
use crate::engine::error_kind::Kind;
use crate::engine::place::Place;

/// Why a call did not bring what was asked for.
///
/// It is opaque and answers questions, because one failure often has several sides: a rate limit is
/// also a 403, a broken answer to a `POST` has a status and took effect. Its text says what was
/// tried, what became of it, what to look at, and where the call went:
///
/// ```text
/// cannot get pull request 7 of octocat/hello: 401 Bad credentials; look at the token: it is wrong,
/// expired or revoked (GET https://api.github.com/repos/octocat/hello/pulls/7)
/// ```
///
/// | what happened | how to ask |
/// |---|---|
/// | the token is wrong or expired | [`status`](Self::status) is 401 |
/// | the installation is suspended | [`is_suspended`](Self::is_suspended) |
/// | a permission is missing | `status` is 403 and not [`is_rate_limited`](Self::is_rate_limited); [`accepted_permissions`](Self::accepted_permissions) |
/// | a rate limit | [`is_rate_limited`](Self::is_rate_limited), [`retry_after`](Self::retry_after) |
/// | missing, or not visible to the token | [`is_not_found`](Self::is_not_found) |
/// | GitHub does not like the request | `status` is 422, [`validation_errors`](Self::validation_errors) |
/// | no connection came about; nothing was sent | [`is_connect`](Self::is_connect) |
/// | a list goes round in circles, or has too many pages | [`is_endless_list`](Self::is_endless_list) |
/// | a deadline passed | [`is_timeout`](Self::is_timeout) |
/// | GitHub is down, out of reach, or wants a pause | [`is_outage`](Self::is_outage) |
/// | a login page or a proxy answered | [`is_not_github`](Self::is_not_github) |
/// | a write took effect, but its answer is unreadable | [`took_effect`](Self::took_effect) |
///
/// ```no_run
/// use hookstead_client::{NewStatus, Repo, Sha};
///
/// # async fn report(repo: Repo, sha: Sha) {
/// if let Err(error) = repo.create_status(&sha, &NewStatus::success()).await {
///     if let Some(wait) = error.retry_after() {
///         println!("GitHub wants to be left alone for {wait:?}");
///     } else if error.took_effect() {
///         println!("the status is there, its answer is lost");
///     } else {
///         println!("{error} (request {})", error.request_id().unwrap_or("without an id"));
///     }
/// }
/// # }
/// ```
///
/// When GitHub said how long to wait, [`RetryAfter`] is among the sources, and a worker that handles a
/// task lets it sleep for that long. When nothing says that the call is at fault (no connection came about
/// or one broke, no answer came in time, GitHub answered with a 5xx), [`Outage`] is, and the worker is
/// patient.
///
/// Neither the token nor the body of a request ever shows in it.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    /// What was tried, to be read after *cannot*.
    purpose: String,
    is_write: bool,
    head: Head,
    kind: Kind,
    attempts: u32,
    /// Unknown when the request was unusable.
    place: Option<Place>,
}

/// What an error keeps of the head of an answer.
#[derive(Debug, Default)]
struct Head {
    status: Option<StatusCode>,
    request_id: Option<String>,
    accepted_permissions: Option<String>,
}

impl Error {
    /// An error without an answer.
    pub(crate) fn new(purpose: &str, is_write: bool, kind: Kind) -> Self {
        let head = Head::default();
        let purpose = purpose.to_owned();
        Self { inner: Box::new(Inner { purpose, is_write, head, kind, attempts: 0, place: None }) }
    }

    /// Notes where the call went, unless that is known better already.
    pub(crate) fn at(mut self, place: &Place) -> Self {
        self.inner.place.get_or_insert_with(|| place.clone());
        self
    }

    /// Notes the answer that came before the error.
    pub(crate) fn with_head(mut self, status: StatusCode, headers: &HeaderMap) -> Self {
        let text = |name: &str| {
            let value = headers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        self.inner.head = Head {
            status: Some(status),
            request_id: text("x-github-request-id"),
            accepted_permissions: text("x-accepted-github-permissions"),
        };
        self
    }

    /// Notes how often the call was sent.
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.inner.attempts = attempts;
        self
    }

    /// Whether the other side may do better next time: no connection came about by chance, one
    /// broke, or no answer came in time. A write that was accepted is no such case; see
    /// [`took_effect`](Self::took_effect).
    pub(crate) fn is_transient(&self) -> bool {
        if self.is_connect() {
            return !matches!(self.inner.kind, Kind::Connect { is_lasting: true, .. });
        }
        let broke = matches!(self.inner.kind, Kind::Exchange(_) | Kind::Body(_) | Kind::Timeout(_));
        broke && !self.took_effect()
    }

    /// The status of GitHub's answer; `None` when no answer came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.head.status
    }

    /// Whether a deadline passed: that of connecting or that of the whole call. A write may have
    /// taken effect all the same, unless [`is_connect`](Self::is_connect) is true as well.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.inner.kind, Kind::Timeout(_) | Kind::Connect { is_timeout: true, .. })
    }

    /// Whether no connection came about: GitHub has surely seen nothing of this call.
    ///
    /// It was tried several times, unless that would not help: the certificate is not trusted or is
    /// for another name, the other side speaks no TLS, the proxy wants another password.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.inner.kind, Kind::Connect { .. })
    }

    /// Whether a rate limit of GitHub's refused the call, which was not processed then; or would
    /// have, so that it was not even sent.
    ///
    /// That is a 403 or 429 with `retry-after`, with `x-ratelimit-remaining: 0` or with words about a
    /// rate limit. A 403 with none of them is a missing permission.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        match &self.inner.kind {
            Kind::Refused { is_rate_limit, .. } => *is_rate_limit,
            Kind::Held(_) => true,
            Kind::Token(source) => source.downcast_ref::<Self>().is_some_and(Self::is_rate_limited),
            _ => false,
        }
    }

    /// How long GitHub wants to be left alone, between a second and a day: by `retry-after`, else
    /// until `x-ratelimit-reset`, else, for a rate limit, a minute. A 503 can have it as well.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.inner.kind {
            Kind::Refused { retry_after, .. } => retry_after.map(|marker| marker.0),
            Kind::Held(held) => Some(held.retry_after.0),
            Kind::Token(source) => RetryAfter::in_chain(&**source),
            _ => None,
        }
    }

    /// Whether GitHub is down, out of reach or wants to be left alone. No connection came about or one
    /// broke, no answer came in time, or the answer was a 5xx or a rate limit. This says nothing about the
    /// call, so a program may wait for its end, hours if need be.
    ///
    /// A certificate that is not trusted is such a case too: nothing has reached GitHub, and the call is
    /// right once a person has mended that.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        Outage::in_chain(self)
    }

    /// How often the call was sent; 0 when it was not, because the request was unusable, there was no
    /// token, or a rate limit held.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Whether GitHub answered 404: the thing is missing, **or** private and not visible to this
    /// token.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether a list was left because it has no end: a page leads to one that was there before, or there are
    /// more than [`max_pages`](crate::ClientBuilder::max_pages). What came before is good.
    #[must_use]
    pub fn is_endless_list(&self) -> bool {
        matches!(self.inner.kind, Kind::Endless(_))
    }

    /// Whether GitHub accepted a write (with a 2xx) and only its answer could not be read. Doing it
    /// again does it twice.
    #[must_use]
    pub fn took_effect(&self) -> bool {
        let is_success = self.status().is_some_and(|status| status.is_success());
        self.inner.is_write && is_success && !matches!(self.inner.kind, Kind::Foreign(_))
    }

    /// Whether somebody else answered in GitHub's place. It may be a success that is not GitHub's: from a
    /// single sign-on page, a proxy, or a website because the base URL lacks `/api/v3`. It may be a
    /// redirect or a link that leads in circles, or to where the token must not go. Nothing says that
    /// GitHub has heard of the call.
    ///
    /// It is not repeated, for such an answer stays until a person does something about it.
    #[must_use]
    pub fn is_not_github(&self) -> bool {
        match &self.inner.kind {
            Kind::Foreign(_) | Kind::Astray(_) | Kind::TooManyRedirects(_) => true,
            Kind::Refused { body, .. } => self.is_other_redirect(body),
            Kind::Token(source) => source.downcast_ref::<Self>().is_some_and(Self::is_not_github),
            _ => false,
        }
    }

    /// Whether it is a redirect that is none of GitHub's, without GitHub's words: a login page sends
    /// whoever asks to itself by 303.
    fn is_other_redirect(&self, body: &ErrorBody) -> bool {
        self.status().is_some_and(|status| status.is_redirection()) && body.message.is_none()
    }

    /// Whether GitHub refuses because the App's installation, or the account, is suspended. No call
    /// succeeds until somebody lifts that.
    #[must_use]
    pub fn is_suspended(&self) -> bool {
        match &self.inner.kind {
            // GitHub has no code for it, only words: "This installation has been suspended".
            Kind::Refused { body, .. } => {
                let says = body.message.as_deref().unwrap_or_default().to_ascii_lowercase();
                self.status() == Some(StatusCode::FORBIDDEN) && says.contains("suspended")
            }
            Kind::Token(source) => source.downcast_ref::<Self>().is_some_and(Self::is_suspended),
            _ => false,
        }
    }

    /// The method of the call; `None` when no request could be made of it.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        self.inner.place.as_ref().map(Place::method)
    }

    /// Where the call went, before redirects and without the query; `None` when no request could be
    /// made of it.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.inner.place.as_ref().map(Place::url)
    }

    /// GitHub's name for the request, `X-GitHub-Request-Id`; its support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.head.request_id.as_deref()
    }

    /// What the endpoint would have accepted, `X-Accepted-GitHub-Permissions`, for instance
    /// `statuses=write`. A comma means *all of these*, a semicolon *or*.
    #[must_use]
    pub fn accepted_permissions(&self) -> Option<&str> {
        self.inner.head.accepted_permissions.as_deref()
    }

    /// The `message` of GitHub's error answer.
    #[must_use]
    pub fn github_message(&self) -> Option<&str> {
        self.body()?.message.as_deref()
    }

    /// The page of GitHub's documentation that its error answer names.
    #[must_use]
    pub fn documentation_url(&self) -> Option<&str> {
        self.body()?.documentation_url.as_deref()
    }

    /// What GitHub does not like about the request, one by one.
    #[must_use]
    pub fn validation_errors(&self) -> &[ValidationError] {
        self.body().map_or(&[], |body| &body.errors)
    }

    /// The beginning of an answer that is not GitHub's JSON: a proxy's page, as a rule.
    #[must_use]
    pub fn response_text(&self) -> Option<&str> {
        match &self.inner.kind {
            Kind::Foreign(answer) => answer.text.as_deref(),
            _ => self.body()?.text.as_deref(),
        }
    }

    fn body(&self) -> Option<&ErrorBody> {
        match &self.inner.kind {
            Kind::Refused { body, .. } => Some(body),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(formatter)?;
        for advice in self.advice().into_iter().flatten() {
            write!(formatter, "; {advice}")?;
        }
        match (&self.inner.place, self.inner.attempts) {
            (None, 0 | 1) => Ok(()),
            (None, attempts) => write!(formatter, " (after {attempts} attempts)"),
            (Some(place), 0 | 1) => write!(formatter, " ({place})"),
            (Some(place), attempts) => write!(formatter, " ({place}, after {attempts} attempts)"),
        }
    }
}

impl Error {
    fn describe(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { purpose, head, kind, .. } = &*self.inner;
        match head.status {
            Some(status) if self.took_effect() => {
                write!(formatter, "the call to {purpose} took effect ({status}), but {kind}")
            }
            Some(status) => {
                write!(formatter, "cannot {purpose}: {}", status.as_u16())?;
                // GitHub's message takes the place of the status' own name.
                if self.github_message().is_none() {
                    let name = status.canonical_reason().unwrap_or("(a status without a name)");
                    write!(formatter, " {name}")?;
                }
                match kind {
                    Kind::Refused { .. } => write!(formatter, "{kind}")?,
                    _ => write!(formatter, ": {kind}")?,
                }
                if let (StatusCode::FORBIDDEN, false, Some(permissions)) =
                    (status, self.is_rate_limited(), self.accepted_permissions())
                {
                    write!(formatter, " (the token needs: {permissions})")?;
                }
                Ok(())
            }
            None => write!(formatter, "cannot {purpose}: {kind}"),
        }
    }

    /// What a person should look at.
    fn advice(&self) -> [Option<&'static str>; 2] {
        let Inner { head, kind, place, .. } = &*self.inner;
        let doubt = place.as_ref().and_then(Place::doubt);
        match (kind, head.status) {
            (Kind::Refused { body, .. }, Some(StatusCode::UNAUTHORIZED)) => {
                let is_app = body.message.as_deref().is_some_and(is_about_app_key);
                let app = "look at the App's key, at its id and at this machine's clock";
                [
                    Some(if is_app {
                        app
                    } else {
                        "look at the token: it is wrong, expired or revoked"
                    }),
                    None,
                ]
            }
            (Kind::Refused { .. }, Some(StatusCode::FORBIDDEN)) if self.is_suspended() => {
                [Some("whoever suspended it can lift that"), None]
            }
            (Kind::Refused { .. }, Some(StatusCode::NOT_FOUND)) => {
                let advice = "look at the spelling, at the token's permissions (GitHub hides what a \
                              token may not see) and at the base URL";
                [Some(advice), doubt]
            }
            (Kind::Refused { is_rate_limit: false, .. }, Some(StatusCode::FORBIDDEN))
                if head.accepted_permissions.is_none() =>
            {
                [Some("look at the token's permissions"), None]
            }
            (Kind::Refused { body, .. }, _) if self.is_other_redirect(body) => {
                [Some("this is not GitHub's answer; look for a single sign-on in between"), doubt]
            }
            (Kind::Foreign(_), _) => [doubt, None],
            (Kind::Astray(_) | Kind::TooManyRedirects(_), _) => {
                let advice = "look for a single sign-on in between, or for another name of this server \
                              (see `ClientBuilder::also_at`)";
                [Some(advice), doubt]
            }
            _ => [None, None],
        }
    }
}

/// Whether GitHub speaks of what an App signs: "A JSON web token could not be decoded", "'Expiration time'
/// claim ('exp') is too far in the future", "Integration must generate a public key".
fn is_about_app_key(message: &str) -> bool {
    ["JSON web token", "claim (", "Integration"].iter().any(|words| message.contains(words))
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("text", &self.to_string())
            .field("request_id", &self.request_id())
            .field("documentation_url", &self.documentation_url())
            .finish_non_exhaustive()
    }
}

/// GitHub is out of order, or out of reach.
static OUTAGE: Outage = Outage::new();

/// [`RetryAfter`] where GitHub said when to come back, or [`Outage`], and what lies beneath.
impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner.kind {
            // An outage of this source.
            Kind::Connect { source, .. } | Kind::Exchange(source) | Kind::Body(source) => {
                Some(&**source)
            }
            Kind::Timeout(_) => Some(&OUTAGE),
            Kind::Refused { retry_after: Some(marker), .. } => Some(marker),
            Kind::Refused { .. } if self.status().is_some_and(|it| it.is_server_error()) => {
                Some(&OUTAGE)
            }
            Kind::Held(held) => Some(&held.retry_after),
            Kind::Token(source) => Some(&**source),
            _ => None,
        }
    }
}
