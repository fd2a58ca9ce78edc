use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::hub::{CATCH_UP, Hub};
use super::ring::{Next, Place};
use super::watchers::Watchers;
use super::window::warm;
use super::wire::{self, LinesJson};
use crate::journal::{Journal, JournalError};
use crate::record::{Build, BuildState};

/// Something is sent so often at least: proxies cut off what is silent for half a minute.
const COMMENT_INTERVAL: Duration = Duration::from_secs(15);

/// A page is fetched again so often at most: what changes more often, nobody reads.
const CHANGE_INTERVAL: Duration = Duration::from_secs(1);

/// So much of a log is read at once for somebody who has to catch up.
const AT_ONCE: u32 = 64 * 1024;

pub(super) type Parts = mpsc::Sender<Result<Bytes, JournalError>>;

/// The reader has gone, or the server leaves.
struct Gone;

/// Somebody who watches.
pub(super) struct Watching {
    pub(super) parts: Parts,
    pub(super) leaving: watch::Receiver<bool>,
    pub(super) _permit: OwnedSemaphorePermit,
}

impl Watching {
    async fn send(&self, event: Bytes) -> Result<(), Gone> {
        self.parts.send(Ok(event)).await.map_err(|_| Gone)
    }

    /// Says that the server leaves, to whoever still listens.
    async fn leave(&self) {
        let _gone = self.send(wire::LEAVING).await;
    }

    /// Sends the events of a build, from this byte of its log on. The page knows of this state.
    pub(super) async fn build(
        self,
        journal: Journal,
        watchers: Arc<Watchers>,
        build: Build,
        from: u64,
        known: BuildState,
    ) {
        let number = build.number;
        let done = async {
            if self.send(wire::BEGINNING).await.is_err() {
                return Ok(());
            }
            if build.state.is_final() {
                // Nothing more is written: nobody else need be told, too.
                return self.the_end(&journal, &build, from, known).await;
            }
            let hub = watchers.hub(&journal, number, from).await?;
            self.follow(&journal, &hub, number, from, known).await
        };
        let done: Result<(), JournalError> = done.await;
        if let Err(error) = done {
            let error = &error as &dyn Error;
            tracing::warn!(error, build = number, "cannot send the events of a build");
        }
    }

    async fn the_end(
        &self,
        journal: &Journal,
        build: &Build,
        from: u64,
        known: BuildState,
    ) -> Result<(), JournalError> {
        let is_forgotten = journal.log(build.number, from, 1).await?.is_forgotten;
        let mut place = Place::new(from, from);
        let end = || if is_forgotten { 0 } else { build.log_bytes };
        if self.catch_up(journal, build.number, &mut place, end).await?.is_err() {
            return Ok(());
        }
        if known != build.state {
            let _gone = self.send(wire::change(build.state.as_str())).await;
        }
        let _gone = self.send(wire::OVER).await;
        Ok(())
    }

    async fn follow(
        &self,
        journal: &Journal,
        hub: &Hub,
        number: i64,
        from: u64,
        known: BuildState,
    ) -> Result<(), JournalError> {
        let mut place = Place::new(from, from);
        let mut news = hub.news.subscribe();
        let mut known = (known, hub.ring().news.last_entry);
        let mut changed_at: Option<Instant> = None;
        loop {
            news.borrow_and_update();
            let next = hub.ring().next(&mut place);
            let now = hub.ring().news;
            let is_changed = known != (now.state, now.last_entry);
            let pause = changed_at.map(|at| at + CHANGE_INTERVAL);
            let pause = pause.filter(|pause| *pause > Instant::now() && now.state == known.0);
            let sent = match next {
                Next::Send(event) => self.send(event).await,
                Next::Behind => {
                    let until = || hub.ring().from();
                    self.catch_up(journal, number, &mut place, until).await?
                }
                _ if is_changed && pause.is_none() => {
                    known = (now.state, now.last_entry);
                    changed_at = Some(Instant::now());
                    self.send(wire::change(now.state.as_str())).await
                }
                Next::Over => {
                    let _gone = self.send(wire::OVER).await;
                    return Ok(());
                }
                Next::Wait => self.wait(&mut news, pause.filter(|_| is_changed)).await,
            };
            if sent.is_err() {
                return Ok(());
            }
        }
    }

    /// Waits for news, or for a moment, and sends a comment where it takes long.
    async fn wait(
        &self,
        news: &mut watch::Receiver<()>,
        until: Option<Instant>,
    ) -> Result<(), Gone> {
        let comment = Instant::now() + COMMENT_INTERVAL;
        tokio::select! {
            _ = news.changed() => return Ok(()),
            () = sleep_until(until.unwrap_or(comment)) => {}
            () = self.parts.closed() => return Err(Gone),
            () = leaving(self.leaving.clone()) => {
                let _gone = timeout(CHANGE_INTERVAL, self.leave()).await;
                return Err(Gone);
            }
        }
        if until.is_none() { self.send(wire::COMMENT).await } else { Ok(()) }
    }

    /// Reads for this one alone, until it is where the others are.
    async fn catch_up(
        &self,
        journal: &Journal,
        number: i64,
        place: &mut Place,
        until: impl Fn() -> u64,
    ) -> Result<Result<(), Gone>, JournalError> {
        let start = place.read;
        if start >= until() {
            return Ok(Ok(()));
        }
        if until().saturating_sub(start) > CATCH_UP {
            let _gone = self.send(wire::RESET).await;
            return Ok(Err(Gone));
        }
        let mut converter = warm(journal, number, start).await?;
        while converter.at() < until() {
            let part = journal.log(number, converter.at(), AT_ONCE).await?;
            if part.bytes.is_empty() {
                break;
            }
            let mut lines = LinesJson::new(converter.number());
            converter.read(&part.bytes, |line| {
                if line.end > start {
                    lines.add(&wire::line(&line));
                }
            });
            let rest = converter.rest().map(|rest| wire::text(&rest.html));
            let to = converter.start().max(start);
            *place = Place::new(to, converter.at());
            if self.send(lines.event(rest.as_deref(), to)).await.is_err() {
                return Ok(Err(Gone));
            }
        }
        Ok(Ok(()))
    }

    /// Sends the events of all other pages. The page knows of this entry of the journal.
    pub(super) async fn journal(self, journal: Journal, known: Option<i64>) {
        let mut watch = match journal.watch_all().await {
            Ok(watch) => watch,
            Err(error) => {
                let error = &error as &dyn Error;
                tracing::warn!(error, "cannot send the events of the journal");
                return;
            }
        };
        if self.send(wire::BEGINNING).await.is_err() {
            return;
        }
        let mut known = known.unwrap_or(watch.news().last_entry);
        loop {
            let now = watch.news().last_entry;
            let comment = Instant::now() + COMMENT_INTERVAL;
            if now != known {
                known = now;
                if self.send(wire::change("journal")).await.is_err() {
                    return;
                }
                tokio::time::sleep(CHANGE_INTERVAL).await;
                continue;
            }
            tokio::select! {
                _ = watch.changed() => {}
                () = sleep_until(comment) => {
                    if self.send(wire::COMMENT).await.is_err() {
                        return;
                    }
                }
                () = self.parts.closed() => return,
                () = leaving(self.leaving.clone()) => {
                    let _gone = timeout(CHANGE_INTERVAL, self.leave()).await;
                    return;
                }
            }
        }
    }
}

async fn leaving(mut leaving: watch::Receiver<bool>) {
    let _sender_is_gone = leaving.wait_for(|leaving| *leaving).await.is_err();
}
