//! The rows of the deliveries, and how much room they take.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use hookstead_events::EventName;
use hookstead_handler::{Delivery, DeliveryId};

use super::moment::Moment;
use super::task::{DeliveryNumber, Standing};
use crate::packing::unpack;
use crate::store::packed::Packed;
use crate::store::task_id::TaskId;

/// A delivery's row.
pub(super) struct Row {
    /// Without its body.
    pub(super) delivery: Delivery,
    pub(super) body: Option<Packed>,
    pub(super) tasks: Vec<TaskId>,
    /// What was submitted is told from other work under its id by this, also when its body is gone.
    pub(super) work: Option<u64>,
    /// The bytes of the steps of its tasks.
    pub(super) steps: usize,
    /// Of all its tasks together: open if one is, else dead if one is.
    pub(super) standing: Standing,
    /// The moment since which that is so.
    pub(super) since: Moment,
}

impl Row {
    /// What it takes of [the room](super::memory_store::MemoryStore::max_bytes).
    pub(super) fn bytes(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.bytes.len()) + self.steps
    }

    /// Whether this is other work than what was submitted under this id.
    pub(super) fn is_other_work(&self, delivery: &Delivery, body: &Packed) -> bool {
        match (self.work, &self.body) {
            (Some(work), _) => work != work_of(&delivery.event, body),
            (None, Some(known)) => self.delivery.event != delivery.event || !is_same(known, body),
            (None, None) => self.delivery.event != delivery.event,
        }
    }
}

/// Whether these are one body, packed or not.
fn is_same(one: &Packed, other: &Packed) -> bool {
    one == other || matches!((unpack(one), unpack(other)), (Ok(one), Ok(other)) if one == other)
}

/// Tells work from other work: event and body.
pub(super) fn work_of(event: &EventName, body: &Packed) -> u64 {
    let mut hasher = DefaultHasher::new();
    event.as_str().hash(&mut hasher);
    body.bytes.hash(&mut hasher);
    body.unpacked_length.hash(&mut hasher);
    hasher.finish()
}

/// How many deliveries stand like this, and how much they take.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) count: usize,
    pub(super) bytes: usize,
}

/// All rows, and the ways to find them. Only [`add`](Self::add), [`change`](Self::change) and
/// [`remove`](Self::remove) touch these fields, so that they always agree.
#[derive(Default)]
pub(super) struct Deliveries {
    /// Boxed, as the map has room for more than are in it.
    rows: HashMap<DeliveryNumber, Box<Row>>,
    /// By id, then in the order of the hooks. (To find an id, an ordered map compares a dozen of them, each
    /// somewhere else in memory.)
    ids: HashMap<DeliveryId, Vec<(Option<u64>, DeliveryNumber)>>,
    fingerprints: BTreeSet<([u8; 32], DeliveryNumber)>,
    files: Files,
    last: u64,
}

/// How the deliveries stand.
#[derive(Debug, Default, PartialEq)]
struct Files {
    /// Those that are not open, by the moment since which they are settled; and those of them that have
    /// bodies.
    closed: BTreeSet<(Standing, Moment, DeliveryNumber)>,
    bodies: BTreeSet<(Standing, Moment, DeliveryNumber)>,
    tallies: [Tally; 3],
}

impl Deliveries {
    pub(super) fn get(&self, number: DeliveryNumber) -> Option<&Row> {
        self.rows.get(&number).map(|row| &**row)
    }

    pub(super) fn find(&self, delivery: &Delivery) -> Option<DeliveryNumber> {
        let of_hooks = self.ids.get(&delivery.id)?;
        let at = of_hooks.binary_search_by_key(&delivery.hook, |(hook, _)| *hook).ok()?;
        of_hooks.get(at).map(|(_, number)| *number)
    }

    /// All deliveries with this id; there may be one for each hook.
    pub(super) fn with_id(&self, id: &DeliveryId) -> impl Iterator<Item = &Row> {
        let of_hooks = self.ids.get(id).into_iter().flatten();
        of_hooks.filter_map(|(_, number)| self.get(*number))
    }

    /// Whether its body is known under another id, or as another event.
    pub(super) fn is_replay(&self, delivery: &Delivery) -> bool {
        let Some(fingerprint) = delivery.fingerprint else { return false };
        let first = (fingerprint, DeliveryNumber(0));
        let found = self.fingerprints.range(first..).take_while(|(it, _)| *it == fingerprint);
        found
            .filter_map(|(_, number)| self.rows.get(number))
            .any(|row| row.delivery.id != delivery.id || row.delivery.event != delivery.event)
    }

    pub(super) fn tally(&self, standing: Standing) -> Tally {
        self.files.tallies[standing as usize]
    }

    /// The one that has stood like this for the longest time, and since when.
    pub(super) fn oldest(&self, standing: Standing) -> Option<(Moment, DeliveryNumber)> {
        oldest(&self.files.closed, standing)
    }

    /// The same of those with bodies.
    pub(super) fn oldest_body(&self, standing: Standing) -> Option<(Moment, DeliveryNumber)> {
        oldest(&self.files.bodies, standing)
    }

    pub(super) fn add(&mut self, row: Row) -> DeliveryNumber {
        self.last += 1;
        let number = DeliveryNumber(self.last);
        // Nearly every id has come from one hook only.
        let of_hooks =
            self.ids.entry(row.delivery.id.clone()).or_insert_with(|| Vec::with_capacity(1));
        let at = of_hooks.partition_point(|(hook, _)| *hook < row.delivery.hook);
        of_hooks.insert(at, (row.delivery.hook, number));
        if let Some(fingerprint) = row.delivery.fingerprint {
            self.fingerprints.insert((fingerprint, number));
        }
        self.files.add(number, &row);
        self.rows.insert(number, Box::new(row));
        number
    }

    /// Changes a row; not its id, its hook or its fingerprint.
    pub(super) fn change(&mut self, number: DeliveryNumber, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.rows.get_mut(&number) {
            self.files.remove(number, row);
            change(row);
            self.files.add(number, row);
        }
    }

    /// Adds a task to a delivery.
    pub(super) fn add_task(&mut self, number: DeliveryNumber, id: TaskId) {
        if let Some(row) = self.rows.get_mut(&number) {
            row.tasks.push(id);
        }
    }

    pub(super) fn remove(&mut self, number: DeliveryNumber) -> Option<Box<Row>> {
        let row = self.rows.remove(&number)?;
        self.files.remove(number, &row);
        if let Some(of_hooks) = self.ids.get_mut(&row.delivery.id) {
            of_hooks.retain(|(_, known)| *known != number);
            if of_hooks.is_empty() {
                self.ids.remove(&row.delivery.id);
            }
        }
        if let Some(fingerprint) = row.delivery.fingerprint {
            self.fingerprints.remove(&(fingerprint, number));
        }
        Some(row)
    }
}

impl Files {
    fn add(&mut self, number: DeliveryNumber, row: &Row) {
        let tally = &mut self.tallies[row.standing as usize];
        tally.count += 1;
        tally.bytes += row.bytes();
        if row.standing != Standing::Open {
            self.closed.insert((row.standing, row.since, number));
            if row.body.is_some() {
                self.bodies.insert((row.standing, row.since, number));
            }
        }
    }

    fn remove(&mut self, number: DeliveryNumber, row: &Row) {
        let tally = &mut self.tallies[row.standing as usize];
        tally.count -= 1;
        tally.bytes -= row.bytes();
        if row.standing != Standing::Open {
            self.closed.remove(&(row.standing, row.since, number));
            self.bodies.remove(&(row.standing, row.since, number));
        }
    }
}

fn oldest(
    of: &BTreeSet<(Standing, Moment, DeliveryNumber)>,
    standing: Standing,
) -> Option<(Moment, DeliveryNumber)> {
    let first = of.range((standing, Moment::FIRST, DeliveryNumber(0))..).next()?;
    let (found, since, number) = *first;
    (found == standing).then_some((since, number))
}

#[cfg(test)]
impl Deliveries {
    /// Each row stands as is said of it, and what is counted is right.
    pub(super) fn expect_right(&self, right: impl Fn(&Row) -> (Standing, usize)) {
        let mut files = Files::default();
        for (number, row) in &self.rows {
            assert_eq!((row.standing, row.steps), right(row));
            files.add(*number, row);
            assert_eq!(self.find(&row.delivery), Some(*number));
        }
        assert_eq!(files, self.files);
        assert_eq!(self.ids.values().map(Vec::len).sum::<usize>(), self.rows.len());
        assert!(self.ids.values().all(|of_hooks| !of_hooks.is_empty()));
    }
}
