//! After the end of a run without success: the handler is told of it, under the lease that it has.

use std::pin::pin;
use std::sync::Arc;

use hookstead_handler::{End, Interruption};
use tokio::time::timeout;
use tracing::Instrument;

use super::decision::{MOST_ENDED, after_failed_ended};
use super::outcomes::AttemptEnds;
use super::shared::Shared;
use super::taken::Taken;
use super::unfinished::Unfinished;
use crate::log;
use crate::placing::unpack_body;
use crate::store::packed::Packed;
use crate::store::settlement::Settlement;

/// Calls `ended`, in a task of its own; or gives up, where that has been tried too often.
pub(super) fn begin(shared: &Arc<Shared>, taken: Arc<Taken>, end: End, body: Option<Packed>) {
    let delivery = taken.begins_to_end();
    let tried = tried(&taken);
    if tried >= MOST_ENDED {
        let text = format!("{tried} leases ended while it was told");
        log::ended(taken.about(), end, Some(&text), true);
        taken.has_stopped();
        return shared.outcomes.add(taken, AttemptEnds::Settled(Settlement::Ended));
    }
    let span = log::span(taken.about());
    let unfinished = Unfinished::new(shared, &taken);
    let telling = async move {
        let mut delivery = delivery.unwrap_or_else(|| unfinished.taken.delivery.clone());
        // The end may well be that there is none.
        if let Some(body) = body
            && let Ok(body) = unpack_body(body).await
        {
            delivery.body = body;
        }
        let attempt = unfinished.attempt(delivery);
        unfinished.taken.set_attempt(&attempt);
        let deadline = unfinished.shared.settings.ended_deadline;
        let settlement = {
            let mut telling = pin!(unfinished.taken.registered.ended(&attempt, end));
            let told = match timeout(deadline, telling.as_mut()).await {
                Ok(told) => told.map_err(|error| error.to_string()),
                Err(_) => {
                    // Said before its future is dropped.
                    attempt.interrupt(Interruption::Deadline);
                    Err(format!("took longer than {} s", deadline.as_secs_f64()))
                }
            };
            what_comes_of(&unfinished.shared, &unfinished.taken, end, told)
        };
        unfinished.finish(AttemptEnds::Settled(settlement));
    };
    let running = shared.handlers.spawn(telling.instrument(span));
    taken.set_abort(running.abort_handle());
}

/// How often it was told before.
fn tried(taken: &Taken) -> u32 {
    // With the end that was just written the count begins anew.
    taken.end.map_or(0, |_| taken.counters.abandoned)
}

fn what_comes_of(shared: &Shared, taken: &Taken, end: End, told: Result<(), String>) -> Settlement {
    let Err(text) = told else {
        log::ended(taken.about(), end, None, false);
        return Settlement::Ended;
    };
    let tried = tried(taken);
    let is_given_up = tried + 1 >= MOST_ENDED;
    log::ended(taken.about(), end, Some(&text), is_given_up);
    if is_given_up { Settlement::Ended } else { after_failed_ended(&shared.settings, tried, text) }
}
