//! The one task that delivers webhooks. It reads what happened from a channel, so that whoever changes the
//! state neither waits for a receiver nor knows how one is told.

mod delivery;

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use self::delivery::deliver;
use crate::shared::Shared;
use crate::state::occurrence::Notice;

/// Delivers until it is dropped, and what is under way with it. Every hook is told at once and by itself:
/// deliveries arrive in any order, and a slow receiver delays no other.
pub(crate) async fn run(shared: Arc<Shared>, mut notices: UnboundedReceiver<Notice>) {
    let mut under_way = JoinSet::new();
    while let Some(notice) = notices.recv().await {
        // Finished ones would pile up.
        while under_way.try_join_next().is_some() {}
        under_way.spawn(deliver(Arc::clone(&shared), notice));
    }
}
