use tokio::sync::watch;

/// How far a server is on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Not on its way.
    Serving,
    /// It was asked to stop. Deliveries are still accepted.
    Leaving,
    /// No new connections.
    Stopping,
}

/// Returns when the server has come so far.
pub(crate) async fn reached(mut stages: watch::Receiver<Stage>, stage: Stage) {
    // A sender that is gone says stop, too.
    let _ = stages.wait_for(|reached| *reached >= stage).await;
}
