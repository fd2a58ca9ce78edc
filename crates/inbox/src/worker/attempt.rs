//! One attempt at a task: from the lease to its outcome.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hookstead_handler::{
    Advice, Attempt, AttemptEnd, Decoded, Delivery, End, Failure, Interruption,
};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tracing::Instrument;

use super::decision::{after_failure, dead, ends_before_it_begins};
use super::ended;
use super::outcomes::AttemptEnds;
use super::shared::Shared;
use super::taken::Taken;
use super::unfinished::Unfinished;
use crate::log;
use crate::packing::Damaged;
use crate::placing::{LARGE, unpack_body};
use crate::pool_slots::{Ahead, Place};
use crate::pools::HandedOver;
use crate::store::lease::Leased;
use crate::store::packed::Packed;
use crate::store::settlement::Settlement;

/// A task that was leased, with its place in its pool.
pub(super) struct Begin {
    pub(super) leased: Leased,
    pub(super) place: Place,
    /// It may be what ends its process, and is the only such one.
    pub(super) suspect: Option<OwnedSemaphorePermit>,
    /// A moment before the lease began.
    pub(super) at: Instant,
}

/// Where the body of a leased task is.
enum Body {
    Here(Option<Decoded>),
    Packed(Packed),
    Gone,
}

/// Begins with what was handed over.
///
/// # Errors
///
/// Gives it back when nothing of its name may begin here now: the lease is to be released.
pub(super) fn begin_handed_over(
    shared: &Arc<Shared>,
    task: HandedOver,
) -> Result<(), Box<HandedOver>> {
    if shared.is_stopping() || shared.holdings.has_lost(task.leased.taker) {
        return Err(Box::new(task));
    }
    let HandedOver { leased, leased_at, decoded, place } = task;
    let begin = Begin { leased, place, suspect: None, at: leased_at };
    begin_with(shared, begin, Body::Here(decoded));
    Ok(())
}

/// Begins with what was leased.
pub(super) fn begin(shared: &Arc<Shared>, mut begin: Begin) {
    let body = begin.leased.body.take().map_or(Body::Gone, Body::Packed);
    begin_with(shared, begin, body);
}

fn begin_with(shared: &Arc<Shared>, begin: Begin, body: Body) {
    let Begin { leased, place, suspect, at } = begin;
    let Some((registered, index, pool)) = shared.registered(leased.taker) else {
        // Its lease runs out by itself: given back, it would come again at once.
        tracing::error!(taker = leased.taker.0, "leased a task of a name that this process lacks");
        return;
    };
    let ends = leased.end.is_none().then(|| ends_before_it_begins(&shared.settings, &leased));
    let end = leased.end;
    let (slot, ahead) = match place.now() {
        Ok(slot) => (Some(slot), None),
        Err(ahead) => (None, Some(ahead)),
    };
    let pool = (index, Arc::clone(&pool.slots));
    let taken = Arc::new(Taken::new(leased, registered, pool, slot, suspect, at));
    if !shared.holdings.insert(&taken) {
        return;
    }
    log::leased(taken.about());
    match (end, ends.flatten()) {
        (Some(end), _) => ended::begin(shared, taken, end, body.packed()),
        (None, Some((end, text))) => finish(shared, taken, Settlement::End { end, text }),
        (None, None) => spawn(shared, taken, body, ahead),
    }
}

impl Body {
    fn packed(self) -> Option<Packed> {
        match self {
            Self::Packed(packed) => Some(packed),
            Self::Here(_) | Self::Gone => None,
        }
    }
}

/// A task that has not begun is settled like this.
fn finish(shared: &Shared, taken: Arc<Taken>, settlement: Settlement) {
    taken.has_stopped();
    shared.outcomes.add(taken, AttemptEnds::Settled(settlement));
}

/// Runs the handler in a task of its own, so that whatever it does (panics included) stays there.
fn spawn(shared: &Arc<Shared>, taken: Arc<Taken>, body: Body, ahead: Option<Ahead>) {
    let span = log::span(taken.about());
    let unfinished = Unfinished::new(shared, &taken);
    let attempt = async move {
        let ends = match wait_for_slot(&unfinished, ahead).await {
            None => handle(&unfinished, body).await,
            Some(ends) => ends,
        };
        unfinished.finish(ends);
    };
    let running = shared.handlers.spawn(attempt.instrument(span));
    taken.set_abort(running.abort_handle());
}

/// Has a task that was leased ahead wait for its slot. If it gets none in time, or need not begin any more,
/// this is how it ends.
async fn wait_for_slot(unfinished: &Unfinished, ahead: Option<Ahead>) -> Option<AttemptEnds> {
    let Unfinished { shared, taken, .. } = unfinished;
    let Some(slot) = ahead?.slot(shared.longest_ahead()).await else {
        return Some(AttemptEnds::Settled(Settlement::Release));
    };
    taken.set_slot(slot);
    taken.why().is_some().then_some(AttemptEnds::Dropped)
}

async fn handle(unfinished: &Unfinished, body: Body) -> AttemptEnds {
    let Unfinished { shared, taken, .. } = unfinished;
    let (delivery, decoded) = match delivery_with(taken, body).await {
        Ok(delivery) => delivery,
        Err(damaged) => return AttemptEnds::Settled(dead(damaged.to_string())),
    };
    let attempt = unfinished.attempt(delivery);
    taken.set_attempt(&attempt);
    #[cfg(feature = "metrics")]
    let _timing = crate::metrics::Handling::start(attempt.handler());
    let end = taken.registered.run(&attempt, Some(decoded)).await;
    what_comes_of(shared, taken, &attempt, end)
}

/// The delivery with its body, and what is decoded of it; else a sentence that says why there is none.
async fn delivery_with(taken: &Taken, body: Body) -> Result<(Delivery, Decoded), Damaged> {
    let mut delivery = taken.delivery.clone();
    match body {
        Body::Here(Some(decoded)) => return Ok((delivery, decoded)),
        Body::Here(None) => {}
        Body::Packed(packed) => delivery.body = unpack_body(packed).await?,
        Body::Gone => return Err(Damaged::gone()),
    }
    let decoded = Decoded::new(&delivery);
    if delivery.body.len() > LARGE {
        let (registered, also_decoded) = (taken.registered.clone(), decoded.clone());
        // If it does not decode, the attempt finds that out, and says so.
        let _ = tokio::task::spawn_blocking(move || registered.decode(&also_decoded)).await;
    }
    Ok((delivery, decoded))
}

fn what_comes_of(
    shared: &Shared,
    taken: &Taken,
    attempt: &Attempt,
    end: AttemptEnd,
) -> AttemptEnds {
    let name = taken.registered.name().as_str();
    let (advice, text) = match end {
        AttemptEnd::Done => {
            if taken.is_tried() {
                shared.met_no_outage(taken.taker, name, taken.pool);
            }
            return AttemptEnds::Settled(Settlement::Done);
        }
        // The settler knows why.
        AttemptEnd::Interrupted(_) if taken.why().is_some() => return AttemptEnds::Dropped,
        AttemptEnd::Interrupted(why) => (Advice::Retry, format!("interrupted itself: {why}")),
        AttemptEnd::Failed(failure) => read(&failure),
    };
    let is_failure = matches!(advice, Advice::Retry | Advice::RetryAfter(_));
    if is_failure && attempt.interruption() == Some(Interruption::Shutdown) {
        // It hurried to its end because it was told to.
        return AttemptEnds::Settled(Settlement::Release);
    }
    if matches!(advice, Advice::Outage(_)) {
        shared.met_outage(taken.taker, name, &text);
    } else if taken.is_tried() {
        shared.met_no_outage(taken.taker, name, taken.pool);
    }
    let portion = fastrand::f64();
    let settlement = after_failure(&shared.settings, taken.counters, advice, text, portion);
    AttemptEnds::Settled(settlement)
}

/// The advice of a failure and its text. Both are the handler's code, and may panic.
fn read(failure: &Failure) -> (Advice, String) {
    let read = catch_unwind(AssertUnwindSafe(|| (failure.advice(), failure.to_string())));
    read.unwrap_or_else(|panic| {
        (Advice::Retry, format!("its error panicked when it was read: {}", message(&*panic)))
    })
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// The end of a run in which the handler was interrupted.
pub(super) fn interrupted(why: super::taken::Why) -> Option<Settlement> {
    use super::taken::Why;
    match why {
        Why::Superseded(by) => {
            let text = super::decision::superseded(by.as_str());
            Some(Settlement::End { end: End::Superseded, text })
        }
        Why::Canceled(text) => Some(Settlement::End { end: End::Canceled, text }),
        Why::Shutdown => Some(Settlement::Release),
        Why::LeaseLost => None,
    }
}
