use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout};

use super::accept_new::write_new;
use super::accept_single::write_single;
use super::answer::Answer;
use super::call::Call;
use super::database::Database;
use crate::error::InboxError;
use crate::own_runtime::own_runtime;

/// At most so many calls share a transaction. Its cost is spread thin enough by then.
const MOST_CALLS: usize = 64;

/// A transaction takes no more calls once it writes so many bytes of bodies, and none with a larger one: nobody
/// waits long for what others write.
const MOST_BYTES: usize = 1024 * 1024;

/// Where so many wait, a second transaction is made beside the first.
const MANY: usize = MOST_CALLS / 2;

/// Before the next transaction those who had their answers from the last may come again, for one part in
/// so many of the time that it took. Else they would just miss it, and every other transaction
/// would be of the few that came meanwhile.
const PART: u32 = 8;

/// If they did not come, so many transactions begin without waiting for them.
const UNTIL_NEXT_WAIT: u32 = 16;

/// Who got no answer within this time from a shared transaction makes one of its own.
const PATIENCE: Duration = Duration::from_secs(2);

/// Calls that come while others are written share the next transaction. Each has an answer of its own, and
/// where a shared transaction fails, each of its calls is made again alone, so that it fails alone.
///
/// One call after the other waits for nobody: its transaction begins at once.
pub(super) struct Sharing {
    database: Arc<Database>,
    needs_reserve: bool,
    inner: Mutex<Inner>,
    enough: Notify,
}

#[derive(Default)]
struct Inner {
    running: usize,
    waiting: VecDeque<Waiting>,
    /// Somebody waits until so many wait.
    wanted: Option<usize>,
    /// So many transactions begin at once.
    at_once: u32,
}

/// A call that waits for its answer.
struct Waiting {
    call: Arc<Call>,
    answer: oneshot::Sender<Option<Answer>>,
}

/// The right to make transactions. It goes on to those who wait, also where its holder gives up.
struct Turn(Arc<Sharing>);

/// The transaction before: of so many calls, begun at this moment.
#[derive(Clone, Copy)]
struct Last {
    calls: usize,
    began: Instant,
}

impl Drop for Turn {
    fn drop(&mut self) {
        {
            let mut inner = self.0.lock();
            if inner.waiting.is_empty() {
                inner.running = inner.running.saturating_sub(1);
                return;
            }
        }
        // It was given up, or somebody came at the very end.
        let last = Last { calls: 0, began: Instant::now() };
        own_runtime().spawn(Self(Arc::clone(&self.0)).write(last));
    }
}

impl Turn {
    /// Goes on to those who wait, if any do.
    fn pass_on(self, last: Last) {
        let is_wanted = !self.0.lock().waiting.is_empty();
        if is_wanted {
            own_runtime().spawn(self.write(last));
        }
    }

    /// Writes what waits, and whatever comes meanwhile.
    async fn write(self, mut last: Last) {
        loop {
            self.0.let_come(last).await;
            let group = self.0.lock().next_group();
            if group.is_empty() {
                return;
            }
            last = Last { calls: group.len(), began: Instant::now() };
            let calls: Vec<&Call> = group.iter().map(|waiting| &*waiting.call).collect();
            // Where it fails nobody gets an answer, and each tries alone.
            if let Some(written) = self.0.try_once(&calls).await {
                for (waiting, written) in group.into_iter().zip(written) {
                    // Who went away meanwhile does not need it.
                    let _ = waiting.answer.send(written);
                }
            }
        }
    }
}

impl Inner {
    /// Those who wait longest, as many as may share a transaction.
    fn next_group(&mut self) -> Vec<Waiting> {
        let (mut group, mut bytes) = (Vec::new(), 0_usize);
        while group.len() < MOST_CALLS && bytes < MOST_BYTES {
            let Some(waiting) = self.waiting.pop_front() else { break };
            if waiting.answer.is_closed() {
                continue;
            }
            bytes = bytes.saturating_add(waiting.call.new.body.bytes.len());
            group.push(waiting);
        }
        group
    }
}

impl Sharing {
    pub(super) fn new(database: Arc<Database>, needs_reserve: bool) -> Self {
        Self { database, needs_reserve, inner: Mutex::default(), enough: Notify::new() }
    }

    /// Writes a delivery, alone or with others. `None`: it is something else, or is to be written in
    /// another way.
    pub(super) async fn write(
        self: &Arc<Self>,
        call: &Arc<Call>,
    ) -> Result<Option<Answer>, InboxError> {
        if call.new.body.bytes.len() > MOST_BYTES {
            return self.write_alone(call).await;
        }
        let written = match self.turn_if(|_| false) {
            Some(turn) => {
                let last = Last { calls: 1, began: Instant::now() };
                let written = self.try_once(&[call]).await;
                turn.pass_on(last);
                written.and_then(|written| written.into_iter().next())
            }
            None => self.queue(call).await.ok(),
        };
        match written {
            Some(written) => Ok(written),
            None => self.write_alone(call).await,
        }
    }

    async fn write_alone(&self, call: &Call) -> Result<Option<Answer>, InboxError> {
        write_single(&self.database, call, self.needs_reserve, true).await
    }

    /// A turn, if nobody has one; or a second one, if this is true of how many wait.
    fn turn_if(self: &Arc<Self>, is_second: impl FnOnce(usize) -> bool) -> Option<Turn> {
        let mut inner = self.lock();
        let waiting = inner.waiting.len();
        let may = inner.running == 0 || inner.running == 1 && is_second(waiting);
        may.then(|| {
            inner.running += 1;
            Turn(Arc::clone(self))
        })
    }

    fn queue(self: &Arc<Self>, call: &Arc<Call>) -> oneshot::Receiver<Option<Answer>> {
        let (answer, written) = oneshot::channel();
        let mut inner = self.lock();
        inner.waiting.push_back(Waiting { call: Arc::clone(call), answer });
        if inner.wanted.is_some_and(|wanted| inner.waiting.len() >= wanted) {
            self.enough.notify_one();
        }
        drop(inner);
        // Also where the last turn ended a moment ago.
        if let Some(turn) = self.turn_if(|waiting| waiting >= MANY) {
            let last = Last { calls: 0, began: Instant::now() };
            own_runtime().spawn(turn.write(last));
        }
        written
    }

    /// Lets those come again who were just answered.
    async fn let_come(&self, last: Last) {
        {
            let mut inner = self.lock();
            let wanted = last.calls.saturating_add(inner.waiting.len()).min(MOST_CALLS);
            if last.calls == 0 || wanted < 2 || inner.wanted.is_some() || inner.at_once > 0 {
                inner.at_once = inner.at_once.saturating_sub(1);
                return;
            }
            inner.wanted = Some(wanted);
        }
        let came = timeout(last.began.elapsed() / PART, self.enough.notified()).await;
        let mut inner = self.lock();
        inner.wanted = None;
        inner.at_once = if came.is_ok() { 0 } else { UNTIL_NEXT_WAIT };
    }

    /// `None`: it failed, whatever the reason.
    async fn try_once(&self, calls: &[&Call]) -> Option<Vec<Option<Answer>>> {
        let writing = async {
            match calls {
                [call] => {
                    let written = write_single(&self.database, call, self.needs_reserve, false);
                    Ok(vec![written.await?])
                }
                _ => write_new(&self.database, calls, self.needs_reserve).await,
            }
        };
        timeout(PATIENCE, writing).await.ok()?.ok()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
