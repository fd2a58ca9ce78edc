use std::time::{Duration, Instant, SystemTime};

use super::output::Output;
use crate::runner::ending::Ending;
use crate::runner::local::folder::RunFolder;
use crate::runner::local::spec::Spec;

/// What ends a run from outside: time, silence, a cancel, a server that is gone.
#[derive(Debug)]
pub(super) struct Watch {
    began: Instant,
    timeout: Duration,
    silence: Duration,
    abandoned_after: Duration,
    /// When somebody was last there, by the file's clock, and when that was seen.
    heartbeat: (Option<SystemTime>, Instant),
}

impl Watch {
    pub(super) fn new(spec: &Spec) -> Self {
        Self {
            began: Instant::now(),
            timeout: spec.order.timeout,
            silence: spec.order.silence,
            abandoned_after: spec.abandoned_after,
            heartbeat: (None, Instant::now()),
        }
    }

    /// Why the run has to end now, if it has to.
    pub(super) fn look(&mut self, folder: &RunFolder, output: &Output) -> Option<Ending> {
        if folder.is_canceled() {
            return Some(Ending::Canceled);
        }
        if !folder.is_claimed() {
            let reason = "the folder of the run was removed".to_owned();
            return Some(Ending::Lost { reason });
        }
        // Only whether it changes counts, not what the clock says: clocks are put forward.
        let heartbeat = folder.heartbeat();
        if heartbeat != self.heartbeat.0 {
            self.heartbeat = (heartbeat, Instant::now());
        } else if self.heartbeat.1.elapsed() > self.abandoned_after {
            let reason = "no server has followed the run for too long".to_owned();
            return Some(Ending::Lost { reason });
        }
        if self.began.elapsed() > self.timeout {
            return Some(Ending::Deadline { after: self.timeout });
        }
        if output.silence() > self.silence {
            return Some(Ending::Silence { after: self.silence });
        }
        None
    }
}
