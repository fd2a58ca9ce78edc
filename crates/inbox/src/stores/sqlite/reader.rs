use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::schema;
use super::session::Session;
use super::writer::SharedError;
use crate::error::InboxError;

type Reading = Box<dyn FnOnce(&mut Session<'_>) + Send>;

/// The thread that reads, on a connection that cannot write: beside the writer, which it does not hold up.
///
/// Dropping it ends the thread.
pub(super) struct Reader {
    readings: Option<mpsc::UnboundedSender<Reading>>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (readings, mut queue) = mpsc::unbounded_channel::<Reading>();
        let thread = Builder::new().name("hookstead-read".to_owned()).spawn(move || {
            let mut session = Session::new(&connection);
            while let Some(reading) = queue.blocking_recv() {
                // Its caller sees that there is no answer.
                if catch_unwind(AssertUnwindSafe(|| reading(&mut session))).is_err() {
                    tracing::error!("reading from the inbox panicked");
                }
            }
        })?;
        Ok(Self { readings: Some(readings), thread: Some(thread) })
    }

    /// Reads one state of the file, whatever is written meanwhile.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        read: impl FnOnce(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, InboxError> {
        let ended = || InboxError::store(doing, "its reader thread has ended");
        let (reply, answer) = oneshot::channel();
        let reading: Reading = Box::new(move |session| {
            if reply.is_closed() {
                return;
            }
            // A caller that went away in the meantime does not want to know.
            let _ = reply.send(in_transaction(session, read));
        });
        let readings = self.readings.as_ref().ok_or_else(ended)?;
        readings.send(reading).map_err(|_| ended())?;
        match answer.await {
            Ok(read) => read.map_err(|error| SharedError::new(error).into_inbox_error(doing)),
            Err(_) => Err(InboxError::store(doing, "its reader thread panicked")),
        }
    }
}

fn in_transaction<T>(
    session: &mut Session<'_>,
    read: impl FnOnce(&mut Session<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = session.begin_reading()?;
    schema::expect_usable(session)?;
    let read = read(session);
    transaction.finish()?;
    read
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Without a sender the queue ends.
        self.readings = None;
        if let Some(thread) = self.thread.take() {
            // It catches panics, and one that got past would have nobody to tell.
            let _ = thread.join();
        }
    }
}
