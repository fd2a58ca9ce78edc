use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use hookstead_events::{Event, Timestamp};

use crate::{Delivery, Heads, Lane};

/// What a handler is registered with, besides its event; for [`Router::on_with`].
///
/// # Lanes
///
/// Of the deliveries with the same lane key **at most one is handled at a time**, on all machines
/// that share an inbox: two deployments to the same environment do not run into each other. Those
/// that are ready are taken in the order in which they were accepted; one that waits for its next
/// attempt holds up no other.
///
/// With [`latest_only`](Self::latest_only) or [`latest_by`](Self::latest_by), a newer delivery also
/// *supersedes* the older ones of its lane: this handler is not called for those that wait, and it
/// is interrupted (its future is dropped within a few seconds) where it runs. A new push makes the
/// build of the commit before pointless. [`Delivery::interruption`] says why, to whoever cleans up;
/// after an attempt whose process was killed, [`Handler::superseded`](crate::Handler::superseded) does.
///
/// Other handlers of a superseded delivery still get it. A delivery has one lane: where several
/// handlers of an event have one, that of the first that gives a key counts.
///
/// To find the lane the receiver decodes the payload before it accepts it. One that does not decode
/// has no lane.
///
/// ```
/// use std::time::Duration;
/// use hookstead_events::{PullRequestAction, PullRequestEvent};
/// use hookstead_handler::{Delivery, Router, handler_fn};
///
/// let build = handler_fn(async |event: PullRequestEvent, _: Delivery| {
///     println!("building {}", event.pull_request.head.sha);
///     Ok(())
/// });
/// let router = Router::new().on_with::<PullRequestEvent>(build, |registration| {
///     registration
///         // One build for each pull request; other actions are in no lane and stop none.
///         .lane(|event| match event.action {
///             PullRequestAction::Opened | PullRequestAction::Synchronize => {
///                 Some(format!("{}#{}", event.repository.full_name, event.number))
///             }
///             _ => None,
///         })
///         .latest_by(|event| event.pull_request.updated_at.clone())
///         .deadline(Duration::from_secs(60 * 60))
/// });
/// ```
///
/// [`Router::on_with`]: crate::Router::on_with
#[must_use]
pub struct Registration<E> {
    key: Option<Find<E, String>>,
    latest: Option<Find<E, Timestamp>>,
    heads: Option<Find<E, Heads>>,
    has_moments: bool,
    pub(crate) deadline: Option<Duration>,
}

/// Finds something in an event, if it is there.
type Find<E, T> = Box<dyn Fn(&E) -> Option<T> + Send + Sync>;

impl<E: Event> Registration<E> {
    pub(crate) fn new() -> Self {
        Self { key: None, latest: None, heads: None, has_moments: false, deadline: None }
    }

    /// Puts deliveries into the lane with this key: a `String`, or an `Option<String>` where some
    /// are in none. The lanes of all handlers have one name space.
    ///
    /// A key longer than [`Lane::MAX_KEY_LENGTH`] is shortened to a digest.
    pub fn lane<K>(mut self, key: impl Fn(&E) -> K + Send + Sync + 'static) -> Self
    where
        K: Into<Option<String>>,
    {
        self.key = Some(Box::new(move |event| key(event).into()));
        self
    }

    /// Only the latest delivery of a lane counts: what is accepted later supersedes what was
    /// accepted before. It changes nothing without a [`lane`](Self::lane).
    ///
    /// GitHub does not promise any order, and a failed delivery may be redelivered long after its
    /// successor. Where the event says when it happened, [`latest_by`](Self::latest_by) is right.
    pub fn latest_only(self) -> Self {
        // All alike, so that the order of acceptance decides, and nothing else.
        Self { has_moments: false, ..self.latest_by(|_| Timestamp::from_epoch_seconds(0)) }
    }

    /// Only the latest delivery of a lane counts, by this moment of the event; among equals, what
    /// [`heads`](Self::heads) say, else what was accepted later. One that arrives after a newer one is superseded at once. Where there is
    /// no moment, the time of the receipt takes its place. It changes nothing without a
    /// [`lane`](Self::lane).
    pub fn latest_by<T>(mut self, moment: impl Fn(&E) -> T + Send + Sync + 'static) -> Self
    where
        T: Into<Option<Timestamp>>,
    {
        self.latest = Some(Box::new(move |event| moment(event).into()));
        self.has_moments = true;
        self
    }

    /// Says which is the latest of those with the same moment in [`latest_by`](Self::latest_by): the one
    /// that begins at the commit where the other ends. GitHub's moments are whole seconds, and of two
    /// pushes in one second the later may arrive first. Where nothing tells which is newer (they are not
    /// next to each other, a branch was moved back and forth), both are handled, one after the other.
    /// It changes nothing without [`latest_by`](Self::latest_by).
    ///
    /// ```
    /// # use hookstead_events::PullRequestEvent;
    /// # use hookstead_handler::{Delivery, Heads, Router, handler_fn};
    /// # let build = handler_fn(async |_: PullRequestEvent, _: Delivery| Ok(()));
    /// Router::new().on_with::<PullRequestEvent>(build, |registration| {
    ///     registration
    ///         .lane(|event| format!("{}#{}", event.repository.full_name, event.number))
    ///         .latest_by(|event| event.pull_request.updated_at.clone())
    ///         .heads(|event| Heads::from(event))
    /// });
    /// ```
    pub fn heads<H>(mut self, heads: impl Fn(&E) -> H + Send + Sync + 'static) -> Self
    where
        H: Into<Option<Heads>>,
    {
        self.heads = Some(Box::new(move |event| heads(event).into()));
        self
    }

    /// Interrupts the handler after this long, which counts as a failed attempt: there will be
    /// another. By default it may run for ever.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Whether a newer delivery takes the place of an older one.
    pub(crate) fn is_latest_only(&self) -> bool {
        self.key.is_some() && self.latest.is_some()
    }

    /// The lane of a delivery. A panic in one of the functions counts as no lane: better two at a
    /// time than none at all.
    pub(crate) fn lane_of(&self, delivery: &Delivery) -> Option<Lane> {
        let key = self.key.as_ref()?;
        let event = E::decode(&delivery.event, &delivery.body).ok()?;
        catch_unwind(AssertUnwindSafe(|| {
            let lane = Lane::new(key(&event)?);
            let Some(latest) = &self.latest else { return Some(lane) };
            let lane = lane.latest_only(version(latest(&event), delivery));
            let heads = self.heads.as_ref().filter(|_| self.has_moments);
            Some(match heads.and_then(|heads| heads(&event)) {
                Some(heads) => lane.heads(heads),
                None => lane,
            })
        }))
        .ok()
        .flatten()
    }
}

/// Milliseconds since 1970: of this moment, else of the receipt.
fn version(moment: Option<Timestamp>, delivery: &Delivery) -> i64 {
    let instant = moment.and_then(|moment| moment.instant());
    let instant = instant.or_else(|| delivery.received_at.instant());
    instant.map_or(0, |instant| instant.as_millisecond())
}

impl<E> fmt::Debug for Registration<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Registration")
            .field("lane", &self.key.is_some())
            .field("latest_only", &self.latest.is_some())
            .field("deadline", &self.deadline)
            .finish()
    }
}
