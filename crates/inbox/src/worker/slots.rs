//! Slots that are held for very long: by a handler without a deadline that hangs, most likely.

use std::collections::HashMap;

use tokio::time::Instant;

use super::shared::Shared;

/// Tells of each slot that is held for too long, once; and tells whoever asks for readiness of the pools
/// all of whose slots are.
pub(super) fn look(shared: &Shared) {
    let limit = shared.settings.slot_warning;
    let mut long: HashMap<usize, (usize, Instant)> = HashMap::new();
    for taken in shared.holdings.all() {
        if taken.since.elapsed() < limit || !taken.has_slot() {
            continue;
        }
        if taken.warn_of() {
            crate::log::slot_held(taken.about(), taken.since.elapsed());
        }
        let (count, since) = long.entry(taken.pool).or_insert((0, taken.since));
        *count += 1;
        *since = taken.since.max(*since);
    }
    let pools = shared.pools.iter().enumerate().filter_map(|(index, pool)| {
        let (count, since) = long.get(&index)?;
        (*count >= pool.slots.size).then(|| (pool.name.clone(), *since))
    });
    shared.inbox.pools().set_held(pools.collect());
}
