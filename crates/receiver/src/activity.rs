use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::limits::Limits;

/// What a connection waits for its peer to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// To say anything at all.
    Word,
    /// To send the rest of a request's head.
    Head,
    /// To send the rest of a request's body.
    Body,
    /// To let the others go first: it asked for something else than good deliveries do.
    Turn,
    /// To read its answer.
    Reading,
    /// To send another request, after the answer to the last.
    Next,
    /// To lose interest in a page that is being made. That is our work, but nobody must be able to hold a
    /// place by asking for it.
    Page,
    /// To lose interest in a page whose next part is still to come.
    Stream,
    /// To close its half, now that ours is closed.
    Close,
}

/// That a connection waits for its peer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    pub(crate) awaited: Awaited,
    pub(crate) since: Instant,
    /// A good delivery came this way before.
    pub(crate) is_useful: bool,
    /// It was told to go.
    pub(crate) is_evicted: bool,
}

/// What one connection does and since when, told by those who serve it and read by those who must
/// decide which connection goes when there are too many.
#[derive(Debug)]
pub(crate) struct Activity {
    /// Where it comes from.
    pub(crate) address: IpAddr,
    /// Whom that address belongs to.
    pub(crate) peer: IpAddr,
    /// Told when this connection has to go.
    pub(crate) evicted: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    stage: Stage,
    /// The stage waits for the peer; else for us, or it is not known yet.
    waits: bool,
    /// When the stage began.
    since: Instant,
    /// Bytes came since the last head was complete.
    has_received: bool,
    /// Since when each request has come before the answer to the one before.
    pipelined_since: Option<Instant>,
    /// The request that is worked on is for a page.
    is_page: bool,
    /// A delivery with a good signature came this way.
    is_useful: bool,
    /// It was told to go.
    is_evicted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before a request's first byte.
    Between {
        answered: bool,
    },
    Head,
    Request,
    Queue,
    Answer {
        is_complete: bool,
    },
    Closing,
}

impl Activity {
    pub(crate) fn new(address: IpAddr, peer: IpAddr) -> Self {
        let stage = Stage::Between { answered: false };
        let state = State {
            stage,
            waits: false,
            since: Instant::now(),
            has_received: false,
            pipelined_since: None,
            is_page: false,
            is_useful: false,
            is_evicted: false,
        };
        Self { address, peer, evicted: Notify::new(), state: Mutex::new(state) }
    }

    /// Bytes of the peer came.
    pub(crate) fn received(&self) {
        let mut state = self.lock();
        state.waits = false;
        state.has_received = true;
        if matches!(state.stage, Stage::Between { .. }) {
            state.enter(Stage::Head);
        }
    }

    /// There is nothing to read.
    pub(crate) fn waits_to_receive(&self) {
        let mut state = self.lock();
        match state.stage {
            Stage::Between { .. } | Stage::Head => state.waits = true,
            Stage::Answer { is_complete: true } if !state.waits => {
                state.enter(Stage::Between { answered: true });
                state.waits = true;
            }
            _ => {}
        }
    }

    /// A head is complete.
    pub(crate) fn requested(&self) {
        let mut state = self.lock();
        state.enter(Stage::Request);
        state.is_page = false;
        state.pipelined_since = match std::mem::take(&mut state.has_received) {
            true => None,
            false => state.pipelined_since.or(Some(state.since)),
        };
    }

    /// Whether the request that is worked on came together with the one before, as from somebody who
    /// does not wait for answers.
    pub(crate) fn is_pipelined(&self) -> bool {
        self.lock().pipelined_since.is_some()
    }

    /// More of the body is needed, or it came.
    pub(crate) fn waits_for_body(&self, waits: bool) {
        let mut state = self.lock();
        if state.stage == Stage::Request {
            state.waits = waits;
        }
    }

    /// Its answer has to wait for its turn.
    pub(crate) fn queues(&self) {
        let mut state = self.lock();
        state.enter(Stage::Queue);
        state.waits = true;
    }

    /// The request is for a page.
    pub(crate) fn visits_page(&self) {
        let mut state = self.lock();
        state.enter(Stage::Request);
        state.is_page = true;
    }

    /// There is an answer to send.
    pub(crate) fn answers(&self) {
        self.lock().enter(Stage::Answer { is_complete: false });
    }

    /// The answer has no more parts.
    pub(crate) fn answer_is_complete(&self) {
        let mut state = self.lock();
        if let Stage::Answer { is_complete } = &mut state.stage {
            *is_complete = true;
        }
    }

    /// The peer takes nothing more for now.
    pub(crate) fn waits_to_send(&self) {
        let mut state = self.lock();
        if !state.waits {
            state.waits = true;
            state.since = Instant::now();
        }
    }

    /// The peer took something.
    pub(crate) fn sent(&self) {
        self.lock().waits = false;
    }

    /// The peer's system has taken all there is.
    pub(crate) fn flushed(&self) {
        let mut state = self.lock();
        if state.stage == (Stage::Answer { is_complete: true }) {
            state.enter(Stage::Between { answered: true });
        }
    }

    /// Our half is about to be closed.
    pub(crate) fn closes(&self) {
        let mut state = self.lock();
        state.enter(Stage::Closing);
        state.waits = true;
    }

    /// Notes that a good delivery came this way; `true` the first time.
    pub(crate) fn becomes_useful(&self) -> bool {
        !std::mem::replace(&mut self.lock().is_useful, true)
    }

    pub(crate) fn is_useful(&self) -> bool {
        self.lock().is_useful
    }

    /// Tells the connection to go; `true` the first time.
    pub(crate) fn evict(&self) -> bool {
        self.evicted.notify_one();
        !std::mem::replace(&mut self.lock().is_evicted, true)
    }

    pub(crate) fn is_evicted(&self) -> bool {
        self.lock().is_evicted
    }

    /// Takes that back.
    pub(crate) fn stays(&self) {
        self.lock().is_evicted = false;
    }

    /// What is awaited of the peer; `None` while it waits for us.
    pub(crate) fn waiting(&self) -> Option<Waiting> {
        let state = self.lock();
        let awaited = match state.stage {
            Stage::Request if state.is_page && !state.waits => Awaited::Page,
            Stage::Answer { is_complete: false } if state.is_page && !state.waits => {
                Awaited::Stream
            }
            _ if !state.waits => return None,
            Stage::Between { answered: false } => Awaited::Word,
            Stage::Between { answered: true } => Awaited::Next,
            Stage::Head => Awaited::Head,
            Stage::Request => Awaited::Body,
            Stage::Queue => Awaited::Turn,
            Stage::Answer { .. } => Awaited::Reading,
            Stage::Closing => Awaited::Close,
        };
        let State { since, is_useful, is_evicted, .. } = *state;
        Some(Waiting { awaited, since, is_useful, is_evicted })
    }

    /// Until when that is awaited. (A body has a deadline of its own, in the receiver.)
    pub(crate) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        let Waiting { awaited, since, .. } = self.waiting()?;
        let deadline = match awaited {
            Awaited::Word | Awaited::Head => limits.head_deadline,
            Awaited::Next => limits.idle_deadline,
            Awaited::Reading => limits.write_deadline,
            // Nor would it have read the answers, had it got them at once.
            Awaited::Turn => {
                return self.lock().pipelined_since?.checked_add(limits.write_deadline);
            }
            Awaited::Body | Awaited::Page | Awaited::Stream | Awaited::Close => return None,
        };
        since.checked_add(deadline)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No state is ever half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands in the extensions of a request for a page: which connection it came on.
#[derive(Clone)]
pub(crate) struct Visit(Arc<Activity>);

impl Visit {
    pub(crate) fn new(activity: &Arc<Activity>) -> Self {
        Self(Arc::clone(activity))
    }

    /// It is no page, but a delivery: it waits for its peer only where its body does.
    pub(crate) fn is_delivery(&self) {
        let mut state = self.0.lock();
        state.enter(Stage::Request);
        state.is_page = false;
    }
}

impl State {
    fn enter(&mut self, stage: Stage) {
        self.stage = stage;
        self.waits = false;
        self.since = Instant::now();
    }
}
