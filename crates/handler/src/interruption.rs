use std::fmt;
use std::sync::Arc;

use tokio::sync::SetOnce;

/// Why a handler was interrupted: its future was dropped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interruption {
    /// A newer delivery took its place in a lane where only the latest counts.
    Superseded,
    /// It took longer than its deadline.
    Deadline,
    /// The worker lost its lease; somebody else may be at it.
    LeaseLost,
    /// The worker is shutting down; the delivery is handed back.
    Shutdown,
}

impl fmt::Display for Interruption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Superseded => "superseded by a newer delivery",
            Self::Deadline => "took longer than its deadline",
            Self::LeaseLost => "lost its lease, another worker takes over",
            Self::Shutdown => "stopped by a shutdown, to be started again",
        })
    }
}

/// What interrupts an attempt as a whole, or one handler in it.
#[derive(Debug, Default)]
pub(crate) struct Interrupted {
    here: SetOnce<Interruption>,
    /// The attempt that the handler belongs to.
    attempt: Option<Arc<Self>>,
}

impl Interrupted {
    /// For one handler of an attempt.
    pub(crate) fn within(attempt: &Arc<Self>) -> Self {
        Self { here: SetOnce::new(), attempt: Some(Arc::clone(attempt)) }
    }

    /// The first reason stays.
    pub(crate) fn set(&self, why: Interruption) {
        let _ = self.here.set(why);
    }

    pub(crate) fn get(&self) -> Option<Interruption> {
        let above = || self.attempt.as_ref().and_then(|attempt| attempt.get());
        self.here.get().copied().or_else(above)
    }

    /// Returns when the attempt is superseded; never, if it is not.
    pub(crate) async fn superseded(&self) {
        if *self.here.wait().await != Interruption::Superseded {
            std::future::pending().await
        }
    }
}
