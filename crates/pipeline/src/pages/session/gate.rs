use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{ACCEPT, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};

use super::admin::{Admin, Unreadable};
use super::attempts::{Attempt, Attempts};
use super::cookie;
use super::limits::SignInLimits;
use super::seldom::Seldom;
use super::sender::{self, Site};
use crate::build::Pipeline;
use crate::config::ReadAccess;
use crate::journal::{EntryKind, JournalError, NewEntry};
use crate::pages::address;
use crate::pages::answer::{self, Answer};
use crate::pages::view::{View, Viewer};

/// Who signs in with the admin's token.
pub(in crate::pages) const ADMIN: &str = "admin";

/// Knows who may read the pages, and who may press their buttons. All clones are the same.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Gate {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    limits: SignInLimits,
    attempts: Attempts,
    /// Wrong tokens.
    wrong: Seldom,
    /// Buttons pressed by who may not.
    refused: Seldom,
}

/// Why somebody may not do what they want.
#[derive(Debug)]
pub(in crate::pages) struct Refusal {
    pub(in crate::pages) status: StatusCode,
    /// A sentence.
    pub(in crate::pages) why: String,
    /// Another attempt may be made after this time.
    retry_after: Option<Duration>,
}

impl Refusal {
    fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into(), retry_after: None }
    }

    fn too_many(wait: Duration) -> Self {
        let seconds = whole_seconds(wait);
        let why = format!("There were too many wrong tokens: try again in {seconds} s.");
        let retry_after = Some(wait);
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, why) }
    }

    fn unreadable() -> Self {
        let why = "The admin's token cannot be read: the server's log says why.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, why)
    }

    /// What else an answer has to say than the sentence.
    pub(in crate::pages) fn complete(&self, mut answer: Answer) -> Answer {
        let headers = answer.headers_mut();
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX)
}

impl Gate {
    pub(in crate::pages) fn new(limits: SignInLimits) -> Self {
        let (attempts, wrong, refused) = Default::default();
        Self { shared: Arc::new(Shared { limits, attempts, wrong, refused }) }
    }

    pub(super) fn lifetime(&self) -> Duration {
        self.shared.limits.lifetime
    }

    /// Who asks, by the cookie.
    pub(in crate::pages) async fn viewer(
        &self,
        pipeline: &Pipeline,
        head: &Parts,
    ) -> Result<Viewer, JournalError> {
        let session = session_of(pipeline, head);
        let is_signed_in = match &session {
            Some(key) => pipeline.journal().has_session(key).await?,
            None => false,
        };
        Ok(Viewer {
            name: is_signed_in.then(|| ADMIN.to_owned()),
            can_sign_in: pipeline.current().config.admin.is_some(),
        })
    }

    /// What is answered to who may not read the pages; nothing to who may.
    pub(in crate::pages) async fn refuse_reader(
        &self,
        view: &View<'_>,
        head: &Parts,
    ) -> Option<Answer> {
        let pipeline = view.pipeline;
        if pipeline.current().config.read == ReadAccess::Public || view.viewer.is_signed_in() {
            return None;
        }
        let is_read = matches!(head.method, Method::GET | Method::HEAD);
        let refusal = match sender::bearer(head) {
            Some(token) => self.check(pipeline, head, token).await.err()?,
            None if is_read && reads_html(head) => {
                let page = head.uri.path_and_query().map_or("/", |it| it.as_str());
                return Some(answer::see(&address::of_sign_in(page)));
            }
            None => Refusal::new(
                StatusCode::UNAUTHORIZED,
                "Sign in at /sign-in, or send `Authorization: Bearer TOKEN` with the admin's token.",
            ),
        };
        let text = format!("{}\n", refusal.why);
        Some(refusal.complete(answer::text(refusal.status, &text)))
    }

    /// Whether they may press a button.
    pub(in crate::pages) async fn check_press(
        &self,
        view: &View<'_>,
        head: &Parts,
    ) -> Result<(), Refusal> {
        let (pipeline, viewer) = (view.pipeline, &view.viewer);
        self.check_site(pipeline, head)?;
        if !viewer.can_sign_in {
            let why = "The config has no `admin`, so nobody can press buttons.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, why));
        }
        if let Some(token) = sender::bearer(head) {
            return self.check(pipeline, head, token).await;
        }
        if !viewer.is_signed_in() {
            let why = "You are not signed in, or not any more.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, why));
        }
        if sender::site(head, &pipeline.current().config.url) != Site::Ours {
            let why = "It was not said from where this came: a program sends `Authorization: Bearer TOKEN`.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, why));
        }
        Ok(())
    }

    /// Whether no other site had a part in it.
    pub(super) fn check_site(&self, pipeline: &Pipeline, head: &Parts) -> Result<(), Refusal> {
        match sender::site(head, &pipeline.current().config.url) {
            Site::Another => {
                let why = "This came from another site, so nothing was done.";
                Err(Refusal::new(StatusCode::FORBIDDEN, why))
            }
            Site::Ours | Site::Unsaid => Ok(()),
        }
    }

    /// Looks at a token, within the limits of attempts.
    pub(super) async fn check(
        &self,
        pipeline: &Pipeline,
        head: &Parts,
        token: &str,
    ) -> Result<(), Refusal> {
        let admin = match Admin::now(pipeline) {
            Ok(Some(admin)) => admin,
            Ok(None) => {
                let why = "The config has no `admin`, so nobody can sign in.";
                return Err(Refusal::new(StatusCode::FORBIDDEN, why));
            }
            Err(Unreadable) => return Err(Refusal::unreadable()),
        };
        let shared = &self.shared;
        let (peer, now) = (sender::peer(head), Instant::now());
        match shared.attempts.make(&shared.limits, peer, now, || admin.is(token)) {
            Attempt::Right => Ok(()),
            Attempt::TooMany(wait) => Err(Refusal::too_many(wait)),
            Attempt::Wrong => {
                tracing::warn!(%peer, "a wrong admin's token");
                if let Some(times) = shared.wrong.count(now) {
                    let text = "somebody gave a wrong token for the admin's";
                    self.enter(pipeline, NewEntry::new(EntryKind::Person, often(text, times)))
                        .await;
                }
                let why = "That is not the admin's token.";
                Err(Refusal::new(StatusCode::UNAUTHORIZED, why))
            }
        }
    }

    /// Writes down, now and then, that somebody pressed a button who may not.
    pub(in crate::pages) async fn enter_refused(&self, pipeline: &Pipeline, mut entry: NewEntry) {
        if let Some(times) = self.shared.refused.count(Instant::now()) {
            entry.text = often(&entry.text, times);
            self.enter(pipeline, entry).await;
        }
    }

    pub(in crate::pages) async fn enter(&self, pipeline: &Pipeline, entry: NewEntry) {
        if let Err(error) = pipeline.journal().enter(entry).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the journal does not know what a person did");
        }
    }
}

/// Whether a person looks, by a browser.
pub(in crate::pages) fn reads_html(head: &Parts) -> bool {
    let mut accepted = head.headers.get_all(ACCEPT).iter().filter_map(|it| it.to_str().ok());
    accepted.any(|it| it.contains("text/html"))
}

/// By what the journal knows the session of a request, if it has one.
pub(super) fn session_of(pipeline: &Pipeline, head: &Parts) -> Option<String> {
    let cookie = cookie::read(&head.headers, &pipeline.current().config.url)?;
    Some(Admin::now(pipeline).ok()??.key_of(&cookie))
}

fn often(text: &str, times: u64) -> String {
    match times {
        0 | 1 => text.to_owned(),
        _ => format!("{text}; {times} such since the last entry of it"),
    }
}
