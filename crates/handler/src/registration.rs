use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use hookstead_events::{Event, Timestamp};

use crate::delivery::Delivery;
use crate::lane::{Heads, Lane};
use crate::panics::message_of;

/// What a handler is registered with, besides its event; for [`Router::on_with`].
///
/// # Names
///
/// Every registration has a name. With the [program's](crate::Router::program) before it, it is the
/// handler's full name: by it operators know the handler, and the inbox knows whose a task is, also
/// after a restart and in another process. By default it is the event's. A [rename](Self::formerly)
/// says what the old name was.
///
/// # Lanes
///
/// Of the tasks with the same lane key **at most one is at work at a time**, on all machines that
/// share an inbox. So two deployments to the same environment do not run into each other. Those that are
/// ready are taken in the order in which they were accepted; one that waits for its next attempt holds
/// up no other, unless the lane is [`in_order`](Self::in_order). A lane belongs to one handler; those
/// that must not run beside each other [share one](Self::shared_lane).
///
/// With [`latest_only`](Self::latest_only) or [`latest_by`](Self::latest_by), a newer task also
/// *supersedes* the older ones of its lane. This handler is not called for those that wait. Where it
/// runs, it is interrupted: its future is dropped within a few seconds. A new push makes the build
/// of the commit before pointless. [`Attempt::interruption`](crate::Attempt::interruption) says why,
/// to whoever cleans up; [`Handler::ended`](crate::Handler::ended) is called in any case.
///
/// To find the lane the payload is decoded before it is accepted. One that does not decode has no
/// lane, and its task dies when it is looked at. A lane's function that panics makes the task dead at
/// once: to do it without its lane might mean two at a time.
///
/// ```
/// use std::time::Duration;
/// use hookstead_events::{PullRequestAction, PullRequestEvent};
/// use hookstead_handler::{Attempt, Router, handler_fn};
///
/// let build = handler_fn(async |event: PullRequestEvent, _: Attempt| {
///     println!("building {}", event.pull_request.head.sha);
///     Ok(())
/// });
/// let router = Router::new().pool("builds", 4).on_with::<PullRequestEvent>(build, |registration| {
///     use PullRequestAction::{Opened, Synchronize};
///     registration
///         .name("build")
///         // Other actions are no work of this handler's.
///         .when(|event| matches!(event.action, Opened | Synchronize))
///         // One build for each pull request, of its latest commit.
///         .lane(|event| format!("{}#{}", event.repository.full_name, event.number))
///         .latest_by(|event| event.pull_request.updated_at.clone())
///         .pool("builds")
///         .deadline(Duration::from_secs(60 * 60))
/// });
/// assert!(router.check().is_ok());
/// ```
///
/// [`Router::on_with`]: crate::Router::on_with
#[must_use]
pub struct Registration<E> {
    pub(crate) settings: Settings,
    when: Option<Test<E>>,
    key: Option<Find<E, String>>,
    latest: Option<Find<E, Timestamp>>,
    heads: Option<Find<E, Heads>>,
}

/// What a registration says without looking at an event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) formerly: Vec<String>,
    pub(crate) has_lane: bool,
    pub(crate) group: Option<String>,
    pub(crate) is_latest: bool,
    pub(crate) has_moments: bool,
    pub(crate) has_heads: bool,
    pub(crate) is_in_order: bool,
    pub(crate) halts: bool,
    pub(crate) pool: Option<String>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) is_retried: bool,
}

/// Finds something in an event, if it is there.
type Find<E, T> = Box<dyn Fn(&E) -> Option<T> + Send + Sync>;

/// Says yes or no to an event.
type Test<E> = Box<dyn Fn(&E) -> bool + Send + Sync>;

impl<E: Event> Registration<E> {
    pub(crate) fn new() -> Self {
        let settings = Settings::default();
        Self { settings, when: None, key: None, latest: None, heads: None }
    }

    /// Names the handler within its program; by default it has the event's name, or `any`. One name
    /// may be there for several events, but once for each. It has 1 to 100 characters of `a-z`, `0-9`,
    /// `_`, `.`, `/` and `-`, with the program's.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.settings.name = Some(name.into());
        self
    }

    /// Says that the handler had this name in earlier versions of its program. What waits for the old
    /// name is its own then, with lanes and all. Call it once for each old name. Where the program was
    /// renamed: [`Router::formerly`](crate::Router::formerly).
    pub fn formerly(mut self, name: impl Into<String>) -> Self {
        self.settings.formerly.push(name.into());
        self
    }

    /// Takes only the events for which this is true: of the others nothing is stored for this handler.
    /// It must only look at the event, and gets it before it is accepted. A panic counts as *yes*:
    /// better looked at twice than lost.
    pub fn when(mut self, when: impl Fn(&E) -> bool + Send + Sync + 'static) -> Self {
        self.when = Some(Box::new(when));
        self
    }

    /// Puts tasks into the lane with this key: a `String`, or an `Option<String>` where some
    /// are in none. It is this handler's own lane.
    ///
    /// A key longer than [`Lane::MAX_KEY_LENGTH`] is shortened to a digest.
    pub fn lane<K>(mut self, key: impl Fn(&E) -> K + Send + Sync + 'static) -> Self
    where
        K: Into<Option<String>>,
    {
        self.key = Some(Box::new(move |event| key(event).into()));
        self.settings.has_lane = true;
        self.settings.group = None;
        self
    }

    /// Puts tasks into the lane with this key in a group that several handlers share, those of other
    /// programs too: of all of them at most one is at work at a time. Tasks of one delivery never
    /// supersede each other.
    pub fn shared_lane<K>(
        mut self,
        group: impl Into<String>,
        key: impl Fn(&E) -> K + Send + Sync + 'static,
    ) -> Self
    where
        K: Into<Option<String>>,
    {
        self = self.lane(key);
        self.settings.group = Some(group.into());
        self
    }

    /// Only the latest task of a lane counts: what is accepted later supersedes what was
    /// accepted before. It needs a [`lane`](Self::lane).
    ///
    /// GitHub does not promise any order, and a failed delivery may be redelivered long after its
    /// successor. Where the event says when it happened, [`latest_by`](Self::latest_by) is right.
    pub fn latest_only(self) -> Self {
        // All alike, so that the order of acceptance decides, and nothing else.
        let mut latest = self.latest_by(|_| Timestamp::from_epoch_seconds(0));
        latest.settings.has_moments = false;
        latest
    }

    /// Only the latest task of a lane counts, by this moment of the event; among equals, what
    /// [`heads`](Self::heads) say, else what was accepted later. One that arrives after a newer one is
    /// superseded at once. Where there is no moment, the time of the receipt takes its place. It needs
    /// a [`lane`](Self::lane).
    pub fn latest_by<T>(mut self, moment: impl Fn(&E) -> T + Send + Sync + 'static) -> Self
    where
        T: Into<Option<Timestamp>>,
    {
        self.latest = Some(Box::new(move |event| moment(event).into()));
        self.settings.is_latest = true;
        self.settings.has_moments = true;
        self
    }

    /// Says which is the latest of those with the same moment in [`latest_by`](Self::latest_by): the
    /// one that begins at the commit where the other ends. GitHub's moments are whole seconds, and of
    /// two pushes in one second the later may arrive first. Where nothing tells which is newer (they
    /// are not next to each other, a branch was moved back and forth), both are handled, one after the
    /// other. It needs [`latest_by`](Self::latest_by).
    ///
    /// ```
    /// # use hookstead_events::PullRequestEvent;
    /// # use hookstead_handler::{Attempt, Heads, Router, handler_fn};
    /// # let build = handler_fn(async |_: PullRequestEvent, _: Attempt| Ok(()));
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
        self.settings.has_heads = true;
        self
    }

    /// Does the tasks of a lane one after the other, in the order in which they were accepted: one
    /// that waits, for its next attempt too, holds up those behind it. After a dead or canceled one
    /// the next goes on, unless it [`halts`](Self::halts). It needs a [`lane`](Self::lane), and
    /// excludes *the latest only*.
    pub fn in_order(mut self) -> Self {
        self.settings.is_in_order = true;
        self
    }

    /// A dead or canceled task holds up those behind it, until somebody revives it, runs it anew or
    /// cancels it. It needs [`in_order`](Self::in_order).
    pub fn halts(mut self) -> Self {
        self.settings.halts = true;
        self
    }

    /// Does the work in this [pool](crate::Router::pool), so that it takes no slot of other work. By
    /// default it is in the worker's own.
    pub fn pool(mut self, pool: impl Into<String>) -> Self {
        self.settings.pool = Some(pool.into());
        self
    }

    /// Interrupts the handler after this long. That is final, since the next attempt would take as
    /// long, unless it is [`retried`](Self::retried). By default it may run for ever.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = Some(deadline);
        self
    }

    /// Tries again after the [`deadline`](Self::deadline), which counts as a failure.
    pub fn retried(mut self) -> Self {
        self.settings.is_retried = true;
        self
    }

    /// Whether it needs the event to be placed.
    pub(crate) fn looks_at_events(&self) -> bool {
        self.when.is_some() || self.key.is_some()
    }

    /// Whether its tasks have lanes.
    pub(crate) fn has_lane(&self) -> bool {
        self.key.is_some()
    }

    /// Whether it takes this event. A panic counts as yes.
    pub(crate) fn takes(&self, event: &E) -> bool {
        let Some(when) = &self.when else { return true };
        catch_unwind(AssertUnwindSafe(|| when(event))).unwrap_or(true)
    }

    /// The lane of an event, else the message of the function that panicked.
    pub(crate) fn lane_of(&self, event: &E, delivery: &Delivery) -> Result<Option<Lane>, String> {
        catch_unwind(AssertUnwindSafe(|| self.find_lane(event, delivery)))
            .map_err(|panic| message_of(&*panic))
    }

    fn find_lane(&self, event: &E, delivery: &Delivery) -> Option<Lane> {
        let lane = Lane::new(self.key.as_ref()?(event)?);
        let lane = match &self.settings.group {
            Some(group) => lane.group(group.clone()),
            None => lane,
        };
        if self.settings.is_in_order {
            return Some(lane.in_order(self.settings.halts));
        }
        let Some(latest) = &self.latest else { return Some(lane) };
        let lane = lane.latest_only(version(latest(event), delivery));
        let heads = self.heads.as_ref().filter(|_| self.settings.has_moments);
        Some(match heads.and_then(|heads| heads(event)) {
            Some(heads) => lane.heads(heads),
            None => lane,
        })
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
            .field("settings", &self.settings)
            .field("when", &self.when.is_some())
            .finish_non_exhaustive()
    }
}
