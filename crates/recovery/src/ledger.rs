use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use hookstead_events::EventName;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::clock::Now;
use crate::listing::{Attempt, Listed};
use crate::report::FailedEvent;
use crate::settings::Settings;

/// The events that never arrived, kept from round to round: so a round needs to list only what is new.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    events: HashMap<String, Missing>,
}

/// An event that never arrived.
#[derive(Debug)]
struct Missing {
    /// GitHub believes that it did.
    is_answered: bool,
    event: Option<EventName>,
    action: Option<String>,
    attempts: BTreeMap<u64, Attempt>,
    /// When its newest attempt was listed first: how old that is at least, whatever the clocks say.
    seen_at: Instant,
    asks: Asks,
    is_given_up: bool,
}

/// What was asked for and may not be listed yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asks {
    redeliveries: u32,
    last: Option<Instant>,
}

/// What is to be done about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing yet: it may be on its way, or it was tried a moment ago.
    Wait,
    Ask,
    GiveUp,
    /// GitHub no longer has it.
    Expired,
    /// Nothing: it was given up.
    GivenUp,
    /// It was given up, and GitHub no longer has it.
    Forget,
}

impl Ledger {
    pub(crate) fn clear(&mut self) {
        self.events.clear();
    }

    /// Takes in what the list says of an event that never arrived.
    pub(crate) fn note(&mut self, guid: String, listed: Listed, now: Now) {
        match self.events.entry(guid) {
            Entry::Vacant(place) => {
                place.insert(Missing {
                    is_answered: listed.is_ok,
                    event: listed.event,
                    action: listed.action,
                    attempts: listed.attempts,
                    seen_at: now.instant,
                    asks: Asks::default(),
                    is_given_up: false,
                });
            }
            Entry::Occupied(mut place) => {
                let missing = place.get_mut();
                let before = missing.newest().map(|(id, _)| id);
                missing.is_answered |= listed.is_ok;
                missing.attempts.extend(listed.attempts);
                if missing.newest().map(|(id, _)| id) != before {
                    missing.seen_at = now.instant;
                }
            }
        }
    }

    pub(crate) fn remembers(&self, guid: &str) -> bool {
        self.events.contains_key(guid)
    }

    /// Whether GitHub believes that it arrived.
    pub(crate) fn is_answered(&self, guid: &str) -> bool {
        self.events.get(guid).is_some_and(|missing| missing.is_answered)
    }

    pub(crate) fn forget(&mut self, guid: &str) {
        self.events.remove(guid);
    }

    /// What is to be done about each event, the oldest first: it is the first that GitHub will forget.
    pub(crate) fn decide(&self, settings: &Settings, now: Now) -> Vec<(String, Decision)> {
        let mut events: Vec<_> = self.events.iter().collect();
        events.sort_by_key(|(guid, missing)| (missing.first(), *guid));
        let decided =
            |(guid, missing): (&String, &Missing)| (guid.clone(), missing.decide(settings, now));
        events.into_iter().map(decided).collect()
    }

    /// The event as a report shows it.
    pub(crate) fn show(&self, guid: &str) -> Option<FailedEvent> {
        let missing = self.events.get(guid)?;
        let (delivery, newest) = missing.newest()?;
        let event = missing.event.as_ref().map_or("?", EventName::as_str);
        let event = match &missing.action {
            // Some actions are chosen by a caller of GitHub's API.
            Some(action) => format!("{event}.{}", action.escape_debug()),
            None => event.to_owned(),
        };
        Some(FailedEvent {
            guid: guid.to_owned(),
            event,
            delivery,
            delivered_at: newest.at.map(Into::into),
            status: newest.status.clone(),
            redeliveries: missing.redeliveries(),
        })
    }

    /// Notes that a redelivery is asked for. Returns what was known before, for
    /// [`take_back`](Self::take_back).
    pub(crate) fn ask(&mut self, guid: &str, now: Instant) -> Asks {
        let Some(missing) = self.events.get_mut(guid) else {
            return Asks::default();
        };
        let redeliveries = missing.redeliveries().saturating_add(1);
        std::mem::replace(&mut missing.asks, Asks { redeliveries, last: Some(now) })
    }

    /// The redelivery was surely not begun.
    pub(crate) fn take_back(&mut self, guid: &str, before: Asks) {
        if let Some(missing) = self.events.get_mut(guid) {
            missing.asks = before;
        }
    }

    pub(crate) fn give_up(&mut self, guid: &str) {
        if let Some(missing) = self.events.get_mut(guid) {
            missing.is_given_up = true;
        }
    }
}

impl Missing {
    fn first(&self) -> Option<Timestamp> {
        self.attempts.values().filter_map(|attempt| attempt.at).min()
    }

    /// The attempt that GitHub made last. Numbers grow, as far as one knows; times decide.
    fn newest(&self) -> Option<(u64, &Attempt)> {
        let newest = self.attempts.iter().max_by_key(|(id, attempt)| (attempt.at, **id));
        newest.map(|(id, attempt)| (*id, attempt))
    }

    /// How often it was delivered again, by whomever; GitHub's list is what survives a restart.
    fn redeliveries(&self) -> u32 {
        let listed = self.attempts.values().filter(|attempt| attempt.is_redelivery).count();
        let listed = listed.max(self.attempts.len().saturating_sub(1));
        u32::try_from(listed).unwrap_or(u32::MAX).max(self.asks.redeliveries)
    }

    fn decide(&self, settings: &Settings, now: Now) -> Decision {
        let since_listed = now.instant.saturating_duration_since(self.seen_at);
        let newest = self.newest().and_then(|(_, attempt)| attempt.at);
        let age = newest.map_or(Duration::ZERO, |at| now.age_of(at)).max(since_listed);
        let asked = self.asks.last.map(|last| now.instant.saturating_duration_since(last));
        let is_quiet_for =
            |pause: Duration| age >= pause && asked.is_none_or(|asked| asked >= pause);
        let redeliveries = self.redeliveries();
        if age > settings.look_back {
            if self.is_given_up { Decision::Forget } else { Decision::Expired }
        } else if self.is_given_up {
            Decision::GivenUp
        } else if redeliveries >= settings.max_redeliveries {
            // The last one may still be under way.
            if is_quiet_for(settings.margin) { Decision::GiveUp } else { Decision::Wait }
        } else if is_quiet_for(settings.pause_after(redeliveries)) {
            Decision::Ask
        } else {
            Decision::Wait
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// A ledger with one event, and a clock.
    struct Play {
        ledger: Ledger,
        began: Now,
        now: Now,
    }

    impl Play {
        fn new() -> Self {
            let now = crate::clock::Clock::default().now();
            Self { ledger: Ledger::default(), began: now, now }
        }

        fn later(&mut self, time: Duration) {
            self.now.moment = self.now.moment.checked_add(time).unwrap();
            self.now.instant += time;
        }

        /// An attempt of now fails, by a clock of GitHub's that is so many seconds ahead.
        fn fail(&mut self, id: u64, ahead: i64) {
            let at = self.now.moment.as_second() + ahead;
            let at = Some(Timestamp::from_second(at).unwrap());
            let status = "timed out".to_owned();
            let attempt = Attempt { at, is_redelivery: id > 1, status };
            let attempts = BTreeMap::from([(id, attempt)]);
            self.ledger.note("guid".to_owned(), Listed { attempts, ..Listed::default() }, self.now);
        }

        fn decision(&self) -> Option<Decision> {
            let decided = self.ledger.decide(&Settings::default(), self.now);
            decided.first().map(|(_, decision)| *decision)
        }
    }

    #[test]
    fn a_failing_event_is_asked_for_ever_less_often_and_given_up_within_the_window() {
        let mut play = Play::new();
        play.fail(1, 0);
        let mut asked_after = Vec::new();
        loop {
            match play.decision().unwrap() {
                Decision::Wait => play.later(MINUTE),
                Decision::Ask => {
                    let age = play.now.instant - play.began.instant;
                    asked_after.push(age.as_secs() / 60);
                    play.ledger.ask("guid", play.now.instant);
                    play.later(Duration::from_secs(20));
                    play.fail(u64::try_from(asked_after.len()).unwrap() + 1, 0);
                    play.later(Duration::from_secs(40));
                }
                other => break assert_eq!(other, Decision::GiveUp),
            }
        }
        // A pause is counted from the attempt, which is a little later than the question.
        assert_eq!(asked_after[..6], [1, 4, 9, 18, 35, 68]);
        assert_eq!(asked_after.len(), 24);
        let age = play.now.instant - play.began.instant;
        assert!(age > Duration::from_secs(60 * 3600), "{age:?}");
        assert_eq!(play.ledger.show("guid").unwrap().redeliveries, 24);
        play.ledger.give_up("guid");
        assert_eq!(play.decision(), Some(Decision::GivenUp));
        play.later(Settings::default().look_back);
        assert_eq!(play.decision(), Some(Decision::Forget));
    }

    #[test]
    fn what_was_asked_for_counts_before_it_is_listed() {
        let mut play = Play::new();
        play.fail(1, 0);
        play.later(MINUTE);
        assert_eq!(play.decision(), Some(Decision::Ask));
        let before = play.ledger.ask("guid", play.now.instant);
        play.later(MINUTE);
        assert_eq!(play.decision(), Some(Decision::Wait));
        play.later(MINUTE);
        assert_eq!(play.decision(), Some(Decision::Ask));
        assert_eq!(play.ledger.show("guid").unwrap().redeliveries, 1);
        play.ledger.take_back("guid", before);
        assert_eq!(play.ledger.show("guid").unwrap().redeliveries, 0);
        play.ledger.forget("guid");
        assert_eq!(play.decision(), None);
    }

    #[test]
    fn a_slow_clock_costs_a_margin_and_no_more() {
        let mut play = Play::new();
        play.fail(1, 24 * 3600);
        play.later(MINUTE - Duration::from_secs(1));
        assert_eq!(play.decision(), Some(Decision::Wait));
        // Listing it again does not make it newer.
        play.fail(1, 24 * 3600);
        play.later(Duration::from_secs(1));
        assert_eq!(play.decision(), Some(Decision::Ask));
    }
}
