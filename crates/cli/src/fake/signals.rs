use std::io;

use tokio::signal;

/// Ctrl-C and, on Unix, SIGTERM. From its making on they do not end the process by themselves.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: signal::unix::Signal,
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

/// The exit code of a process that Ctrl-C ended, as shells have it.
const INTERRUPTED: i32 = 130;

/// The exit code of a process that SIGTERM ended, as shells have it.
#[cfg(unix)]
const TERMINATED: i32 = 143;

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> io::Result<Self> {
        use signal::unix::{SignalKind, signal};
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Ok(Self { interrupt: signal(interrupt)?, terminate: signal(terminate)? })
    }

    #[cfg(not(unix))]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// The next one, as the exit code of a process that it ends.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.terminate.recv() => TERMINATED,
        }
    }

    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) -> i32 {
        // Without Ctrl-C the process is ended from outside.
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        INTERRUPTED
    }
}
