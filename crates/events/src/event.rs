use hookstead_types::{Sha, User};

use crate::common::Common;
use crate::decode::decode_error::DecodeError;
use crate::event_name::EventName;
use crate::subject::Subject;

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

    /// What most events have in common: action, repository, sender, organization, installation, and
    /// what they are about. A type of yours need not implement it; then it has none of them.
    fn common(&self) -> Common<'_> {
        Common::default()
    }

    /// The commit that the event is about: the one to fetch, build or report on. A push answers the commit
    /// that the branch or tag is at now. A pull request and its reviews answer the head. Whatever else is of a
    /// commit answers that: a check, a workflow, a status, a deployment, a merge group, a comment on a commit.
    ///
    /// It is always a whole sha, and never zeros: a deleted branch has none.
    fn head_sha(&self) -> Option<&Sha> {
        self.common().head_sha
    }

    /// The issue or pull request that the event is about, in the event's repository.
    ///
    /// A comment on a pull request comes as `issue_comment`, and is about the pull request. What lists pull
    /// requests (checks, workflows, deployments) is about one if it lists just one; GitHub lists none from
    /// forks there. A merge group is about the [last](crate::MergeGroup::pull_request) of its pull requests.
    fn subject(&self) -> Option<Subject> {
        self.common().subject
    }

    /// Whether the commit comes from another repository than the event's, so that somebody may have written
    /// it who must not write here. `None` where the payload does not tell, as in a comment on a pull request.
    ///
    /// Code that gets secrets should be code that is known to be one's own:
    ///
    /// ```
    /// # use hookstead_events::{Event, PullRequestEvent};
    /// fn may_have_secrets(event: &PullRequestEvent) -> bool {
    ///     event.is_from_fork() == Some(false)
    /// }
    /// ```
    ///
    /// A pull request whose fork was deleted is from a fork. So is a check suite or run without a branch,
    /// which is how GitHub shows that; one with a branch tells only by the pull requests that it lists.
    fn is_from_fork(&self) -> Option<bool> {
        self.common().is_from_fork
    }

    /// Whether a [bot](User::is_bot) caused it; `false` if nobody is named.
    fn is_by_bot(&self) -> bool {
        self.common().sender.is_some_and(User::is_bot)
    }
}
