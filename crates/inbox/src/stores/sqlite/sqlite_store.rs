use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::Transaction;

use super::files::identity;
use super::reader::Reader;
use super::room::Room;
use super::session::Session;
use super::waiting::Waiting;
use super::watch::Watch;
use super::write_turn::{SqliteWriteTurn, WriteTurns};
use super::writer::{SharedError, Writer};
use super::{accepting, schema};
use crate::clock::Pace;
use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, NewDelivery};

/// Keeps deliveries and tasks in an SQLite file, for one machine.
///
/// What [`accept`](crate::Store::accept) returned for is on the disk: it survives `kill -9` and a power
/// cut, as far as the disk keeps what it confirmed. What is accepted, leased and settled at the same time
/// shares a commit, so it keeps up with bursts.
///
/// Several processes of one machine may open the same file, on a local disk. A process that waits for
/// work looks every [few milliseconds](crate::SqliteOptions::watch_interval) whether another one has written.
///
/// Its clock is the machine's. If that is set forward, leases end early: a task that is at work may be
/// leased a second time, and the first lease is lost. If it is set back, that is noticed within two
/// seconds, and nothing waits for the clock to be where it was: pauses and leases begin anew, so they last
/// twice as long at most.
///
/// # The file
///
/// The file is SQLite's, with two more beside it while it is open (`-wal`, `-shm`). All three must stay
/// where they are: while one of them is deleted, moved or replaced by another file, nothing is
/// accepted, for nobody would find it again. A file that is put back (the same one, not a copy) is
/// accepted into again. It does not shrink; room of what was forgotten is used again. Dropping the store
/// ends its threads and closes the file.
///
/// A file says by which versions of this crate it may be used. One that a newer version has changed is
/// shared with it where that can be, else refused; also by a process that had it open already.
///
/// # Room
///
/// Accepting stops while there is a [reserve](crate::SqliteOptions::reserve) on the disk still, or once the file
/// has its [largest size](crate::SqliteOptions::max_bytes): the error [`is_full`](InboxError::is_full). Before
/// that the bodies of settled tasks go, the oldest first, those of dead ones last. All else goes on, with
/// some hundred kilobytes of the reserve, and room that comes back is used without being asked to. Where
/// others fill the disk to the last byte, nothing goes on until there is room, and nothing is lost.
///
/// The log (`-wal`) is 4 MiB long, or a sixteenth of the largest size, and is used again and again. While
/// somebody reads the file for long (a backup, a forgotten session), it cannot be, and grows with all that
/// is written. It counts as part of the file and of what the disk has left, so accepting stops before it
/// fills the disk. Within seconds of the next write after that reader is gone, it is short again; a long one is
/// copied into the file by a thread of its own, while others go on to write.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use hookstead_handler::Delivery;
/// use hookstead_inbox::{Accepted, Claim, NewDelivery, NewTask, Packed, Process, SqliteStore, Store};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("inbox.db");
/// let store = SqliteStore::open(&path)?;
/// let process = Process::start("ci");
/// let claims = [Claim::new("ci.build".parse()?, Some("push".into()))];
/// let numbers = store.register(&process, &claims).await?;
///
/// let delivery = Delivery::new("72d3162e".parse()?, "push".into(), "");
/// let mut new = NewDelivery::new(delivery, Packed::new("{}".into(), None), "ci");
/// new.tasks = vec![NewTask::new(numbers[0].taker)];
/// assert_eq!(store.accept(new.clone()).await?.accepted, Accepted::New { tasks: 1 });
///
/// drop(store);
/// let store = SqliteStore::open(&path)?;
/// let again = store.accept(new).await?.accepted;
/// assert_eq!(again, Accepted::Duplicate { at_work: 1, tasks: 1 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteStore {
    pub(super) reader: Reader,
    pub(super) watch: Watch,
    // Closed after those that read: the last to close folds the log into the file.
    pub(super) writer: Writer,
    pub(super) waiting: Arc<Waiting>,
    pub(super) room: Arc<Room>,
    pub(super) write_turns: Arc<WriteTurns>,
    pub(super) clock_pace: Pace,
    /// The last lane that was looked at for a head that nobody takes.
    pub(super) passed_on: Mutex<Option<String>>,
    pub(super) file: PathBuf,
}

impl SqliteStore {
    /// Writes a delivery within a transaction of the caller's, on a connection of the caller's to this
    /// file. It is accepted when that commits, together with whatever else it writes, and never if it rolls
    /// back. Nothing is handed over; whoever waits for work notices it after the
    /// [watch interval](crate::SqliteOptions::watch_interval), or once it is told by
    /// [`committed`](crate::Store::committed).
    ///
    /// How durable it is, the connection says (`PRAGMA synchronous`, by default as this store's). Begin the
    /// transaction with `TransactionBehavior::Immediate`: one that has read before it writes fails where
    /// another process writes in between.
    ///
    /// Preparing its statements, some twenty, takes longer than all else that it does. With the feature
    /// `statement-cache` the connection prepares each once, where it keeps so many beside its own
    /// (`set_prepared_statement_cache_capacity`, by default 16).
    ///
    /// # Errors
    ///
    /// As [`accept`](crate::Store::accept); and if the connection is to another file. The transaction can
    /// be used further, but part of the delivery may be written in it, so roll it back.
    pub fn submit_in(
        &self,
        transaction: &Transaction<'_>,
        new: &NewDelivery,
    ) -> Result<AcceptAnswer, InboxError> {
        const DOING: &str = "accept a delivery";
        let is_here = transaction.path().is_some_and(|path| {
            let path = Path::new(path);
            path == self.file || identity(path).is_some_and(|it| Some(it) == identity(&self.file))
        });
        if !is_here {
            return Err(InboxError::store(DOING, "the connection is to another file"));
        }
        let mut new = new.clone();
        for task in &mut new.tasks {
            // Nobody may begin what may be rolled back.
            task.lease = None;
        }
        let mut session = Session::new(transaction);
        let answer = schema::expect_usable(&mut session)
            .and_then(|()| accepting::accept(&mut session, &new, &self.room))
            .map_err(|error| SharedError::new(error).into_inbox_error(DOING))?;
        answer.map_err(InboxError::from)
    }

    /// Waits until nothing of this store writes in the file, and keeps it so while the turn lasts. For a
    /// connection of the caller's that writes in it as well: SQLite's own lock is looked at again after a
    /// millisecond, then two, five, ten and more; who waits here goes on at once. It is not needed for anything to be
    /// right, and other processes know nothing of it.
    ///
    /// Take it before the transaction begins, keep it no longer than the transaction, and do not
    /// wait within it for what this store writes.
    pub fn write_turn(&self) -> SqliteWriteTurn<'_> {
        self.write_turns.wait()
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SqliteStore").field("file", &self.file).finish_non_exhaustive()
    }
}
