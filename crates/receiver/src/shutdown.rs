//! When a server should stop.

use std::io;

/// Returns when the process is asked to stop: by Ctrl-C, or on Unix by SIGTERM.
///
/// Waiting starts with the call, not with the first poll, so no signal is missed in between.
#[cfg(unix)]
pub(crate) fn requested() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("stopping: interrupted"),
            _ = terminate.recv() => tracing::info!("stopping: asked to terminate"),
        }
    })
}

/// Returns when the process is asked to stop by Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn requested() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            tracing::info!("stopping: interrupted");
        }
    })
}
