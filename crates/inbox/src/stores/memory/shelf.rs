use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use bytes::Bytes;
use hookstead_events::Timestamp;
use hookstead_handler::{Delivery, DeliveryId};
use tokio::time::Instant;

use crate::time::bounded;
use crate::{
    Accepted, Depth, Entry, EntryState, Filter, InboxError, LeaseRequest, LeaseToken, Leased,
    Probe, Renewal, Settlement,
};

/// How much the shelf may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) deliveries: usize,
    pub(super) bytes: usize,
    pub(super) done: usize,
}

/// A delivery's place in the order of acceptance.
type Place = u64;

/// The deliveries, and the ways to find them. Only [`put`](Self::put) and [`take`](Self::take)
/// touch these fields, so that they always agree.
#[derive(Default)]
pub(super) struct Shelf {
    records: BTreeMap<Place, Record>,
    ids: HashMap<(Option<u64>, DeliveryId), Place>,
    leases: HashMap<LeaseToken, Place>,
    pending: BTreeSet<(Instant, Place)>,
    /// Those that are done or superseded.
    done: BTreeSet<(Instant, Place)>,
    dead: BTreeSet<(Instant, Place)>,
    /// Who holds which lane.
    holders: HashMap<String, Place>,
    /// All that have a version, by their lane.
    versions: HashMap<String, BTreeSet<(i64, Place)>>,
    /// All that have a fingerprint, by it.
    fingerprints: HashMap<[u8; 32], BTreeSet<Place>>,
    /// The sizes of the bodies that are pending, and dead.
    pending_bytes: usize,
    dead_bytes: usize,
    next_place: Place,
}

struct Record {
    delivery: Delivery,
    state: State,
    last_error: Option<String>,
    superseded_by: Option<DeliveryId>,
    /// Whether it holds its lane: from its lease until that is settled.
    holds_lane: bool,
}

/// The moment is when a pending delivery is due (its lease ends, its next attempt may start), or
/// when a settled one was settled.
#[derive(Clone, Copy)]
enum State {
    Pending(Instant, Option<LeaseToken>),
    Done(Instant),
    Superseded(Instant),
    Dead(Instant),
}

impl Shelf {
    pub(super) fn accept(
        &mut self,
        mut delivery: Delivery,
        limits: &Limits,
        now: Instant,
    ) -> Result<Accepted, InboxError> {
        if self.is_replay(&delivery) {
            return Ok(Accepted::Replay);
        }
        let before = self.ids.get(&(delivery.hook, delivery.id.clone())).copied();
        let record = before.and_then(|place| self.records.get(&place));
        if record.is_some_and(|record| matches!(record.state, State::Pending(..))) {
            return Ok(Accepted::Duplicate);
        }
        let bytes = delivery.body.len();
        if !self.has_room(bytes, limits) {
            return Err(InboxError::full());
        }
        let again = before.and_then(|place| self.take(place)).is_some();
        while self.pending.len() + self.dead.len() >= limits.deliveries
            || self.pending_bytes + self.dead_bytes + bytes > limits.bytes
        {
            let oldest = self.dead.first().map(|(_, place)| *place);
            if oldest.and_then(|place| self.take(place)).is_none() {
                break;
            }
        }
        delivery.attempt = 0;
        let place = self.next_place;
        self.next_place += 1;
        let record = Record {
            superseded_by: self.supersede(&delivery),
            delivery,
            state: State::Pending(now, None),
            last_error: None,
            holds_lane: false,
        };
        self.put(place, record);
        Ok(if again { Accepted::Again } else { Accepted::New })
    }

    /// Whether its body is known under another id, or as another event.
    fn is_replay(&self, delivery: &Delivery) -> bool {
        let known = delivery.fingerprint.and_then(|it| self.fingerprints.get(&it));
        known.into_iter().flatten().filter_map(|place| self.records.get(place)).any(|record| {
            record.delivery.id != delivery.id || record.delivery.event != delivery.event
        })
    }

    /// Whether a body of so many bytes can be taken.
    fn has_room(&self, bytes: usize, limits: &Limits) -> bool {
        self.pending.len() < limits.deliveries
            && self.pending_bytes.saturating_add(bytes) <= limits.bytes
    }

    /// Accepting writes to nothing but memory, so looking for room is all there is to prove.
    pub(super) fn probe(&self, limits: &Limits, now: Instant) -> Result<Probe, InboxError> {
        if !self.has_room(1, limits) {
            return Err(InboxError::full());
        }
        Ok(Probe::new(self.oldest_ready(now)))
    }

    fn oldest_ready(&self, now: Instant) -> Option<Duration> {
        let ready = self.first_due().filter(|(due, _)| *due <= now);
        ready.map(|(due, _)| now.saturating_duration_since(due))
    }

    /// Marks what a new delivery supersedes. Returns what supersedes the new one.
    fn supersede(&mut self, new: &Delivery) -> Option<DeliveryId> {
        let lane = new.lane.as_ref()?;
        let mut newest = None;
        for (_, place) in self.versions.get(&lane.key)? {
            let Some(record) = self.records.get_mut(place) else { continue };
            match record.delivery.lane.as_ref().and_then(|known| lane.order(known)) {
                Some(Ordering::Less) => newest = Some(record.delivery.id.clone()),
                Some(_) if matches!(record.state, State::Pending(..)) => {
                    record.superseded_by.get_or_insert_with(|| new.id.clone());
                }
                _ => {}
            }
        }
        newest
    }

    /// Whether a pending delivery has to wait for another one of its lane.
    fn is_blocked(&self, place: Place) -> bool {
        self.records.get(&place).is_some_and(|record| {
            let lane = record.delivery.lane.as_ref().filter(|_| record.superseded_by.is_none());
            lane.and_then(|lane| self.holders.get(&lane.key)).is_some_and(|holder| *holder != place)
        })
    }

    /// The delivery that is due first, of those that are not blocked.
    fn first_due(&self) -> Option<(Instant, Place)> {
        self.pending.iter().copied().find(|(_, place)| !self.is_blocked(*place))
    }

    /// The leases, and what died because its attempts are used up.
    pub(super) fn lease(
        &mut self,
        request: LeaseRequest,
        now: Instant,
    ) -> (Vec<Leased>, Vec<(Delivery, Settlement)>) {
        let mut leased = Vec::new();
        let mut dead = Vec::new();
        // A lease of no length would be ready again at once, and this loop might never end.
        let end = after(now, request.duration.max(Duration::from_millis(1)));
        while leased.len() < request.limit {
            let Some((due, place)) = self.first_due() else { break };
            if due > now {
                break;
            }
            let Some(mut record) = self.take(place) else { break };
            if record.delivery.attempt >= request.max_attempts {
                let attempts = record.delivery.attempt;
                let settlement =
                    Settlement::attempts_used_up(attempts, record.last_error.as_deref());
                if let Settlement::Dead { error } = &settlement {
                    record.last_error = Some(error.clone());
                }
                record.state = State::Dead(now);
                record.holds_lane = false;
                dead.push((record.delivery.clone(), settlement));
            } else {
                let token = LeaseToken::random();
                record.delivery.attempt += 1;
                record.state = State::Pending(end, Some(token));
                record.holds_lane = record.superseded_by.is_none();
                let lease = Leased::new(token, record.delivery.clone());
                leased.push(if record.holds_lane { lease } else { lease.superseded() });
            }
            self.put(place, record);
        }
        (leased, dead)
    }

    pub(super) fn renew(&mut self, token: LeaseToken, duration: Duration, now: Instant) -> Renewal {
        let Some((place, mut record)) = self.take_leased(token) else { return Renewal::Lost };
        record.state = State::Pending(after(now, duration), Some(token));
        let is_superseded = record.superseded_by.is_some();
        self.put(place, record);
        if is_superseded { Renewal::Superseded } else { Renewal::Renewed }
    }

    pub(super) fn settle(
        &mut self,
        token: LeaseToken,
        settlement: Settlement,
        limits: &Limits,
        now: Instant,
    ) -> bool {
        let Some((place, mut record)) = self.take_leased(token) else { return false };
        record.holds_lane = false;
        match settlement {
            Settlement::Done => {
                record.state = State::Done(now);
                record.delivery.body = Bytes::new();
            }
            Settlement::Superseded => {
                record.state = State::Superseded(now);
                record.delivery.body = Bytes::new();
            }
            Settlement::Retry { after: pause, error } => {
                record.state = State::Pending(after(now, pause), None);
                record.last_error = Some(error);
            }
            Settlement::Dead { error } => {
                record.state = State::Dead(now);
                record.last_error = Some(error);
            }
            Settlement::Release => {
                record.state = State::Pending(now, None);
                record.delivery.attempt = record.delivery.attempt.saturating_sub(1);
            }
        }
        self.put(place, record);
        while self.done.len() > limits.done {
            let Some((_, oldest)) = self.done.first().copied() else { break };
            self.take(oldest);
        }
        true
    }

    /// How long until a delivery is due; zero when one is.
    pub(super) fn until_due(&self, now: Instant) -> Option<Duration> {
        self.first_due().map(|(due, _)| due.saturating_duration_since(now))
    }

    pub(super) fn depth(&self, now: Instant) -> Depth {
        let mut depth = Depth { oldest_ready: self.oldest_ready(now), ..Depth::default() };
        for (place, record) in &self.records {
            match self.seen_at(*place, record, now) {
                EntryState::Ready => depth.ready += 1,
                EntryState::Blocked => depth.blocked += 1,
                EntryState::Leased => depth.leased += 1,
                EntryState::Delayed => depth.delayed += 1,
                EntryState::Done => depth.done += 1,
                EntryState::Superseded => depth.superseded += 1,
                EntryState::Dead => depth.dead += 1,
            }
        }
        depth
    }

    pub(super) fn list(&self, filter: &Filter, now: Instant) -> Vec<Entry> {
        let all = self.records.iter().rev();
        all.map(|(place, record)| (record, self.seen_at(*place, record, now)))
            .filter(|(record, state)| passes(filter, &record.delivery, *state))
            .take(filter.limit)
            .map(|(record, state)| record.entry(state, filter.bodies, now))
            .collect()
    }

    fn seen_at(&self, place: Place, record: &Record, now: Instant) -> EntryState {
        match record.state {
            State::Pending(due, _) if due <= now && self.is_blocked(place) => EntryState::Blocked,
            State::Pending(due, _) if due <= now => EntryState::Ready,
            State::Pending(_, Some(_)) => EntryState::Leased,
            State::Pending(_, None) => EntryState::Delayed,
            State::Done(_) => EntryState::Done,
            State::Superseded(_) => EntryState::Superseded,
            State::Dead(_) => EntryState::Dead,
        }
    }

    pub(super) fn revive(&mut self, id: &DeliveryId, now: Instant) -> u64 {
        let dead = self.dead.iter().map(|(_, place)| *place);
        let has_id =
            |place: &Place| self.records.get(place).is_some_and(|record| record.delivery.id == *id);
        let places: Vec<Place> = dead.filter(has_id).collect();
        let mut revived = 0;
        for place in places {
            if let Some(mut record) = self.take(place) {
                record.state = State::Pending(now, None);
                record.delivery.attempt = 0;
                self.put(place, record);
                revived += 1;
            }
        }
        revived
    }

    pub(super) fn purge(&mut self, settled_for: Duration, now: Instant) -> u64 {
        let settled = self.done.iter().chain(&self.dead);
        let old = settled.filter(|(at, _)| now.saturating_duration_since(*at) >= settled_for);
        let places: Vec<Place> = old.map(|(_, place)| *place).collect();
        places.into_iter().filter_map(|place| self.take(place)).count() as u64
    }

    fn take_leased(&mut self, token: LeaseToken) -> Option<(Place, Record)> {
        let place = self.leases.get(&token).copied()?;
        self.take(place).map(|record| (place, record))
    }

    fn put(&mut self, place: Place, record: Record) {
        let bytes = record.delivery.body.len();
        match record.state {
            State::Pending(due, token) => {
                self.pending.insert((due, place));
                self.pending_bytes += bytes;
                if let Some(token) = token {
                    self.leases.insert(token, place);
                }
            }
            State::Done(at) | State::Superseded(at) => {
                self.done.insert((at, place));
            }
            State::Dead(at) => {
                self.dead.insert((at, place));
                self.dead_bytes += bytes;
            }
        }
        if let Some(lane) = &record.delivery.lane {
            if record.holds_lane {
                self.holders.insert(lane.key.clone(), place);
            }
            if let Some(version) = lane.version {
                self.versions.entry(lane.key.clone()).or_default().insert((version, place));
            }
        }
        if let Some(fingerprint) = record.delivery.fingerprint {
            self.fingerprints.entry(fingerprint).or_default().insert(place);
        }
        self.ids.insert((record.delivery.hook, record.delivery.id.clone()), place);
        self.records.insert(place, record);
    }

    fn take(&mut self, place: Place) -> Option<Record> {
        let record = self.records.remove(&place)?;
        let bytes = record.delivery.body.len();
        match record.state {
            State::Pending(due, token) => {
                self.pending.remove(&(due, place));
                self.pending_bytes -= bytes;
                if let Some(token) = token {
                    self.leases.remove(&token);
                }
            }
            State::Done(at) | State::Superseded(at) => {
                self.done.remove(&(at, place));
            }
            State::Dead(at) => {
                self.dead.remove(&(at, place));
                self.dead_bytes -= bytes;
            }
        }
        if let Some(lane) = &record.delivery.lane {
            if record.holds_lane {
                self.holders.remove(&lane.key);
            }
            if let Some(version) = lane.version
                && let Some(known) = self.versions.get_mut(&lane.key)
            {
                known.remove(&(version, place));
                if known.is_empty() {
                    self.versions.remove(&lane.key);
                }
            }
        }
        if let Some(fingerprint) = record.delivery.fingerprint
            && let Some(known) = self.fingerprints.get_mut(&fingerprint)
        {
            known.remove(&place);
            if known.is_empty() {
                self.fingerprints.remove(&fingerprint);
            }
        }
        self.ids.remove(&(record.delivery.hook, record.delivery.id.clone()));
        Some(record)
    }
}

impl Record {
    fn entry(&self, state: EntryState, with_body: bool, now: Instant) -> Entry {
        let mut entry = Entry::new(self.delivery.clone(), state);
        if !with_body {
            entry.delivery.body = Bytes::new();
        }
        entry.last_error.clone_from(&self.last_error);
        entry.superseded_by.clone_from(&self.superseded_by);
        match self.state {
            State::Pending(due, _) => {
                entry.due_at = wall_time(due, now).filter(|_| due > now);
            }
            State::Done(at) | State::Superseded(at) | State::Dead(at) => {
                entry.settled_at = wall_time(at, now);
            }
        }
        entry
    }
}

/// Whether a filter lets this delivery pass.
fn passes(filter: &Filter, delivery: &Delivery, state: EntryState) -> bool {
    filter.state.is_none_or(|wanted| wanted == state)
        && filter.ids.as_ref().is_none_or(|ids| ids.contains(&delivery.id))
        && filter.event.as_ref().is_none_or(|event| *event == delivery.event)
}

/// The moment this long after `now`.
fn after(now: Instant, duration: Duration) -> Instant {
    now.checked_add(bounded(duration)).unwrap_or(now)
}

/// A moment of the monotonic clock as people write it.
fn wall_time(moment: Instant, now: Instant) -> Option<Timestamp> {
    let wall_now = jiff::Timestamp::now();
    let wall = match moment.checked_duration_since(now) {
        Some(ahead) => wall_now.checked_add(ahead),
        None => wall_now.checked_sub(now.saturating_duration_since(moment)),
    };
    wall.ok().map(Timestamp::from)
}
