use std::error::Error;
use std::sync::Arc;

use hookstead_handler::{Delivery, Interruption, Router};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinError;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::settings::Settings;
use super::task::Task;
use super::{ABORT_TIME, STORE_BACK_OFF};
use crate::{Inbox, LeaseToken, Leased, Renewal, Settlement, log};

/// One attempt to handle one delivery, from the lease to its end.
pub(super) struct Attempt {
    pub(super) inbox: Arc<dyn Inbox>,
    pub(super) router: Router,
    pub(super) settings: Arc<Settings>,
    /// Where the handlers run. The attempt itself runs where they cannot block it.
    pub(super) handlers: Handle,
    pub(super) leased: Leased,
    /// A moment before the lease began, so that by this clock it never seems longer than it is.
    pub(super) leased_at: Instant,
    /// Turns true when there is no more time.
    pub(super) stop: watch::Receiver<bool>,
}

impl Attempt {
    pub(super) async fn run(self) {
        log::leased(&self.leased.delivery);
        let settings = Arc::clone(&self.settings);
        let router = self.router.clone();
        let delivery = self.leased.delivery.clone();
        // In a task of its own, so that whatever it does (panics included) stays there.
        let mut handling =
            Task::spawn(&self.handlers, async move { handle(&settings, &router, &delivery).await });
        let settlement = tokio::select! {
            ended = handling.ended() => Some(self.settlement(ended)),
            () = self.keep_lease() => {
                self.lost(handling).await;
                None
            }
            () = stopped(self.stop.clone()) => self.abandon(handling).await,
        };
        if let Some(settlement) = settlement {
            let Leased { token, delivery } = &self.leased;
            settle(&*self.inbox, *token, delivery, settlement).await;
        }
    }

    fn settlement(&self, ended: Result<Settlement, JoinError>) -> Settlement {
        match ended {
            Ok(settlement) => settlement,
            // The runtime is shutting down.
            Err(error) if error.is_cancelled() => Settlement::Release,
            Err(error) => {
                let attempt = self.leased.delivery.attempt;
                self.settings.after_failure(attempt, None, error.to_string())
            }
        }
    }

    /// Somebody else may have the delivery by now, so this attempt ends and settles nothing.
    async fn lost(&self, mut handling: Task<Settlement>) {
        let delivery = &self.leased.delivery;
        log::lease_lost(delivery, "while handling it, aborting");
        delivery.interrupt(Interruption::LeaseLost);
        handling.abort();
        // A handler that blocks its thread cannot be aborted; its slot stays taken until it ends.
        let _ = handling.ended().await;
    }

    /// The time to finish is over. What does not run any more can be given back.
    async fn abandon(&self, mut handling: Task<Settlement>) -> Option<Settlement> {
        self.leased.delivery.interrupt(Interruption::Shutdown);
        handling.abort();
        let ended = timeout(ABORT_TIME, handling.ended()).await;
        if ended.is_err() {
            let delivery = &self.leased.delivery;
            tracing::warn!(
                id = %delivery.id,
                event = delivery.event_and_action(),
                attempt = delivery.attempt,
                "the handler does not stop; its lease runs out by itself",
            );
        }
        ended.ok().map(|ended| self.settlement(ended))
    }

    /// Renews the lease every third of its length, and in a lane where only the latest counts more
    /// often, to learn soon that it is superseded. Returns when it is lost. That is also so when it
    /// could not be renewed in time: then somebody else may hold it.
    async fn keep_lease(&self) {
        let Self { inbox, leased: Leased { token, delivery, .. }, .. } = self;
        let length = self.settings.lease;
        // Ended a little early, a handler is gone before anybody else may begin.
        let own = length - length / 10;
        let mut pause = length / 3;
        if delivery.lane.as_ref().is_some_and(|lane| lane.version.is_some()) {
            pause = pause.min(self.settings.superseded_interval);
        }
        let mut leased_at = self.leased_at;
        let mut failures = 0;
        let mut next = leased_at + pause;
        loop {
            let end = leased_at + own;
            sleep_until(next.min(end)).await;
            let asked_at = Instant::now();
            match timeout_at(end, inbox.renew(*token, length)).await {
                Ok(Ok(renewal @ (Renewal::Renewed | Renewal::Superseded))) => {
                    if renewal == Renewal::Superseded {
                        // The router ends the handlers that this concerns. The others go on.
                        delivery.interrupt(Interruption::Superseded);
                        pause = length / 3;
                    }
                    failures = 0;
                    leased_at = asked_at;
                    next = leased_at + pause;
                }
                Ok(Ok(Renewal::Lost)) | Err(_) => return,
                Ok(Err(error)) => {
                    tracing::warn!(error = &error as &dyn Error, "will try again to renew a lease");
                    failures += 1;
                    next = Instant::now() + STORE_BACK_OFF.delay(failures).min(length / 10);
                    if asked_at >= end {
                        return;
                    }
                }
            }
        }
    }
}

async fn handle(settings: &Settings, router: &Router, delivery: &Delivery) -> Settlement {
    #[cfg(feature = "metrics")]
    let _timing = crate::metrics::Handling::start(delivery);
    let outcome = router.dispatch(delivery).await;
    settings.settlement(delivery.attempt, &outcome)
}

/// Writes down an outcome, for as long as the store takes to take it. It may do so after the lease
/// has ended: if somebody else took the delivery, the store says so.
pub(super) async fn settle(
    inbox: &dyn Inbox,
    token: LeaseToken,
    delivery: &Delivery,
    settlement: Settlement,
) {
    let mut failures = 0;
    loop {
        match inbox.settle(token, settlement.clone()).await {
            Ok(true) => return log::settled(delivery, &settlement),
            Ok(false) => return log::lease_lost(delivery, "before the end"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "will try again to settle a delivery");
                failures += 1;
                sleep(STORE_BACK_OFF.delay(failures)).await;
            }
        }
    }
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the worker is gone; then this is about to be aborted anyway.
    let _ = stop.wait_for(|stop| *stop).await;
}
