//! The life of a worker, from its start to its end.

use std::error::Error;
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::attempt;
use super::expiring::expire_forever;
use super::leasing::lease_until;
use super::placing::place_forever;
use super::renewing::renew_forever;
use super::settings::STORE_BACK_OFF;
use super::settling::settle_forever;
use super::shared::Shared;
use super::taken::{Stage, Why};
use super::task::Task;
use super::worker::Worker;
use crate::inbox::Inbox;
use crate::names::Names;
use crate::own_runtime::own_runtime;

/// An aborted handler gets so long to stop. It takes no time unless it blocks its thread.
const ABORT_TIME: Duration = Duration::from_secs(1);

/// At the end of a shutdown there is so long to give back what was aborted.
const RELEASE_TIME: Duration = Duration::from_secs(5);

impl Worker {
    /// Works until `shutdown` completes. Then it takes nothing new, tells the handlers that run, waits for
    /// them for at most the drain time, aborts the rest and gives it back, so that another process can
    /// take it at once.
    ///
    /// It begins with [`Inbox::start`]. While the store is down it tries again; where that needs a person
    /// (the router cannot be used, a name belongs to another program) it says so in the log and returns.
    ///
    /// Dropping this future aborts everything at once; the leases then run out by themselves.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime, and in one without timers.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(());
        let handlers = self.handlers.clone().unwrap_or_else(Handle::current);
        let control = self.control.clone().unwrap_or_else(own_runtime);
        let mut working = Task::spawn(&control, self.work_until(handlers, gone(stopped)));
        let ended = tokio::select! {
            () = shutdown => {
                drop(stop);
                working.ended().await
            }
            ended = working.ended() => ended,
        };
        if let Err(error) = ended {
            tracing::error!(%error, "the worker broke off");
        }
    }

    async fn work_until(self, handlers: Handle, shutdown: impl Future<Output = ()>) {
        let Self { inbox, settings, .. } = self;
        let mut shutdown = pin!(shutdown);
        let names = tokio::select! {
            () = shutdown.as_mut() => return,
            names = start(&inbox) => names,
        };
        let Some(names) = names else { return };

        // From here on what is accepted is handed over, and what is due is leased.
        let shared = Arc::new(Shared::new(inbox, settings, names, handlers));
        let _closing = Closing(Arc::clone(&shared));
        open(&shared);
        let here = Handle::current();
        let (stop, stopped) = watch::channel(false);
        let _renewing = Task::spawn(&here, renew_forever(Arc::clone(&shared)));
        let _settling = Task::spawn(&here, settle_forever(Arc::clone(&shared)));
        let placing = Task::spawn(&here, place_forever(Arc::clone(&shared)));
        let expiring = Task::spawn(&here, expire_forever(Arc::clone(&shared)));
        let leasing: Vec<_> = (0..shared.pools.len())
            .map(|pool| lease_until(Arc::clone(&shared), pool, stopped.clone()))
            .map(|leasing| Task::spawn(&here, leasing))
            .collect();
        shutdown.await;

        // From here on nothing begins but `ended`.
        let drained_at = Instant::now() + shared.settings.drain_deadline;
        shared.inbox.pools().close();
        shared.stop();
        stop.send_replace(true);
        shared.holdings.interrupt_all(&Why::Shutdown);
        drop((placing, expiring));
        for mut leasing in leasing {
            if let Err(error) = leasing.ended().await {
                tracing::error!(%error, "leasing broke off");
            }
        }
        if timeout_at(drained_at, shared.holdings.emptied()).await.is_err() {
            abort(&shared).await;
        }
    }
}

/// Starts the inbox, for as long as it takes. Nothing: it takes a person.
async fn start(inbox: &Inbox) -> Option<Arc<Names>> {
    let mut failures = 0;
    loop {
        let started = async {
            inbox.start().await?;
            inbox.names().await
        };
        match started.await {
            Ok(names) => return Some(names),
            Err(error) if error.needs_a_person() => {
                tracing::error!(error = &error as &dyn Error, "the worker cannot start");
                return None;
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn Error, "will try again to start the worker");
                failures += 1;
                sleep(STORE_BACK_OFF.delay(failures)).await;
            }
        }
    }
}

/// Takes what is accepted in this process.
fn open(shared: &Arc<Shared>) {
    // Whoever accepts must not keep the worker alive.
    let weak: Weak<Shared> = Arc::downgrade(shared);
    shared.inbox.pools().open(shared.slots(), shared.settings.lease, move |task| {
        match weak.upgrade() {
            Some(shared) => attempt::begin_handed_over(&shared, task),
            None => Err(Box::new(task)),
        }
    });
    // Until the store was asked, who knows what waits.
    for pool in &shared.pools {
        shared.inbox.pools().set_behind(&pool.name, true);
    }
}

/// The time to finish is over. What does not run any more can be given back.
async fn abort(shared: &Shared) {
    let running = shared.holdings.len();
    tracing::warn!(running, "handlers are still running, aborting them");
    shared.holdings.abort_all();
    // What blocks its thread cannot be stopped, and is not given back as long as it runs.
    if timeout(ABORT_TIME, shared.holdings.emptied()).await.is_ok() {
        return;
    }
    for taken in shared.holdings.all() {
        if taken.stage() != Stage::Settling {
            crate::log::does_not_stop(taken.about());
            shared.holdings.remove(taken.token);
        }
    }
    if timeout(RELEASE_TIME, shared.holdings.emptied()).await.is_err() {
        let count = shared.holdings.len();
        tracing::warn!(count, "not given back in time; their leases run out by themselves");
    }
}

/// Ends everything when the worker ends, in whichever way.
struct Closing(Arc<Shared>);

impl Drop for Closing {
    fn drop(&mut self) {
        let Self(shared) = self;
        shared.stop();
        shared.inbox.pools().close();
        shared.holdings.close();
    }
}

/// Returns when the sender is gone.
async fn gone(mut sender: watch::Receiver<()>) {
    while sender.changed().await.is_ok() {}
}
