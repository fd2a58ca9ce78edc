//! Renews all leases of the process, in one call of the store, and hears what happened to its tasks
//! meanwhile.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::settings::STORE_BACK_OFF;
use super::shared::Shared;
use super::slots;
use super::taken::{Taken, Why};
use crate::store::lease::{LeaseToken, Renewal};

/// Renews for as long as it is polled. What cannot be renewed in time is interrupted a little before its
/// lease ends; and while renewing fails, the process leases nothing.
pub(super) async fn renew_forever(shared: Arc<Shared>) {
    let pause = shared.settings.renew_pause();
    let own_part = shared.settings.own_part_of_lease();
    let mut failures = 0;
    let mut next = Instant::now() + pause;
    loop {
        let end = shared.holdings.first_end(own_part);
        sleep_until(end.map_or(next, |end| next.min(end))).await;
        slots::look(&shared);
        for taken in shared.holdings.past_their_end(own_part, Instant::now()) {
            shared.lose(&taken);
        }
        if Instant::now() < next {
            continue;
        }
        match renew(&shared, own_part).await {
            Renewed::All(asked_at) => {
                failures = 0;
                shared.set_can_renew(true);
                next = asked_at + pause;
            }
            Renewed::Failed => {
                failures += 1;
                shared.set_can_renew(false);
                let pause = STORE_BACK_OFF.delay(failures).min(shared.settings.lease / 10);
                next = Instant::now() + pause.max(SHORTEST_PAUSE);
            }
        }
    }
}

/// A store that fails is not asked more often.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

enum Renewed {
    /// All that was held at this moment.
    All(Instant),
    Failed,
}

async fn renew(shared: &Shared, own_part: Duration) -> Renewed {
    let asked_at = Instant::now();
    let held = shared.holdings.held();
    if held.is_empty() {
        return Renewed::All(asked_at);
    }
    let tokens: Vec<LeaseToken> = held.iter().map(|taken| taken.token).collect();
    let renewing = shared.inbox.store().renew(&tokens, shared.settings.lease);
    // Not past the end of the first lease: then its handler has to stop.
    let end = shared.holdings.first_end(own_part);
    let answer = match end {
        Some(end) => timeout_at(end, renewing).await,
        None => Ok(renewing.await),
    };
    match answer {
        Ok(Ok(renewals)) => {
            for (taken, renewal) in held.iter().zip(renewals) {
                heard(shared, taken, renewal, asked_at);
            }
            Renewed::All(asked_at)
        }
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn Error, "will try again to renew the leases");
            Renewed::Failed
        }
        Err(_) => {
            tracing::warn!("the store does not answer in time to renew the leases");
            Renewed::Failed
        }
    }
}

fn heard(shared: &Shared, taken: &Taken, renewal: Renewal, asked_at: Instant) {
    match renewal {
        Renewal::Renewed(marks) => {
            taken.renewed(asked_at);
            if let Some(why) = Why::marked(&marks) {
                taken.interrupt(why);
            }
        }
        // If it was settled meanwhile, it does not run any more, and nothing happens.
        Renewal::Lost => shared.lose(taken),
    }
}
