use std::time::Duration;

use bytes::Bytes;
use hookstead_events::EventName;
use hookstead_signature::WebhookSecret;
use http::Uri;
use http::header::{HeaderName, HeaderValue};

use super::answer::Answer;
use super::error::{InvalidUrl, SendError};
use crate::guid::guid;
use crate::wire::envelope::{Envelope, set};
use crate::wire::post::post;

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");

/// As long as GitHub waits for a receiver's answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends webhook deliveries to a server, signed as GitHub signs them: the offline twin of GitHub's
/// *Redeliver* button. It speaks plain `http` only.
///
/// ```no_run
/// use hookstead_signature::WebhookSecret;
/// use hookstead_testkit::{Sender, samples};
///
/// # async fn deliver() -> Result<(), Box<dyn std::error::Error>> {
/// let secret = WebhookSecret::from_env("WEBHOOK_SECRET")?;
/// let sender = Sender::new("http://127.0.0.1:4567/event_handler", secret)?.form();
/// let payload = samples::payload(&"pull_request".into()).expect("a sample");
/// let answer = sender.send("pull_request", payload.to_string()).await?;
/// println!("{} {}", answer.status, answer.text());
/// # Ok(())
/// # }
/// ```
///
/// Tests of a server's manners send what GitHub would not: see [`header`](Self::header),
/// [`without_header`](Self::without_header) and [`signature`](Self::signature).
#[derive(Debug, Clone)]
#[must_use = "a sender sends nothing before `send`"]
pub struct Sender {
    url: Uri,
    secret: WebhookSecret,
    form: bool,
    delivery_id: Option<String>,
    hook_id: u64,
    signature: Option<String>,
    /// In the order of the calls; `None` takes a header away.
    changes: Vec<(HeaderName, Option<HeaderValue>)>,
    deadline: Duration,
}

impl Sender {
    /// A sender of JSON bodies.
    ///
    /// # Errors
    ///
    /// Fails when the URL is not of the form `http://HOST[:PORT][/PATH]`.
    pub fn new(url: &str, secret: WebhookSecret) -> Result<Self, InvalidUrl> {
        let parsed = url.parse::<Uri>().map_err(|_| InvalidUrl)?;
        if parsed.scheme_str() != Some("http") || parsed.host().is_none_or(str::is_empty) {
            return Err(InvalidUrl);
        }
        Ok(Self {
            url: parsed,
            secret,
            form: false,
            delivery_id: None,
            hook_id: 1,
            signature: None,
            changes: Vec::new(),
            deadline: TIMEOUT,
        })
    }

    /// Sends `application/json`.
    pub fn json(mut self) -> Self {
        self.form = false;
        self
    }

    /// Sends `application/x-www-form-urlencoded`, with the JSON in the field `payload`.
    pub fn form(mut self) -> Self {
        self.form = true;
        self
    }

    /// Sends this delivery id every time, instead of a fresh one each time.
    pub fn delivery_id(mut self, id: impl Into<String>) -> Self {
        self.delivery_id = Some(id.into());
        self
    }

    /// The id of the hook that the deliveries claim to come from; 1 by default.
    pub fn hook_id(mut self, id: u64) -> Self {
        self.hook_id = id;
        self
    }

    /// Sends this text as the signature, instead of the right one.
    pub fn signature(mut self, signature: impl Into<String>) -> Self {
        self.signature = Some(signature.into());
        self
    }

    /// Sets a header, in place of what the sender itself would send. Another `content-type` over
    /// [`json`](Self::json) sends any bytes as anything.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.changes.push((name, Some(value)));
        self
    }

    /// Leaves a header out, `x-hub-signature-256` for instance.
    pub fn without_header(mut self, name: HeaderName) -> Self {
        self.changes.push((name, None));
        self
    }

    /// How long to wait for the answer; 10 s by default, as GitHub does.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sends one delivery. The body is the event's JSON, and is not checked.
    ///
    /// # Errors
    ///
    /// Fails when there is no answer: nobody listens, the connection breaks, or it takes too long.
    /// An answer that refuses is an answer.
    pub async fn send(
        &self,
        event: impl Into<EventName>,
        body: impl Into<Bytes>,
    ) -> Result<Answer, SendError> {
        let envelope = Envelope {
            event: event.into().to_string(),
            delivery: match &self.delivery_id {
                Some(id) => id.clone(),
                None => guid(&mut fastrand::Rng::new()),
            },
            hook: self.hook_id,
            target: ("repository", 1),
            form: self.form,
        };
        let body = envelope.encode(body.into());
        let mut headers = envelope.headers();
        let signature = match &self.signature {
            Some(signature) => signature.clone(),
            None => hookstead_signature::sign(&self.secret, &body).to_string(),
        };
        if let Ok(signature) = HeaderValue::from_str(&signature) {
            headers.insert(SIGNATURE, signature);
        }
        // Always the right one: a receiver that believed it would be taken in by a wrong newer one.
        set(&mut headers, "x-hub-signature", &hookstead_signature::sign_sha1(&self.secret, &body));
        for (name, value) in &self.changes {
            match value {
                Some(value) => headers.insert(name, value.clone()),
                None => headers.remove(name),
            };
        }
        let received = post(&self.url, headers, body, self.deadline).await.map_err(SendError)?;
        Ok(Answer { status: received.status, headers: received.headers, body: received.body })
    }
}
