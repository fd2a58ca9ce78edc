use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::fake::Fake;
use crate::state::occurrence::Notice;
use crate::state::world::World;

/// How a fake behaves.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The tokens that are accepted; all if there are none.
    pub(crate) tokens: Vec<String>,
    /// The API's path, empty or with a slash in front.
    pub(crate) prefix: String,
    pub(crate) enterprise_host: Option<String>,
    /// The origin that links begin with; where it listens if there is none.
    pub(crate) known_as: Option<String>,
    /// The API's address for a client.
    pub(crate) api_url: String,
    pub(crate) api_user: String,
    pub(crate) wait_deadline: Duration,
    pub(crate) delivery_deadline: Duration,
}

/// The state, and what changes it from all sides.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    fake: Mutex<Fake>,
    /// To the task that delivers.
    notices: mpsc::UnboundedSender<Notice>,
    /// Counts the changes; those who wait look again at each.
    changes: watch::Sender<u64>,
    /// `None` once the fake has stopped.
    tasks: Mutex<Option<JoinSet<()>>>,
    runtime: Handle,
}

impl Shared {
    /// Call it within a runtime. The receiver is for the task that delivers.
    pub(crate) fn new(settings: Settings, fake: Fake) -> (Self, mpsc::UnboundedReceiver<Notice>) {
        let (notices, to_deliver) = mpsc::unbounded_channel();
        let shared = Self {
            settings,
            fake: Mutex::new(fake),
            notices,
            changes: watch::Sender::new(0),
            tasks: Mutex::new(Some(JoinSet::new())),
            runtime: Handle::current(),
        };
        (shared, to_deliver)
    }

    /// Looks at what is so.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        self.read_all(|fake| read(&fake.world))
    }

    /// Looks at what is so, and at what went in and out.
    pub(crate) fn read_all<T>(&self, read: impl FnOnce(&Fake) -> T) -> T {
        read(&lock(&self.fake))
    }

    /// Changes the state, has the webhooks sent that the change calls for, and wakes who waits.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.update_all(|fake| change(&mut fake.world))
    }

    /// As [`update`](Self::update), for who changes what went in and out as well.
    pub(crate) fn update_all<T>(&self, change: impl FnOnce(&mut Fake) -> T) -> T {
        let mut fake = lock(&self.fake);
        let result = change(&mut fake);
        for notice in fake.world.take_notices() {
            // It fails when the fake has stopped; then nobody is told any more.
            if self.notices.send(notice).is_ok() {
                fake.deliveries.pending += 1;
            }
        }
        drop(fake);
        self.changes.send_modify(|count| *count += 1);
        result
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Runs a task until it ends or the fake stops; from any thread.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = &mut *lock(&self.tasks) {
            // Finished tasks would pile up.
            while tasks.try_join_next().is_some() {}
            tasks.spawn_on(task, &self.runtime);
        }
    }

    /// Stops all tasks. They hold the state, so this is what frees it, too.
    pub(crate) fn stop(&self) {
        // The lock is released before the tasks are dropped.
        let tasks = lock(&self.tasks).take();
        drop(tasks);
    }
}

/// A test that fails while it holds the lock leaves nothing broken that matters.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
