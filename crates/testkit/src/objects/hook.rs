use hookstead_signature::WebhookSecret;

use crate::fail::fail;

/// A webhook to be added with [`create_hook`](crate::FakeRepository::create_hook).
///
/// ```
/// use hookstead_testkit::FakeHook;
///
/// let hook = FakeHook::new("http://127.0.0.1:4567/event_handler")
///     .secret("It's a Secret to Everybody")
///     .json()
///     .events(["pull_request", "deployment"]);
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is added by `FakeRepository::create_hook`"]
pub struct FakeHook {
    pub(crate) url: String,
    pub(crate) secret: Option<WebhookSecret>,
    pub(crate) form: bool,
    pub(crate) events: Vec<String>,
    pub(crate) active: bool,
    pub(crate) insecure_ssl: String,
}

impl FakeHook {
    /// A hook with GitHub's defaults: no secret, form bodies, `push` only. Only `http` URLs can be
    /// delivered to.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            secret: None,
            form: true,
            events: vec!["push".to_owned()],
            active: true,
            insecure_ssl: "0".to_owned(),
        }
    }

    /// Signs the deliveries with this secret.
    ///
    /// # Panics
    ///
    /// If the secret is empty, or begins or ends with something invisible.
    #[track_caller]
    pub fn secret(mut self, secret: &str) -> Self {
        match WebhookSecret::new(secret) {
            Ok(secret) => self.secret = Some(secret),
            Err(error) => fail(&error.to_string()),
        }
        self
    }

    /// Signs the deliveries with this secret, which was checked when it was made.
    pub fn signed_with(mut self, secret: WebhookSecret) -> Self {
        self.secret = Some(secret);
        self
    }

    /// Sends `application/json` bodies.
    pub fn json(mut self) -> Self {
        self.form = false;
        self
    }

    /// Sends `application/x-www-form-urlencoded` bodies, as GitHub does by default.
    pub fn form(mut self) -> Self {
        self.form = true;
        self
    }

    /// Which events to send; `*` is all.
    pub fn events<'a>(mut self, events: impl IntoIterator<Item = &'a str>) -> Self {
        self.events = events.into_iter().map(str::to_owned).collect();
        self
    }
}
