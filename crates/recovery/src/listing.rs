use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use hookstead_client::HookDelivery;
use hookstead_events::EventName;
use jiff::Timestamp;

/// What GitHub's list says, page by page, as far back as it matters: which events it handed over, and
/// which it tried in vain.
pub(crate) struct Listing {
    /// What is older does not matter.
    pub(crate) since: Timestamp,
    /// The list still counts as *newest first* when neighbours are swapped by so much.
    tolerance: Duration,
    pub(crate) pages: u64,
    /// The numbers of all attempts, to notice a list that goes round in circles.
    seen: HashSet<u64>,
    pub(crate) events: HashMap<String, Listed>,
    pub(crate) newest: Option<Timestamp>,
    oldest: Option<Timestamp>,
    descends: bool,
    began_in_range: bool,
}

/// An event, by all of its attempts that are listed.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// Whether it was handed over, by whichever attempt.
    pub(crate) is_ok: bool,
    /// When it was handed over last, as far as GitHub says.
    pub(crate) handed_over: Option<Timestamp>,
    pub(crate) event: Option<EventName>,
    pub(crate) action: Option<String>,
    /// The attempts, by number: all that failed, or once it was handed over, those that did that.
    pub(crate) attempts: BTreeMap<u64, Attempt>,
}

/// An attempt of GitHub's.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) at: Option<Timestamp>,
    pub(crate) is_redelivery: bool,
    /// What came of it, in GitHub's words.
    pub(crate) status: String,
}

/// Whether the next page is worth asking for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    GoOn,
    /// Everything that matters is here.
    Enough,
    /// There was nothing new on the page: the links go round in circles.
    Repeats,
}

impl Listing {
    pub(crate) fn new(since: Timestamp, tolerance: Duration) -> Self {
        Self {
            since,
            tolerance,
            pages: 0,
            seen: HashSet::new(),
            events: HashMap::new(),
            newest: None,
            oldest: None,
            descends: true,
            began_in_range: false,
        }
    }

    /// How many attempts there are.
    pub(crate) fn len(&self) -> usize {
        self.seen.len()
    }

    /// Takes a page in.
    ///
    /// GitHub documents no order. The rest is left out only when the newest certainly come first:
    /// the list began with something that matters, has gone down ever since, and a whole page no
    /// longer matters.
    pub(crate) fn add(&mut self, page: Vec<HookDelivery>) -> Step {
        let seen_before = self.seen.len();
        let (mut some_matter, mut all_are_old) = (false, true);
        for delivery in page {
            if !self.seen.insert(delivery.id) {
                continue;
            }
            let at = delivery.delivered_at.as_ref().and_then(|at| at.instant());
            let is_old = at.is_some_and(|at| at < self.since);
            some_matter |= !is_old;
            all_are_old &= is_old;
            if let Some(at) = at {
                self.descends &=
                    self.oldest.is_none_or(|oldest| !is_after(at, oldest, self.tolerance));
                self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
                self.newest = self.newest.max(Some(at));
            }
            self.note(delivery, at);
        }
        if self.pages == 0 {
            self.began_in_range = some_matter;
        }
        self.pages = self.pages.saturating_add(1);
        if self.seen.len() == seen_before {
            Step::Repeats
        } else if self.descends && self.began_in_range && all_are_old {
            Step::Enough
        } else {
            Step::GoOn
        }
    }

    fn note(&mut self, delivery: HookDelivery, at: Option<Timestamp>) {
        let is_ok = delivery.is_ok();
        let listed = self.events.entry(delivery.guid).or_default();
        if listed.is_ok && !is_ok {
            return;
        }
        if is_ok {
            // Most are, and what failed before tells nothing more.
            listed.attempts.retain(|_, attempt| attempt.status == delivery.status);
            listed.is_ok = true;
            listed.handed_over = listed.handed_over.max(at);
        }
        listed.event = delivery.event.map(EventName::from);
        listed.action = delivery.action;
        let is_redelivery = delivery.redelivery.unwrap_or(false);
        let attempt = Attempt { at, is_redelivery, status: delivery.status };
        listed.attempts.insert(delivery.id, attempt);
    }
}

/// Whether a moment is after another one by more than this.
fn is_after(at: Timestamp, other: Timestamp, by: Duration) -> bool {
    // A negative difference is none.
    Duration::try_from(at.duration_since(other)).is_ok_and(|difference| difference > by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const TOLERANCE: Duration = Duration::from_secs(30 * 60);

    fn moment(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
    }

    fn attempt(id: u64, minutes: i64) -> Value {
        json!({
            "id": id,
            "guid": format!("guid-{id}"),
            "status": "failed to connect to host",
            "delivered_at": moment(minutes).to_string(),
            "event": "push",
        })
    }

    fn page(attempts: impl IntoIterator<Item = Value>) -> Vec<HookDelivery> {
        attempts.into_iter().map(|it| serde_json::from_value(it).unwrap()).collect()
    }

    fn listing(since: i64) -> Listing {
        Listing::new(moment(since), TOLERANCE)
    }

    #[test]
    fn the_newest_first_end_with_the_first_page_that_is_too_old() {
        let mut listing = listing(0);
        assert_eq!(listing.add(page([attempt(9, 90), attempt(8, 60)])), Step::GoOn);
        assert_eq!(listing.add(page([attempt(7, 5), attempt(6, -5)])), Step::GoOn);
        assert_eq!(listing.add(page([attempt(5, -10), attempt(4, -8)])), Step::Enough);
        assert_eq!((listing.len(), listing.pages), (6, 3));
        assert_eq!(listing.newest, Some(moment(90)));
    }

    #[test]
    fn the_oldest_first_are_read_to_the_end() {
        let mut listing = listing(0);
        assert_eq!(listing.add(page([attempt(1, -900), attempt(2, -899)])), Step::GoOn);
        assert_eq!(listing.add(page([attempt(3, -500), attempt(4, -400)])), Step::GoOn);
        assert_eq!(listing.add(page([attempt(5, 1), attempt(6, 2)])), Step::GoOn);
        assert_eq!(listing.add(page([attempt(7, 600)])), Step::GoOn);
    }

    #[test]
    fn no_order_is_read_to_the_end() {
        let mut listing = listing(0);
        assert_eq!(
            listing.add(page([attempt(1, 100), attempt(2, -300), attempt(3, 90)])),
            Step::GoOn
        );
        assert_eq!(listing.add(page([attempt(4, -400)])), Step::GoOn);
        assert_eq!(listing.add(page([attempt(5, 10)])), Step::GoOn);
    }

    #[test]
    fn what_has_no_time_is_no_reason_to_stop() {
        let mut listing = listing(0);
        assert_eq!(listing.add(page([attempt(9, 90)])), Step::GoOn);
        let mut timeless = attempt(8, 0);
        timeless["delivered_at"] = Value::Null;
        assert_eq!(listing.add(page([attempt(7, -90), timeless])), Step::GoOn);
        assert_eq!(listing.add(page([attempt(6, -91)])), Step::Enough);
    }

    #[test]
    fn a_page_without_anything_new_ends_it() {
        let mut listing = listing(0);
        assert_eq!(listing.add(page([attempt(2, 90), attempt(1, 80)])), Step::GoOn);
        assert_eq!(listing.add(page([attempt(2, 90), attempt(1, 80)])), Step::Repeats);
        assert_eq!(listing.add(page([])), Step::Repeats);
        assert_eq!(listing.len(), 2);
    }

    #[test]
    fn one_good_attempt_is_enough_wherever_it_stands() {
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let mut attempts = [attempt(1, 1), attempt(2, 2), attempt(3, 3)];
            for it in &mut attempts {
                it["guid"] = json!("same");
            }
            attempts[1]["status"] = json!("OK");
            let mut listing = listing(0);
            listing.add(page(order.map(|index| attempts[index].clone())));
            let listed = &listing.events["same"];
            assert!(listed.is_ok && listed.attempts.keys().eq([&2]), "{order:?}");
            assert_eq!(listed.handed_over, Some(moment(2)), "{order:?}");
        }
    }
}
