use std::fmt;
use std::time::Duration;

use http::{Method, StatusCode};

use crate::fail::fail;

/// Something that goes wrong with API requests, to be injected with
/// [`FakeGitHub::inject`](crate::FakeGitHub::inject).
///
/// A fault hits the next request, whatever it is, once, and before it has an effect; the methods say
/// otherwise. What a program makes of it shows in
/// [`FakeGitHub::requests`](crate::FakeGitHub::requests) and in the repositories:
///
/// ```
/// use std::time::Duration;
///
/// use hookstead_testkit::{FakeGitHub, Fault};
/// use http::Method;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let github = FakeGitHub::start().await;
/// // Two statuses are kept, but those who sent them are told 502.
/// github.inject(Fault::status(502).after_effect().times(2).on(Method::POST, "/statuses/"));
/// // The first deployment has to wait, the second is made but the answer gets lost.
/// github.inject(Fault::retry_after(30).with_status(429).on(Method::POST, "/deployments"));
/// github.inject(Fault::dropped_connection().after_effect().on(Method::POST, "/deployments"));
/// // Whoever asks for anything else waits for a second.
/// github.inject(Fault::latency(Duration::from_secs(1)));
/// // Run the program here.
/// assert_eq!(github.pending_faults().len(), 4, "there was no program");
/// # }
/// ```
///
/// One request meets one fault at most: the first of those injected that is meant for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it is injected by `FakeGitHub::inject`"]
pub struct Fault {
    pub(crate) kind: Kind,
    pub(crate) after_effect: bool,
    pub(crate) delay: Duration,
    /// Whether the headers about limits are left out.
    pub(crate) is_uncounted: bool,
    status: Option<StatusCode>,
    method: Option<Method>,
    path: String,
    skipped: usize,
    times: usize,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing, but late.
    Latency,
    Error,
    Html,
    DroppedConnection,
    DroppedInBody,
    TruncatedJson,
    ClosedAfterAnswer,
    RetryAfterSeconds(u64),
    RetryAfterDate(Duration),
    RateLimit(Duration),
    SecondaryLimit,
    LimitInWords,
    Forbidden,
    ExpiredToken,
    Moved,
    Redirect(String),
    SignInPage,
    SignInRedirect,
    BaseModified,
    /// A list whose pages lead back to each other.
    CircularPages,
    /// A list that goes on after its end.
    EndlessPages,
}

/// What can go wrong.
impl Fault {
    fn new(kind: Kind) -> Self {
        Self {
            // These spoil the answer that there was.
            after_effect: matches!(
                kind,
                Kind::DroppedInBody
                    | Kind::TruncatedJson
                    | Kind::ClosedAfterAnswer
                    | Kind::CircularPages
                    | Kind::EndlessPages
            ),
            kind,
            delay: Duration::ZERO,
            is_uncounted: false,
            status: None,
            method: None,
            path: String::new(),
            skipped: 0,
            times: 1,
        }
    }

    /// The request is answered as usual, but this much later. It has its effect at the end of that
    /// time, even if nobody waits for the answer any more; [`after_effect`](Self::after_effect): at
    /// its beginning.
    pub fn latency(latency: Duration) -> Self {
        Self::new(Kind::Latency).delayed_by(latency)
    }

    /// An error with GitHub's JSON body.
    ///
    /// # Panics
    ///
    /// If it is not in 400 to 599.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        Self::new(Kind::Error).with_status(status)
    }

    /// An error with a page of HTML, as the machines in front of GitHub's answer.
    ///
    /// # Panics
    ///
    /// If it is not in 400 to 599.
    #[track_caller]
    pub fn html(status: u16) -> Self {
        Self::new(Kind::Html).with_status(status)
    }

    /// The connection is cut before the request's body is read, or, with
    /// [`after_effect`](Self::after_effect), when it has done its work.
    pub fn dropped_connection() -> Self {
        Self::new(Kind::DroppedConnection)
    }

    /// The request has its effect, and the connection is cut in the middle of the answer's body;
    /// before the answer if that has no body.
    pub fn dropped_in_body() -> Self {
        Self::new(Kind::DroppedInBody)
    }

    /// The request has its effect, and half of the answer's JSON comes as if it were all.
    pub fn truncated_json() -> Self {
        Self::new(Kind::TruncatedJson)
    }

    /// The request is answered as usual, and then the connection, which had seemed to stay open, is
    /// closed: who sends the next request on it finds it dead.
    pub fn closed_after_answer() -> Self {
        Self::new(Kind::ClosedAfterAnswer)
    }

    /// 403 with `retry-after` in seconds. The message does not speak of limits, nor do the other
    /// headers.
    pub fn retry_after(seconds: u64) -> Self {
        Self::new(Kind::RetryAfterSeconds(seconds))
    }

    /// 403 with `retry-after` as an HTTP date, so far from [now](crate::Clock::now).
    pub fn retry_after_date(wait: Duration) -> Self {
        Self::new(Kind::RetryAfterDate(wait))
    }

    /// 403 with `x-ratelimit-remaining: 0`, and the reset so far from [now](crate::Clock::now):
    /// the primary limit is used up.
    pub fn rate_limit(reset_in: Duration) -> Self {
        Self::new(Kind::RateLimit(reset_in))
    }

    /// 403 whose message alone says that it is a secondary limit.
    pub fn secondary_limit() -> Self {
        Self::new(Kind::SecondaryLimit)
    }

    /// 403 whose words alone say that the primary limit is used up: `x-ratelimit-remaining` still counts
    /// what is left, above 0. With [`without_counters`](Self::without_counters) the words are all there is.
    pub fn rate_limit_in_words() -> Self {
        Self::new(Kind::LimitInWords)
    }

    /// 403 without any sign of a limit: a permission is missing. `x-accepted-github-permissions` names
    /// what would do.
    pub fn forbidden() -> Self {
        Self::new(Kind::Forbidden)
    }

    /// 401, as for a token that has expired.
    pub fn expired_token() -> Self {
        Self::new(Kind::ExpiredToken)
    }

    /// A redirect to the repository's address by number, `/repositories/{id}/...`, where the fake
    /// serves it: what [`FakeRepository::rename`](crate::FakeRepository::rename) makes of a request, with a
    /// status of one's own. Other paths than a repository's are not found.
    ///
    /// # Panics
    ///
    /// If it is not in 300 to 399.
    #[track_caller]
    pub fn moved(status: u16) -> Self {
        Self::new(Kind::Moved).redirecting(status)
    }

    /// 200 with a login page, as a single sign-on or a proxy between a client and GitHub answers whatever
    /// it is asked.
    pub fn sign_in_page() -> Self {
        Self { status: Some(StatusCode::OK), ..Self::new(Kind::SignInPage) }
    }

    /// 302 to `/login` on the same host, which answers 200 with a login page.
    pub fn sign_in_redirect() -> Self {
        Self { status: Some(StatusCode::FOUND), ..Self::new(Kind::SignInRedirect) }
    }

    /// 405 as for a merge whose base branch changed at the same moment: it passes by itself.
    pub fn base_modified() -> Self {
        Self::new(Kind::BaseModified)
    }

    /// A page of a list that leads back to the first; a list of one page leads to itself. As long as the fault
    /// [is there](Self::times), it goes round in circles.
    pub fn circular_pages() -> Self {
        Self::new(Kind::CircularPages)
    }

    /// A page of a list that is followed by another, whether there is more or not.
    pub fn endless_pages() -> Self {
        Self::new(Kind::EndlessPages)
    }

    /// A redirect to any address, of another host for instance.
    ///
    /// # Panics
    ///
    /// If the status is not in 300 to 399.
    #[track_caller]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(Kind::Redirect(location.to_owned())).redirecting(status)
    }
}

/// When and how often.
impl Fault {
    /// The request has its effect first; only its answer is hidden. An effect that the request would
    /// not have had anyway, because it is refused, it does not get so.
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }

    /// Lets this pass before; with [`after_effect`](Self::after_effect), between effect and answer.
    pub fn delayed_by(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Leaves the headers `x-ratelimit-...` out of the answer, as Enterprise Servers without limits and
    /// machines in front of GitHub do.
    pub fn without_counters(mut self) -> Self {
        self.is_uncounted = true;
        self
    }

    /// Another status than the fault's own: limits come as 403 or as 429. Without effect on faults
    /// that do not answer an error.
    ///
    /// # Panics
    ///
    /// If it is not in 400 to 599.
    #[track_caller]
    pub fn with_status(self, status: u16) -> Self {
        self.status_in(status, 400..=599)
    }

    #[track_caller]
    fn redirecting(self, status: u16) -> Self {
        self.status_in(status, 300..=399)
    }

    #[track_caller]
    fn status_in(mut self, status: u16, range: std::ops::RangeInclusive<u16>) -> Self {
        match StatusCode::from_u16(status) {
            Ok(code) if range.contains(&status) => self.status = Some(code),
            _ => fail(&format!(
                "{status} is not in {} to {}, as this fault needs",
                range.start(),
                range.end()
            )),
        }
        self
    }

    /// Hits so many requests; `usize::MAX` is an outage that lasts until
    /// [`FakeGitHub::clear_faults`](crate::FakeGitHub::clear_faults).
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Spares the first so many requests that it is meant for.
    pub fn skip(mut self, requests: usize) -> Self {
        self.skipped = requests;
        self
    }

    /// Hits only requests of this method whose path contains this text.
    pub fn on(mut self, method: Method, path: &str) -> Self {
        self.method = Some(method);
        self.on_path(path)
    }

    /// Hits only requests whose path contains this text.
    pub fn on_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }
}

impl Fault {
    /// The status it answers with, if it answers by itself.
    pub(crate) fn answered(&self) -> StatusCode {
        self.status.unwrap_or(match self.kind {
            Kind::ExpiredToken => StatusCode::UNAUTHORIZED,
            Kind::BaseModified => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::FORBIDDEN,
        })
    }

    fn is_meant_for(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|it| it == method) && path.contains(&self.path)
    }
}

/// For a person who reads what a request met.
impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.answered().as_u16();
        match &self.kind {
            Kind::Latency => formatter.write_str("latency"),
            Kind::Error => write!(formatter, "{status}"),
            Kind::Html => write!(formatter, "{status} in HTML"),
            Kind::DroppedConnection => formatter.write_str("dropped connection"),
            Kind::DroppedInBody => formatter.write_str("connection dropped in the body"),
            Kind::TruncatedJson => formatter.write_str("truncated JSON"),
            Kind::ClosedAfterAnswer => formatter.write_str("connection closed after the answer"),
            Kind::RetryAfterSeconds(seconds) => {
                write!(formatter, "{status}, retry after {seconds} s")
            }
            Kind::RetryAfterDate(wait) => {
                write!(formatter, "{status}, retry after a date {wait:?} ahead")
            }
            Kind::RateLimit(reset) => write!(formatter, "{status}, rate limit for {reset:?}"),
            Kind::SecondaryLimit => write!(formatter, "{status}, secondary limit"),
            Kind::LimitInWords => write!(formatter, "{status}, limit in words only"),
            Kind::CircularPages => formatter.write_str("pages in circles"),
            Kind::EndlessPages => formatter.write_str("pages without an end"),
            Kind::Forbidden => write!(formatter, "{status}, missing permission"),
            Kind::ExpiredToken => write!(formatter, "{status}, expired token"),
            Kind::Moved => write!(formatter, "{status}, moved"),
            Kind::Redirect(location) => write!(formatter, "{status} to {location}"),
            Kind::SignInPage => write!(formatter, "{status}, a login page"),
            Kind::SignInRedirect => write!(formatter, "{status} to a login page"),
            Kind::BaseModified => write!(formatter, "{status}, base branch modified"),
        }?;
        if self.after_effect {
            formatter.write_str(" after the effect")?;
        }
        if self.is_uncounted {
            formatter.write_str(", without counters")?;
        }
        if !self.delay.is_zero() {
            write!(formatter, ", {:?} late", self.delay)?;
        }
        match (&self.method, self.path.as_str()) {
            (None, "") => Ok(()),
            (None, path) => write!(formatter, ", on {path}"),
            (Some(method), path) => write!(formatter, ", on {method} {path}"),
        }?;
        if self.skipped > 0 {
            write!(formatter, ", {} spared", self.skipped)?;
        }
        match self.times {
            1 => Ok(()),
            usize::MAX => formatter.write_str(", always"),
            times => write!(formatter, ", {times} times"),
        }
    }
}

/// The faults that wait for their requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.waiting.push(fault);
        }
    }

    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// The fault that this request meets. It counts as used, as does the request for all that spare it.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let mut found = None;
        for (index, fault) in self.waiting.iter_mut().enumerate() {
            if !fault.is_meant_for(method, path) {
                continue;
            }
            if fault.skipped == 0 {
                found = Some(index);
                break;
            }
            fault.skipped -= 1;
        }
        let index = found?;
        let fault = self.waiting.get_mut(index)?;
        let taken = Fault { times: 1, ..fault.clone() };
        match fault.times {
            usize::MAX => {}
            1 => drop(self.waiting.remove(index)),
            _ => fault.times -= 1,
        }
        Some(taken)
    }
}
