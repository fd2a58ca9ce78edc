use std::time::{Duration, Instant};

use super::log::Log;
use crate::runner::local::mask::Masker;

/// What may be the beginning of a secret, and is short, waits so long for what follows.
const LET_OUT_AFTER: Duration = Duration::from_secs(1);

/// What the commands write: masked, and written to the log.
#[derive(Debug)]
pub(super) struct Output {
    masker: Masker,
    log: Log,
    masked: Vec<u8>,
    /// When the last byte came.
    last: Instant,
}

impl Output {
    pub(super) fn new(masker: Masker, log: Log) -> Self {
        Self { masker, log, masked: Vec::new(), last: Instant::now() }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.last = Instant::now();
        self.masker.push(bytes, &mut self.masked);
        self.flush();
    }

    /// Writes what was held back, if nothing has come for a while.
    pub(super) fn rest(&mut self) {
        if self.last.elapsed() >= LET_OUT_AFTER {
            self.masker.let_out(&mut self.masked);
            self.flush();
        }
    }

    /// Writes a line of the runner's own, after all that the commands have written.
    pub(super) fn note(&mut self, text: &str) {
        self.masker.finish(&mut self.masked);
        self.flush();
        self.log.note(text);
    }

    /// How long nothing has come.
    pub(super) fn silence(&self) -> Duration {
        self.last.elapsed()
    }

    /// A step begins, and has said nothing yet.
    pub(super) fn start_silence(&mut self) {
        self.last = Instant::now();
    }

    /// Returns how long the log is, and how many bytes were left out.
    pub(super) fn end(mut self) -> (u64, u64) {
        self.masker.finish(&mut self.masked);
        self.flush();
        self.log.end()
    }

    fn flush(&mut self) {
        self.log.append(&self.masked);
        self.masked.clear();
    }
}
