use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::store::contract::Store;

/// A fresh, empty store for one rule.
pub struct TestStore {
    // Dropped before what keeps it alive.
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Option<SetClock>,
    kept: Vec<Box<dyn Any + Send>>,
}

/// Sets a store's clock by so many milliseconds.
pub(super) type SetClock =
    Box<dyn Fn(i64) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl TestStore {
    /// A store.
    #[must_use]
    pub fn new(store: impl Store) -> Self {
        Self { store: Arc::new(store), clock: None, kept: Vec::new() }
    }

    /// How to set the clock of this store by so many milliseconds, ahead or (less than 0) back. Where
    /// that is the machine's or a server's, it does as well to move all moments in the store by as many
    /// the other way. A store whose clock nobody can set, as the monotonic one, needs none; the rules
    /// about clocks are as good as kept then.
    #[must_use]
    pub fn clock<F>(mut self, set: impl Fn(i64) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.clock = Some(Box::new(move |by| Box::pin(set(by))));
        self
    }

    pub(super) async fn set_clock(&self, by: i64) {
        if let Some(set) = &self.clock {
            set(by).await;
        }
    }

    /// Keeps this (the directory of its file, the database it runs in) until the store is gone.
    #[must_use]
    pub fn keeping(mut self, kept: impl Any + Send) -> Self {
        self.kept.push(Box::new(kept));
        self
    }
}

impl fmt::Debug for TestStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TestStore").finish_non_exhaustive()
    }
}
