use std::fmt;
use std::time::Duration;

use hookstead_types::BackOff;
use tokio::runtime::Handle;

use super::settings::Settings;
use crate::inbox::Inbox;
use crate::time::bounded;

/// Does the tasks of an inbox: gives each to its handler.
///
/// Every attempt at a task runs alone, under a lease that is renewed while it runs. If the process dies,
/// the lease ends and another worker (or this program, started again) makes the next attempt. So a
/// handler runs *at least once*. A worker takes only tasks of the handlers that its own process has.
///
/// * The handler did its work: the task is done.
/// * It failed or panicked: there is another attempt, after the pause that the error asks for (and up to
///   a fifth more), else after a growing random pause. After [12 failures](Self::DEFAULT_MAX_FAILURES)
///   the task is dead.
/// * The other side is out of order ([`HandlerError`](hookstead_handler::HandlerError) says what that is):
///   that is no failure, and is tried again for [a day](Self::DEFAULT_OUTAGE_FOR) from the first failure of
///   the run. Afterwards one task of each handler goes first, then twice as many, and so on.
/// * It waits: that is no failure either.
/// * Its process died, or lost the lease, [12 times](Self::DEFAULT_MAX_ABANDONED) in a row: the task is dead.
///   One that has done so twice is tried alone among its kind.
/// * Its failure is final, or its deadline passed, or its body does not decode: it is dead at once.
/// * A newer task of its lane took its place, or somebody canceled it: its handler is stopped within
///   [two seconds](Self::DEFAULT_RENEW_INTERVAL).
///
/// After every end but success the handler is told by [`ended`](hookstead_handler::Handler::ended), three
/// times at most. What is dead stays in the inbox, and can be [revived](Inbox::revive).
///
/// Failures of the store are logged and tried again; they end neither the worker nor the work.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use hookstead_events::AnyEvent;
/// use hookstead_handler::{Attempt, Delivery, Router, handler_fn};
/// use hookstead_inbox::{Inbox, MemoryStore, Worker};
///
/// let (handled, mut all_handled) = tokio::sync::mpsc::unbounded_channel();
/// let router = Router::new().on::<AnyEvent>(handler_fn(move |_: AnyEvent, attempt: Attempt| {
///     let handled = handled.clone();
///     async move { Ok(handled.send(attempt.delivery().id.clone())?) }
/// }));
///
/// let inbox = Inbox::new(MemoryStore::new(), router);
/// inbox.accept(Delivery::new("72d3162e".parse()?, "from_the_future".into(), "{}")).await?;
/// Worker::new(inbox)
///     .concurrency(4)
///     .run(async {
///         assert_eq!(all_handled.recv().await.unwrap().as_str(), "72d3162e");
///     })
///     .await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Worker {
    pub(super) inbox: Inbox,
    pub(super) settings: Settings,
    pub(super) handlers: Option<Handle>,
    pub(super) control: Option<Handle>,
}

impl Worker {
    /// So many tasks are at work at the same time by default, beside the pools of the router. Handlers
    /// mostly wait for GitHub, which allows 100 calls at a time for everything that shares a token.
    pub const DEFAULT_CONCURRENCY: usize = 32;

    /// This part of a pool's slots is for first attempts by default: so what is new does not wait for all
    /// that failed during an outage, nor that for what is new.
    pub const DEFAULT_FRESH_SHARE: f64 = 0.5;

    /// A lease lasts so long by default. It is what a crash costs until the work starts again, and
    /// several times as long as between renewals, so that a slow disk does not end it.
    pub const DEFAULT_LEASE: Duration = Duration::from_secs(15);

    /// The leases are renewed so often by default, or every third of their length, if that is more often.
    /// With it a handler learns that it is superseded or canceled: a pointless build goes on for no
    /// longer than this. It is one write for all of them.
    pub const DEFAULT_RENEW_INTERVAL: Duration = Duration::from_secs(2);

    /// After so many failures a task is dead by default. With the default back-off the last one comes 17
    /// minutes after the first on average. Outages of the other side are not counted.
    pub const DEFAULT_MAX_FAILURES: u32 = 12;

    /// After so many leases in a row that ended without an outcome a task is dead by default. It may be
    /// what kills its process, or be there whenever something else does.
    pub const DEFAULT_MAX_ABANDONED: u32 = 12;

    /// The delays between failures by default: a random time of up to a second, doubling to an
    /// hour.
    pub const DEFAULT_BACK_OFF: BackOff =
        BackOff::new(Duration::from_secs(1), Duration::from_secs(60 * 60));

    /// A delay that a handler's error asks for is cut to this by default. GitHub's limits end
    /// within an hour; more than a day is more likely a wrong clock than a wish.
    pub const DEFAULT_LONGEST_RETRY_DELAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// An outage of the other side is outlasted for so long by default, from the first failure of the
    /// run: longer than any outage of GitHub's so far.
    pub const DEFAULT_OUTAGE_FOR: Duration = Duration::from_secs(24 * 60 * 60);

    /// The delays during an outage grow to this by default: so long after its end everything goes on.
    pub const DEFAULT_LONGEST_OUTAGE_DELAY: Duration = Duration::from_secs(10 * 60);

    /// A run that does nothing but wait is dead after this by default: as long as anything is kept.
    pub const DEFAULT_LONGEST_WAIT: Duration = Duration::from_secs(35 * 24 * 60 * 60);

    /// `ended` may take so long by default: a report or two to GitHub, with patience.
    pub const DEFAULT_ENDED_DEADLINE: Duration = Duration::from_secs(30);

    /// A slot that is held for longer is told of by default. Few builds take a day; a handler that hangs
    /// takes for ever.
    pub const DEFAULT_SLOT_WARNING: Duration = Duration::from_secs(24 * 60 * 60);

    /// The inbox is looked at so often by default, besides whenever it tells of something new: for
    /// what it cannot tell of, as PostgreSQL's store while it hears nothing of the others.
    pub const DEFAULT_POLL_INTERVAL: Duration = Duration::from_secs(1);

    /// At shutdown the handlers that run have so long to finish by default. It fits into what
    /// Kubernetes (30 s) and systemd (90 s) grant, with time left to give back what did not finish;
    /// under Docker's 10 s, set less.
    pub const DEFAULT_DRAIN_DEADLINE: Duration = Duration::from_secs(10);

    /// Of an error's text so many bytes are stored: enough for any message, and not for the HTML
    /// page that some put into theirs.
    pub const MAX_ERROR_LENGTH: usize = 4096;

    /// A worker for the handlers of this inbox, with the default settings.
    #[must_use]
    pub fn new(inbox: Inbox) -> Self {
        Self { inbox, settings: Settings::default(), handlers: None, control: None }
    }

    /// At most so many tasks are at work at the same time, beside the [pools of the
    /// router](hookstead_handler::Router::pool); at least one is.
    #[must_use]
    pub fn concurrency(mut self, tasks: usize) -> Self {
        self.settings.concurrency = tasks.max(1);
        self
    }

    /// This part of each pool's slots, between 0 and 1, is for first attempts, as long as there are any.
    #[must_use]
    pub fn fresh_share(mut self, share: f64) -> Self {
        self.settings.fresh_share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        self
    }

    /// Leases last so long; at least ten milliseconds.
    #[must_use]
    pub fn lease(mut self, duration: Duration) -> Self {
        self.settings.lease = bounded(duration).max(Duration::from_millis(10));
        self
    }

    /// Renews the leases so often, and at least every third of their length.
    #[must_use]
    pub fn renew_interval(mut self, interval: Duration) -> Self {
        self.settings.renew_interval = interval.max(Duration::from_millis(1));
        self
    }

    /// After so many failures, of which none is an outage, a task is dead.
    #[must_use]
    pub fn max_failures(mut self, failures: u32) -> Self {
        self.settings.max_failures = failures;
        self
    }

    /// After so many leases in a row that ended without an outcome a task is dead.
    #[must_use]
    pub fn max_abandoned(mut self, leases: u32) -> Self {
        self.settings.max_abandoned = leases.max(1);
        self
    }

    /// The delays after failures, where no error asks for one.
    #[must_use]
    pub fn back_off(mut self, back_off: BackOff) -> Self {
        self.settings.back_off = back_off;
        self
    }

    /// The longest delay that an error may ask for.
    #[must_use]
    pub fn longest_retry_delay(mut self, delay: Duration) -> Self {
        self.settings.longest_retry_delay = bounded(delay);
        self
    }

    /// Tries again for so long while the other side is out of order, from the first failure of a run.
    #[must_use]
    pub fn outage_for(mut self, duration: Duration) -> Self {
        self.settings.outage_for = duration;
        self
    }

    /// The longest delay during an outage, where the other side asks for none.
    #[must_use]
    pub fn longest_outage_delay(mut self, delay: Duration) -> Self {
        self.settings.longest_outage_delay = bounded(delay);
        self
    }

    /// A run that does nothing but wait is dead after this.
    #[must_use]
    pub fn longest_wait(mut self, duration: Duration) -> Self {
        self.settings.longest_wait = bounded(duration);
        self
    }

    /// `ended` may take so long each time.
    #[must_use]
    pub fn ended_deadline(mut self, deadline: Duration) -> Self {
        self.settings.ended_deadline = bounded(deadline);
        self
    }

    /// Tells of a slot that is held for longer than this. While all slots of a pool are, the inbox says so
    /// to whoever asks for its health.
    #[must_use]
    pub fn slot_warning(mut self, duration: Duration) -> Self {
        self.settings.slot_warning = duration;
        self
    }

    /// Looks at the inbox at least so often.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.settings.poll_interval = bounded(interval);
        self
    }

    /// At shutdown, waits so long for the handlers that run.
    #[must_use]
    pub fn drain_deadline(mut self, deadline: Duration) -> Self {
        self.settings.drain_deadline = bounded(deadline);
        self
    }

    /// Runs the handlers on this runtime. By default it is the one in which [`run`](Self::run) is
    /// called. Everything else that a worker does, renewing leases above all, runs on
    /// [threads of its own](crate::own_runtime), so that a handler that blocks cannot stop it.
    #[must_use]
    pub fn handlers_on(mut self, runtime: Handle) -> Self {
        self.handlers = Some(runtime);
        self
    }

    /// Runs everything but the handlers on this runtime instead of on threads of its own. For tests whose
    /// clock is paused, with the runtime of the test.
    #[must_use]
    pub fn control_on(mut self, runtime: Handle) -> Self {
        self.control = Some(runtime);
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: Worker::DEFAULT_CONCURRENCY,
            fresh_share: Worker::DEFAULT_FRESH_SHARE,
            lease: Worker::DEFAULT_LEASE,
            renew_interval: Worker::DEFAULT_RENEW_INTERVAL,
            max_failures: Worker::DEFAULT_MAX_FAILURES,
            max_abandoned: Worker::DEFAULT_MAX_ABANDONED,
            back_off: Worker::DEFAULT_BACK_OFF,
            longest_retry_delay: Worker::DEFAULT_LONGEST_RETRY_DELAY,
            outage_for: Worker::DEFAULT_OUTAGE_FOR,
            longest_outage_delay: Worker::DEFAULT_LONGEST_OUTAGE_DELAY,
            longest_wait: Worker::DEFAULT_LONGEST_WAIT,
            ended_deadline: Worker::DEFAULT_ENDED_DEADLINE,
            slot_warning: Worker::DEFAULT_SLOT_WARNING,
            poll_interval: Worker::DEFAULT_POLL_INTERVAL,
            drain_deadline: Worker::DEFAULT_DRAIN_DEADLINE,
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Worker")
            .field("inbox", &self.inbox)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
