//! What a delivery becomes: a task for each handler that wants it, each with its lane.

use std::collections::HashSet;
use std::sync::Arc;

use hookstead_handler::{Decoded, Delivery, Placement};

use crate::error::InboxError;
use crate::inbox::Inbox;
use crate::names::{Names, OwnName};
use crate::packing::{Damaged, pack_now, unpack};
use crate::store::accept::{NewTask, TaskLane, Unplaced};
use crate::store::packed::Packed;
use crate::store::registry::TakerId;

/// Payloads longer than this, in bytes, are decoded, looked at and packed on threads for blocking
/// work. Up to here it takes some milliseconds at most, which other deliveries can wait.
pub(crate) const LARGE: usize = 1024 * 1024;

/// So many tasks without a place get one in one go: little to wait for, and few queries for many.
const PLACES: usize = 100;

/// A delivery as it is about to be written down.
pub(crate) struct Placed {
    pub(crate) tasks: Vec<NewTask>,
    pub(crate) declined: Vec<TakerId>,
    /// The body, where that was packed meanwhile.
    pub(crate) packed: Option<Packed>,
    /// What was decoded to find that out.
    pub(crate) decoded: Decoded,
}

/// Finds the tasks of a delivery. For the takers in `hand_over` the event is needed at once: a large one is
/// decoded here, and its body is packed.
pub(crate) async fn place(
    names: &Arc<Names>,
    delivery: &Delivery,
    hand_over: HashSet<TakerId>,
) -> Placed {
    if delivery.body.len() > LARGE {
        let (names, delivery) = (Arc::clone(names), delivery.clone());
        let (also_names, also_delivery) = (Arc::clone(&names), delivery.clone());
        let placing = move || {
            let mut placed = place_now(&names, &delivery);
            for name in names.taking(&delivery.event) {
                let taker = name.numbers.taker;
                if hand_over.contains(&taker) && !placed.declined.contains(&taker) {
                    // What does not decode is told by the attempt.
                    let _ = name.registered.decode(&placed.decoded);
                }
            }
            placed.packed = Some(pack_now(delivery.body));
            placed
        };
        // An error means that the runtime is shutting down.
        let placed = tokio::task::spawn_blocking(placing).await;
        return placed.unwrap_or_else(|_| place_now(&also_names, &also_delivery));
    }
    place_now(names, delivery)
}

/// Finds the tasks.
fn place_now(names: &Names, delivery: &Delivery) -> Placed {
    let decoded = Decoded::new(delivery);
    let mut tasks = Vec::new();
    let mut declined: Vec<TakerId> = names.former_taking(&delivery.event).collect();
    for name in names.taking(&delivery.event) {
        let task = new_task(name, name.numbers.taker, delivery, &decoded);
        if task.is_declined {
            declined.push(task.taker);
        } else {
            tasks.push(task);
        }
    }
    Placed { tasks, declined, packed: None, decoded }
}

/// What this handler makes of a delivery.
fn new_task(name: &OwnName, taker: TakerId, delivery: &Delivery, decoded: &Decoded) -> NewTask {
    let task = NewTask::new(taker);
    match name.registered.place(delivery, decoded) {
        Placement::Task { lane: Some(lane) } => {
            task.in_lane(TaskLane::new(name.lane_key(&lane), lane.mode))
        }
        Placement::Declined => NewTask { is_declined: true, ..task },
        Placement::Dead { reason } => NewTask { dead: Some(reason), ..task },
        // Also whatever a later version of the router says besides.
        _ => task,
    }
}

impl Inbox {
    /// Gives a place to tasks that were written by a process that lacks their names: asks the handler's
    /// `when`, and finds their lanes. Only then are they leased. To be called before leasing. Returns how
    /// many got one; there may be more.
    pub(crate) async fn place_waiting(&self) -> Result<usize, InboxError> {
        let names = self.names().await?;
        let takers = names.takers();
        if takers.is_empty() {
            return Ok(0);
        }
        let unplaced = self.store().unplaced(&takers, PLACES).await?;
        if unplaced.is_empty() {
            return Ok(0);
        }
        let mut places = Vec::with_capacity(unplaced.len());
        for task in unplaced {
            let id = task.task;
            // Whose nobody here is stays without a place.
            if let Some(place) = place_of(&names, task).await {
                places.push((id, place));
            }
        }
        self.store().place(&places).await?;
        Ok(places.len())
    }
}

/// The place of a task that has none.
async fn place_of(names: &Arc<Names>, unplaced: Unplaced) -> Option<NewTask> {
    let Unplaced { taker, mut delivery, body, .. } = unplaced;
    names.get(taker)?;
    // Without a body there is no lane to find; the attempt tells that it is gone.
    let Some(body) = body else { return Some(NewTask::new(taker)) };
    delivery.body = match unpack_body(body).await {
        Ok(body) => body,
        Err(damaged) => {
            return Some(NewTask { dead: Some(damaged.to_string()), ..NewTask::new(taker) });
        }
    };
    let is_large = delivery.body.len() > LARGE;
    let names = Arc::clone(names);
    let placing = move || {
        let name = names.get(taker)?;
        Some(new_task(name, taker, &delivery, &Decoded::new(&delivery)))
    };
    if is_large {
        // An error means that the runtime is shutting down.
        return tokio::task::spawn_blocking(placing).await.ok()?;
    }
    placing()
}

/// The body as it came.
pub(crate) async fn unpack_body(packed: Packed) -> Result<bytes::Bytes, Damaged> {
    if packed.unpacked_length.is_none_or(|length| i64::from(length) <= LARGE as i64) {
        return unpack(&packed);
    }
    let unpacking = tokio::task::spawn_blocking(move || unpack(&packed)).await;
    unpacking.unwrap_or_else(|_| Err(Damaged::unread()))
}
