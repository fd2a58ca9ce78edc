use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hookstead_handler::Decoded;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Leased;

/// A place for one handler in a pool. It is free again when this is dropped.
pub(crate) type Slot = OwnedSemaphorePermit;

/// A task that was leased when it was accepted, on its way to the worker, with what was decoded.
pub(crate) struct HandedOver {
    pub(crate) leased: Leased,
    pub(crate) decoded: Option<Decoded>,
    pub(crate) slot: Slot,
}

/// How many handlers may run at the same time, by pool. They are open while a worker works in this
/// process; meanwhile what is accepted is handed over to it.
#[derive(Default)]
pub(crate) struct Pools(Mutex<Option<Open>>);

struct Open {
    slots: HashMap<String, Arc<Semaphore>>,
    handed_over: UnboundedSender<HandedOver>,
}

impl Pools {
    /// Opens them with so many slots each. Returns where the worker gets what is handed over.
    pub(crate) fn open(
        &self,
        slots: HashMap<String, Arc<Semaphore>>,
    ) -> UnboundedReceiver<HandedOver> {
        let (handed_over, receiver) = unbounded_channel();
        *self.lock() = Some(Open { slots, handed_over });
        receiver
    }

    /// From now on what is accepted waits.
    pub(crate) fn close(&self) {
        *self.lock() = None;
    }

    /// A free slot of this pool, if there is one and a worker works.
    pub(crate) fn reserve(&self, pool: &str) -> Option<Slot> {
        let slots = Arc::clone(self.lock().as_ref()?.slots.get(pool)?);
        slots.try_acquire_owned().ok()
    }

    /// Gives a task to the worker. `false`: it has stopped meanwhile; the lease is to be released.
    pub(crate) fn hand_over(&self, task: HandedOver) -> Result<(), HandedOver> {
        match self.lock().as_ref() {
            Some(open) => open.handed_over.send(task).map_err(|unsent| unsent.0),
            None => Err(task),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
