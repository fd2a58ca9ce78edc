use crate::common::Common;
use crate::decode::decode_error::DecodeError;
use crate::event_name::EventName;

/// A type that a webhook's payload can be decoded into.
///
/// The types of this crate implement it. Implement it for a type of yours where a few fields of an
/// event are enough; decoding skips the rest, which is nearly free:
///
/// ```
/// use hookstead_events::{DecodeError, Event, EventName, decode_json};
///
/// #[derive(serde::Deserialize)]
/// struct Title { title: String }
///
/// #[derive(serde::Deserialize)]
/// struct PullRequestTitle { pull_request: Title }
///
/// impl Event for PullRequestTitle {
///     const NAME: Option<EventName> = Some(EventName::PullRequest);
///
///     fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
///         decode_json(name, payload)
///     }
/// }
///
/// let payload = br#"{"pull_request": {"title": "Add a flag", "number": 7}}"#;
/// let event = PullRequestTitle::decode(&EventName::PullRequest, payload)?;
/// assert_eq!(event.pull_request.title, "Add a flag");
/// # Ok::<(), DecodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a webhook's event",
    label = "`Event` is not implemented for this",
    note = "GitHub's events are types such as `hookstead::events::PushEvent`; `hookstead::events::AnyEvent` is each of them",
    note = "an event of your own implements `hookstead::events::Event`"
)]
pub trait Event: Sized + Send + Sync + 'static {
    /// The event that this type describes; `None` for a type that takes every event.
    const NAME: Option<EventName>;

    /// The same as [`NAME`](Self::NAME), unless a type of yours says otherwise: the name of an event that
    /// GitHub does not have is no constant.
    ///
    /// ```
    /// use hookstead_events::{DecodeError, Event, EventName, decode_json};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Build { sha: String }
    ///
    /// impl Event for Build {
    ///     const NAME: Option<EventName> = None;
    ///
    ///     fn event_name() -> Option<EventName> {
    ///         Some("hookstead.build".into())
    ///     }
    ///
    ///     fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
    ///         decode_json(name, payload)
    ///     }
    /// }
    /// ```
    #[must_use]
    fn event_name() -> Option<EventName> {
        Self::NAME
    }

    /// Decodes the payload of the event `name`.
    ///
    /// # Errors
    ///
    /// Fails when the payload does not fit the type; the error names the place.
    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError>;

    /// What most events have in common: action, repository, sender, organization, installation.
    /// A type of yours need not implement it; then it has none of them.
    fn common(&self) -> Common<'_> {
        Common::default()
    }
}
