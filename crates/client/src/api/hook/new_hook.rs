use std::fmt;

use hookstead_types::{HookContentType, InvisibleEnd};
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

/// A hook to be created.
///
/// It delivers JSON unless said otherwise; GitHub's own default is a form.
///
/// ```
/// use hookstead_client::NewHook;
///
/// let hook = NewHook::new("https://ci.example.com/event_handler")
///     .secret("It's a Secret to Everybody")
///     .events(["pull_request", "push"]);
/// # let _ = hook;
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct NewHook {
    name: &'static str,
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<String>>,
    config: HookConfigUpdate,
}

impl NewHook {
    /// A hook that delivers to this address. GitHub's default is to deliver `push` only, unsigned.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        let config = HookConfigUpdate::new().url(url).content_type(HookContentType::Json);
        Self { name: "web", active: true, events: None, config }
    }

    /// The secret that deliveries are signed with. Without one, nobody can tell that they come from
    /// GitHub.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.config = self.config.secret(secret);
        self
    }

    /// How deliveries are encoded.
    #[must_use]
    pub fn content_type(mut self, content_type: HookContentType) -> Self {
        self.config = self.config.content_type(content_type);
        self
    }

    /// What is delivered; `*` stands for everything.
    #[must_use]
    pub fn events(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.events = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Whether it delivers from the start, which is the default.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    pub(crate) fn problem(&self) -> Option<String> {
        self.config.problem()
    }
}

/// A change of what a hook delivers; what is not set stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HookUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    add_events: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remove_events: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
}

impl HookUpdate {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Delivers these events, and no others.
    #[must_use]
    pub fn events(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.events = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Delivers this event too.
    #[must_use]
    pub fn add_event(mut self, name: impl Into<String>) -> Self {
        self.add_events.push(name.into());
        self
    }

    /// Delivers this event no longer.
    #[must_use]
    pub fn remove_event(mut self, name: impl Into<String>) -> Self {
        self.remove_events.push(name.into());
        self
    }

    /// Whether it delivers.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }

    /// Whether it depends on the events that the hook delivers now.
    pub(crate) fn is_relative(&self) -> bool {
        !(self.add_events.is_empty() && self.remove_events.is_empty())
    }

    /// The same with all events named, where these are delivered now.
    pub(crate) fn absolute(&self, now: Vec<String>) -> Self {
        let mut events = self.events.clone().unwrap_or(now);
        for added in &self.add_events {
            if !events.contains(added) {
                events.push(added.clone());
            }
        }
        events.retain(|event| !self.remove_events.contains(event));
        Self { events: Some(events), active: self.active, ..Self::default() }
    }
}

/// A change of where a hook delivers to, and how; what is not set stays.
#[derive(Clone, Default, Serialize)]
pub struct HookConfigUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<HookContentType>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    secret: Option<Zeroizing<String>>,
}

impl HookConfigUpdate {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Delivers to this address.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Encodes deliveries so.
    #[must_use]
    pub fn content_type(mut self, content_type: HookContentType) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// Signs deliveries with this secret. Let the receiver accept both for a while: deliveries under
    /// way bear the old one's signature.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(Zeroizing::new(secret.into()));
        self
    }

    /// What no receiver would take: something [invisible](InvisibleEnd) at the ends.
    pub(crate) fn problem(&self) -> Option<String> {
        let of = |text: Option<&str>| text.and_then(InvisibleEnd::of);
        of(self.url.as_deref()).map(|end| format!("the address {end}")).or_else(|| {
            of(self.secret.as_ref().map(|it| it.as_str())).map(|end| format!("the secret {end}"))
        })
    }
}

/// Leaves the secret out, and the address, in which people put passwords.
impl fmt::Debug for HookConfigUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HookConfigUpdate")
            .field("content_type", &self.content_type)
            .field("secret", &self.secret.as_ref().map(|_| "[redacted]"))
            .finish_non_exhaustive()
    }
}

fn exposed<S: Serializer>(
    secret: &Option<Zeroizing<String>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_deref().serialize(serializer)
}
