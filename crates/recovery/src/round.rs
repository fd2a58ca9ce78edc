use std::time::Duration;

use hookstead_client as client;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::error::Cause;
use crate::known::CHUNK;
use crate::ledger::Decision;
use crate::listing::{Listing, Step};
use crate::recovery::Recovery;
use crate::report::Report;
use crate::source::KnownHook;
use crate::taken::Taken;

/// After so many refusals in a row the round ends: it is not about single deliveries then, but about
/// the token, for GitHub says *not found* where a permission is missing.
const REFUSALS_IN_A_ROW: u32 = 10;

/// A round: list, take in, do.
impl Recovery {
    /// Does a round, and notes in the report what it does.
    pub(crate) async fn recover(&mut self, report: &mut Report) -> Result<(), Cause> {
        let hook = match &self.hook {
            Some(hook) => hook.clone(),
            None => self.hook.insert(self.source.resolve(&self.client).await?).clone(),
        };
        report.hook.clone_from(&hook.shown);
        let listed = self.list(&hook, report).await;
        let listing = listed.inspect_err(|error| {
            if error.is_not_found() {
                // What is known is about a hook that is gone; there may be another at its address.
                self.hook = None;
                self.known_until = None;
                self.ledger.clear();
                self.arrived.clear();
            }
        })?;
        self.note(listing, report).await?;
        self.settle(&hook, report).await
    }

    /// Reads GitHub's list, as far back as it matters.
    async fn list(
        &mut self,
        hook: &KnownHook,
        report: &mut Report,
    ) -> Result<Listing, client::Error> {
        let (mut listing, mut last) = match self.interrupted.take() {
            Some((listing, page)) => (listing, Some(page)),
            None => (self.new_listing(), None),
        };
        report.since = Some(listing.since.into());
        loop {
            let next = match &last {
                None => hook.deliveries.list().await.map(Some),
                Some(page) => self.client.next_page(page).await,
            };
            let mut page = match next {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) if error.is_endless_list() && listing.pages > 0 => {
                    tracing::warn!(hook = hook.shown, %error, "cannot read GitHub's list to its end");
                    return Ok(listing);
                }
                Err(error) => {
                    // A list may take more calls than the limit of an hour.
                    self.interrupted =
                        last.filter(|_| error.is_rate_limited()).map(|it| (listing, it));
                    return Err(error);
                }
            };
            if let Some(at) = page.answered_at().and_then(|at| at.instant()) {
                self.clock.learn(at);
            }
            if listing.pages == 0 {
                // By GitHub's clock, which is known only now.
                listing.since = self.since();
                report.since = Some(listing.since.into());
            }
            let step = listing.add(std::mem::take(&mut page.items));
            report.pages = listing.pages;
            report.listed = u64::try_from(listing.len()).unwrap_or(u64::MAX);
            match step {
                Step::Enough => break,
                Step::Repeats if page.has_next() => {
                    tracing::warn!(hook = hook.shown, "GitHub's list goes round in circles");
                    return Ok(listing);
                }
                _ => last = Some(page),
            }
        }
        report.is_complete = true;
        Ok(listing)
    }

    /// A list that begins with the newest delivery and matters since the last one known.
    fn new_listing(&self) -> Listing {
        Listing::new(self.since(), self.settings.overlap / 2)
    }

    /// What happened before does not matter.
    fn since(&self) -> Timestamp {
        let look_back = before(self.clock.now().moment, self.settings.look_back);
        let known_until = self.known_until.map(|until| before(until, self.settings.overlap));
        known_until.map_or(look_back, |known| known.max(look_back))
    }

    /// Takes in what was listed.
    async fn note(&mut self, listing: Listing, report: &mut Report) -> Result<(), Cause> {
        let now = self.clock.now();
        let is_first = self.known_until.is_none();
        let oldest = before(now.moment, self.settings.look_back);
        // A delivery from the future would make all that come until then old.
        let newest = listing.newest.map(|newest| newest.min(now.moment));
        let taken = Taken::read(&self.inbox).await?;
        let mut handed_over = Vec::new();
        for (guid, listed) in listing.events {
            // What GitHub does not name may be taken.
            let since = listed.event.as_ref().map(|event| taken.since(event));
            // The first round tells of what is lost; later ones need not say it again.
            let is_old = listed.attempts.values().all(|it| it.at.is_some_and(|at| at < oldest));
            if listed.is_ok {
                handed_over.push((guid, listed, since.flatten()));
            } else if self.ledger.remembers(&guid) {
                self.ledger.note(guid, listed, now);
            } else if since == Some(None) {
                report.failed += 1;
                report.ignored += 1;
            } else if is_first || !is_old {
                self.ledger.note(guid, listed, now);
            }
        }
        self.note_handed_over(handed_over).await?;
        if report.is_complete {
            self.known_until = self.known_until.max(newest);
        }
        Ok(())
    }

    /// Does what is to be done about each event that failed.
    async fn settle(&mut self, hook: &KnownHook, report: &mut Report) -> Result<(), Cause> {
        let decided = self.ledger.decide(&self.settings, self.clock.now());
        let mut to_do = Vec::new();
        for (guid, decision) in decided {
            match decision {
                Decision::GivenUp => continue,
                Decision::Forget => {
                    self.ledger.forget(&guid);
                    continue;
                }
                Decision::Wait => report.waiting += 1,
                Decision::Ask | Decision::GiveUp | Decision::Expired => {
                    to_do.push((guid.clone(), decision))
                }
            }
            report.failed += 1;
            report.answered += u64::from(self.ledger.is_answered(&guid));
        }
        let mut refusals = 0;
        for chunk in to_do.chunks(CHUNK) {
            let known = self.known(hook, chunk.iter().map(|(guid, _)| guid)).await?;
            for (guid, decision) in chunk {
                if known.contains(guid) {
                    report.known += 1;
                    self.ledger.forget(guid);
                    continue;
                }
                match decision {
                    Decision::Ask => self.ask(hook, guid, &mut refusals, report).await?,
                    Decision::GiveUp => {
                        report.given_up.extend(self.ledger.show(guid));
                        self.ledger.give_up(guid);
                    }
                    _ => {
                        report.expired.extend(self.ledger.show(guid));
                        self.ledger.forget(guid);
                    }
                }
            }
        }
        Ok(())
    }

    /// Asks GitHub to deliver an event again.
    async fn ask(
        &mut self,
        hook: &KnownHook,
        guid: &str,
        refusals: &mut u32,
        report: &mut Report,
    ) -> Result<(), Cause> {
        let Some(event) = self.ledger.show(guid) else {
            return Ok(());
        };
        // Noted first: whoever drops this must not ask twice.
        let before = self.ledger.ask(guid, Instant::now());
        match hook.deliveries.redeliver(event.delivery).await {
            Err(error) if !error.took_effect() => {
                let status = error.status().map_or(0, |status| status.as_u16());
                if was_not_processed(&error, status) {
                    self.ledger.take_back(guid, before);
                } else if matches!(status, 400 | 404 | 410 | 422) {
                    // This one, GitHub does not want to repeat; others it may.
                    tracing::debug!(hook = hook.shown, %event, %error, "not delivered again");
                    report.refused.push(event);
                    *refusals += 1;
                    if *refusals < REFUSALS_IN_A_ROW {
                        return Ok(());
                    }
                }
                Err(error.into())
            }
            // An answer that took effect and is unreadable is good enough.
            _ => {
                *refusals = 0;
                report.redelivered.push(event);
                Ok(())
            }
        }
    }
}

/// Whether GitHub has surely not begun a redelivery.
fn was_not_processed(error: &client::Error, status: u16) -> bool {
    error.is_connect()
        || error.is_not_github()
        || error.is_rate_limited()
        || error.attempts() == 0
        || matches!(status, 401 | 403)
}

/// The moment so long before.
fn before(moment: Timestamp, time: Duration) -> Timestamp {
    moment.checked_sub(time).unwrap_or(Timestamp::MIN)
}
