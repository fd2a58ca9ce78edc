use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Smaller bodies are never told to go: there are not enough connections for them to fill the memory.
pub(crate) const SMALL: usize = 64 * 1024;

/// The memory that bodies may take together until their signatures are known.
///
/// When it is full, the body that takes most has to go, for one that takes less. So large bodies that
/// never end cannot keep out a delivery of the usual size.
#[derive(Debug)]
pub(crate) struct BodyMemory {
    bytes: usize,
    taken: Mutex<Taken>,
    given_back: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    bytes: usize,
    next: u64,
    /// Those that are not small.
    large: HashMap<u64, Large>,
}

#[derive(Debug)]
struct Large {
    bytes: usize,
    must_go: Arc<Notify>,
    was_told: bool,
}

/// There is no memory for this body.
#[derive(Debug)]
pub(crate) struct TooManyBodies;

impl BodyMemory {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { bytes, taken: Mutex::default(), given_back: Notify::new() }
    }

    /// The memory of one body, nothing yet.
    pub(crate) fn share(&self) -> Share<'_> {
        Share { memory: self, bytes: 0, large: None, must_go: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Every change is whole.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The memory of one body, given back when dropped.
#[derive(Debug)]
pub(crate) struct Share<'a> {
    memory: &'a BodyMemory,
    bytes: usize,
    large: Option<u64>,
    must_go: Arc<Notify>,
}

impl Share<'_> {
    /// Returns when this body must make room for others.
    pub(crate) async fn must_go(&self) {
        self.must_go.notified().await;
    }

    /// Takes memory for a body of so many bytes in all, once there is some.
    pub(crate) async fn grow_to(&mut self, bytes: usize) -> Result<(), TooManyBodies> {
        let memory = self.memory;
        loop {
            let mut given_back = pin!(memory.given_back.notified());
            // From here on nothing that is given back is missed.
            given_back.as_mut().enable();
            {
                let mut taken = memory.lock();
                let more = bytes.saturating_sub(self.bytes);
                if memory.bytes.saturating_sub(taken.bytes) >= more {
                    taken.bytes += more;
                    self.bytes += more;
                    if self.bytes > SMALL {
                        self.becomes_large(&mut taken);
                    }
                    return Ok(());
                }
                let largest = taken.large.values_mut().max_by_key(|large| large.bytes);
                match largest.filter(|largest| largest.bytes > bytes) {
                    None => return Err(TooManyBodies),
                    Some(largest) if largest.was_told => {}
                    Some(largest) => {
                        largest.was_told = true;
                        largest.must_go.notify_one();
                    }
                }
            }
            given_back.await;
        }
    }

    fn becomes_large(&mut self, taken: &mut Taken) {
        let id = *self.large.get_or_insert_with(|| {
            taken.next += 1;
            taken.next
        });
        let must_go = &self.must_go;
        taken
            .large
            .entry(id)
            .or_insert_with(|| Large { bytes: 0, must_go: Arc::clone(must_go), was_told: false })
            .bytes = self.bytes;
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut taken = self.memory.lock();
        taken.bytes -= self.bytes;
        if let Some(id) = self.large {
            taken.large.remove(&id);
        }
        drop(taken);
        self.memory.given_back.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEBIBYTE: usize = 1024 * 1024;

    #[tokio::test]
    async fn the_largest_body_makes_room_for_a_smaller_one() {
        let memory = BodyMemory::new(10 * MEBIBYTE);
        let (mut large, mut larger, mut small) = (memory.share(), memory.share(), memory.share());
        large.grow_to(4 * MEBIBYTE).await.unwrap();
        larger.grow_to(6 * MEBIBYTE).await.unwrap();
        tokio::join!(async { small.grow_to(2 * MEBIBYTE).await.unwrap() }, async {
            larger.must_go().await;
            drop(larger);
        });
        large.grow_to(8 * MEBIBYTE).await.unwrap();
        assert!(large.grow_to(9 * MEBIBYTE).await.is_err(), "the largest itself");
        drop(small);
        large.grow_to(9 * MEBIBYTE).await.unwrap();
        drop(large);
        assert_eq!(memory.lock().bytes, 0);
        assert!(memory.lock().large.is_empty());
    }

    #[tokio::test]
    async fn nobody_goes_for_a_body_that_can_never_fit() {
        let memory = BodyMemory::new(MEBIBYTE);
        let (mut large, mut huge) = (memory.share(), memory.share());
        large.grow_to(MEBIBYTE / 2).await.unwrap();
        assert!(huge.grow_to(2 * MEBIBYTE).await.is_err());
        large.grow_to(MEBIBYTE).await.unwrap();
    }
}
