//! What an inbox does when it begins, and beside its work while it lives: its names are written into
//! the registry and kept alive there, what nobody takes is told, old things are forgotten.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hookstead_events::{EventName, Timestamp};
use hookstead_handler::HandlerName;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::error::InboxError;
use crate::inbox::{Inbox, WeakInbox};
use crate::names::{Names, OwnName, claims};
use crate::own_runtime::own_runtime;
use crate::room::{PURGE_PAUSE, add, is_nothing};
use crate::store::entry::Filter;
use crate::store::purge::Purged;
use crate::store::registry::Process;

/// A process says so often that it is alive: 20 times while it counts as alive, so that a few that
/// fail mean nothing.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// The registry that was read so long ago is read anew before a delivery is turned away because nobody
/// takes its event: a newer version of the program may have come since. Not more often: organizations
/// send many events that nobody takes.
const REGISTRY_AGE: Duration = Duration::from_secs(1);

/// How often an inbox forgets what is old. Nobody waits for it.
const PURGE_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// The first time comes so soon: not with everything else at the start, and also in a process that does
/// not live long.
const FIRST_PURGE: Duration = Duration::from_secs(60);

impl Inbox {
    /// Makes the names of this process known: only then are tasks written for them, and leased. And keeps
    /// them known as long as there is a clone of this inbox. A worker and a server start their inbox; so
    /// does whatever needs the names first. Called again, it does nothing.
    ///
    /// Says in the log what needs a person's eye: tasks that wait for names which no process takes, former
    /// names of which nothing is left.
    ///
    /// # Errors
    ///
    /// Fails when the router cannot be used ([`Router::check`](hookstead_handler::Router::check)), when
    /// a process of another program that is alive has one of the names, and when the store is down. The
    /// first two need a person ([`InboxError::needs_a_person`]).
    pub async fn start(&self) -> Result<(), InboxError> {
        let names = self.names().await?;
        if !self.shared.has_told_start.swap(true, Ordering::Relaxed) {
            self.tell_names(&names);
            self.tell_untaken().await;
            self.tell_former(&names).await;
        }
        Ok(())
    }

    /// Takes the names of this process out of the registry: it counts as not alive from now on, and what it
    /// took is told as taken by nobody. For a program that is removed for good.
    ///
    /// A server that stops does not do this. Until it is started again, others of its program go on to
    /// write tasks for its names; so nothing is lost for a handler while the only process that has
    /// it is replaced.
    ///
    /// # Errors
    ///
    /// Fails when the store is down.
    pub async fn leave(&self) -> Result<(), InboxError> {
        self.shared.background.lock().await.abort_all();
        self.store().leave(self.process()).await
    }

    /// Writes the names into the registry, and reads it.
    pub(crate) async fn register(&self) -> Result<Arc<Names>, InboxError> {
        let registered = self.router().registrations();
        let claims = claims(registered);
        let numbers = match claims.len() {
            0 => Vec::new(),
            _ => self.store().register(self.process(), &claims).await?,
        };
        if numbers.len() != claims.len() {
            let wrong = format!("{} numbers came for {} names", numbers.len(), claims.len());
            return Err(InboxError::store("register its names", wrong));
        }
        let names = Names::new(registered, &numbers, self.store().registry().await?);
        let names = Arc::new(names);
        self.shared.set_names(Arc::clone(&names));
        Ok(names)
    }

    pub(crate) fn begin_background(&self, background: &mut JoinSet<()>) {
        let runtime = self.settings.background_on.clone().unwrap_or_else(own_runtime);
        background.spawn_on(keep_alive(self.downgrade()), &runtime);
        background.spawn_on(keep_forgetting(self.downgrade()), &runtime);
        #[cfg(feature = "metrics")]
        {
            let interval = self.settings.gauge_interval;
            background.spawn_on(keep_gauges(self.downgrade(), interval), &runtime);
        }
    }

    /// Whether a handler of this process takes this event, or one of another version of its program that
    /// was seen lately.
    ///
    /// # Errors
    ///
    /// Fails as [`start`](Self::start) does.
    pub async fn takes(&self, event: &EventName) -> Result<bool, InboxError> {
        let names = self.names().await?;
        if names.taking(event).next().is_some() {
            return Ok(true);
        }
        Ok(self.fresh_names(names).await.others_take(&self.process().program, event))
    }

    /// The names with a registry that is not old, if the store answers.
    pub(crate) async fn fresh_names(&self, names: Arc<Names>) -> Arc<Names> {
        let is_fresh = || self.shared.known_names().filter(|(_, at)| at.elapsed() < REGISTRY_AGE);
        if is_fresh().is_some() {
            return names;
        }
        // One asks for all; who comes meanwhile waits for its answer.
        let _asking = self.shared.background.lock().await;
        if let Some((names, _)) = is_fresh() {
            return names;
        }
        match self.store().registry().await {
            Ok(registry) => {
                // A heartbeat may have come in between.
                let latest = self.shared.known_names().map_or(names, |(latest, _)| latest);
                let names = Arc::new(latest.with_registry(registry));
                self.shared.set_names(Arc::clone(&names));
                names
            }
            Err(error) => {
                tracing::debug!(error = &error as &dyn Error, "the registry is of a while ago");
                names
            }
        }
    }

    /// Says what this process takes.
    fn tell_names(&self, names: &Names) {
        let handlers: BTreeSet<&str> =
            names.own().iter().map(|name| name.name().as_str()).collect();
        let handlers = handlers.into_iter().collect::<Vec<_>>().join(", ");
        let store = self.store_kind();
        tracing::info!(process = %self.process(), store, handlers, "the handlers are registered");
    }

    /// Says what waits for names that nobody takes.
    async fn tell_untaken(&self) {
        let depth = match self.store().depth().await {
            Ok(depth) => depth,
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "cannot say what nobody takes");
                return;
            }
        };
        for name in depth.names.iter().filter(|name| !name.is_alive) {
            let tasks = name.ready + name.delayed + name.blocked;
            if tasks > 0 {
                let handler = &name.name;
                tracing::warn!(%handler, tasks, "tasks wait for a handler that no process has");
            }
        }
    }

    /// Says of which former names nothing is left.
    async fn tell_former(&self, names: &Names) {
        for name in names.own() {
            for former in name.registered.formerly() {
                match self.is_left(names, name, former).await {
                    Ok(true) => {}
                    Ok(false) => tracing::info!(
                        handler = %name.name(),
                        former = %former,
                        "nothing of the former name is left, `formerly` can go",
                    ),
                    Err(error) => {
                        tracing::debug!(
                            error = &error as &dyn Error,
                            "cannot look for a former name"
                        );
                    }
                }
            }
        }
    }

    /// Whether something of a former name may be left: a process that has it, or tasks. The new name has
    /// the old one's numbers, so whose the tasks are only the time tells: after the name was last seen
    /// none was written.
    async fn is_left(
        &self,
        names: &Names,
        name: &OwnName,
        former: &HandlerName,
    ) -> Result<bool, InboxError> {
        let event = name.registered.event();
        let mut known =
            names.registry().iter().filter(|it| it.name == *former && it.event == event);
        // Whatever was written for it is forgotten by then.
        let forgotten_after = self.settings.keep_settled.saturating_add(Process::ALIVE);
        if !known.any(|known| seen_ago(&known.last_seen) <= forgotten_after) {
            return Ok(false);
        }
        let filter = Filter::default().of_name(former.clone()).at_most(1);
        Ok(!self.store().list(&filter, None).await?.is_empty())
    }

    /// Since when somebody takes this event: the earliest moment at which a process claimed it for a name of
    /// this program that is alive. What GitHub handed over before nobody missed. `None`: nobody takes it.
    ///
    /// # Errors
    ///
    /// Fails as [`start`](Self::start) does.
    pub async fn taken_since(&self, event: &EventName) -> Result<Option<Timestamp>, InboxError> {
        let names = self.fresh_names(self.names().await?).await;
        let taking = names.of_program(&self.process().program, event);
        Ok(taking.map(|known| known.first_seen.clone()).min_by_key(Timestamp::instant))
    }

    /// Says what goes wrong where a recovery brings late what others have overtaken.
    pub(crate) fn tell_of_recovery(&self) {
        if self.shared.has_told_of_recovery.swap(true, Ordering::Relaxed) {
            return;
        }
        for registered in self.router().registrations() {
            if registered.is_latest_by_acceptance() {
                tracing::warn!(
                    handler = %registered.name(),
                    "with `latest_only`, what the recovery brings late takes the place of what is newer; \
                     `latest_by` goes by a moment of the event",
                );
            }
        }
    }
}

/// How long ago that was; no time at all by a clock that is behind.
fn seen_ago(last_seen: &Timestamp) -> Duration {
    let ago = last_seen.instant().map(|at| jiff::Timestamp::now().duration_since(at));
    ago.and_then(|ago| Duration::try_from(ago).ok()).unwrap_or_default()
}

/// Says again and again that this process is alive.
async fn keep_alive(inbox: WeakInbox) {
    loop {
        sleep(HEARTBEAT).await;
        let Some(inbox) = inbox.upgrade() else { return };
        let beating = contained(async move { inbox.register().await.map(drop) });
        if let Err(error) = beating.await {
            tracing::warn!(error = &error as &dyn Error, "cannot say that this process is alive");
        }
    }
}

/// Forgets what was settled long ago, now and then. Between two portions it keeps no inbox alive.
async fn keep_forgetting(inbox: WeakInbox) {
    sleep(FIRST_PURGE).await;
    let mut all = Purged::default();
    while let Some(inbox) = inbox.upgrade() {
        let purging = contained(async move { inbox.store().purge(&inbox.usual_purge()).await });
        match purging.await {
            Ok(purged) => {
                add(&mut all, &purged);
                if purged.is_more && !is_nothing(&purged) {
                    sleep(PURGE_PAUSE).await;
                    continue;
                }
            }
            Err(error) => tracing::warn!(error = &error as &dyn Error, "could not purge"),
        }
        if !is_nothing(&all) {
            let Purged { bodies, tasks, deliveries, untaken, .. } = std::mem::take(&mut all);
            tracing::info!(bodies, tasks, deliveries, untaken, "forgot what was settled long ago");
        }
        sleep(PURGE_INTERVAL).await;
    }
}

/// Does it in a task of its own: a store that panics stops it once, not for ever.
async fn contained<T: Send + 'static>(
    work: impl Future<Output = Result<T, InboxError>> + Send + 'static,
) -> Result<T, InboxError> {
    let done = tokio::spawn(work).await;
    done.unwrap_or_else(|broken_off| Err(InboxError::store("go on beside its work", broken_off)))
}

/// Keeps the gauges up to date. While the store fails they stay as they are.
#[cfg(feature = "metrics")]
async fn keep_gauges(inbox: WeakInbox, interval: Duration) {
    let mut shown = std::collections::BTreeSet::new();
    while let Some(inbox) = inbox.upgrade() {
        match inbox.store().depth().await {
            Ok(depth) => crate::metrics::show(&depth, &mut shown),
            Err(error) => tracing::debug!(error = &error as &dyn Error, "no depth for the metrics"),
        }
        drop(inbox);
        sleep(interval).await;
    }
}
