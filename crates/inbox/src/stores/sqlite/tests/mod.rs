//! What is seen from inside: the writer's batches, its log, and the plans of the statements.

mod log_file;
mod plans;
mod room;
mod writer;

use std::sync::Arc;

use hookstead_handler::Delivery;

use super::accepting;
use super::room::Room;
use super::session::Session;
use super::sqlite_store::SqliteStore;
use crate::store::accept::{NewDelivery, NewTask};
use crate::store::contract::Store;
use crate::store::packed::Packed;
use crate::store::registry::{Claim, Process, TakerId};

/// A file of its own for every test.
fn store() -> (SqliteStore, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (SqliteStore::open(directory.path().join("inbox.db")).unwrap(), directory)
}

/// A delivery for the first taker there is.
fn new_delivery(id: &str) -> NewDelivery {
    let delivery = Delivery::new(id.parse().unwrap(), "push".into(), "");
    let mut new = NewDelivery::new(delivery, Packed::new("{}".into(), None), "ci");
    new.tasks = vec![NewTask::new(TakerId(1))];
    new
}

async fn register(store: &SqliteStore) {
    let claims = [Claim::new("ci.build".parse().unwrap(), Some("push".into()))];
    let numbers = store.register(&Process::start("ci"), &claims).await.unwrap();
    assert_eq!(numbers[0].taker, TakerId(1));
}

fn accept_into(room: &Arc<Room>, session: &mut Session<'_>, id: &str) -> rusqlite::Result<()> {
    accepting::accept(session, &new_delivery(id), room).map(|answer| drop(answer.unwrap()))
}
