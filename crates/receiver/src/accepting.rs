//! Accepts connections and serves each of them, until the end.

use std::sync::Arc;

use hookstead_inbox::own_runtime;
use http::Request;
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::activity::Activity;
use crate::connection::{self, RequestBody, Served};
use crate::connections::Connections;
use crate::limits::Limits;
use crate::listening::{self, Closing, Listening};
use crate::stage::{Stage, reached};
use crate::tally::Tally;

/// Runs on Hookstead's own threads. Dropped with the caller's future, it ends there as soon as it can;
/// its socket is closed at once.
pub(crate) async fn on_own_threads(
    _closing: Closing,
    serving: impl Future<Output = ()> + Send + 'static,
) {
    let mut running = JoinSet::new();
    running.spawn_on(serving, &own_runtime());
    if let Some(Err(error)) = running.join_next().await {
        tracing::error!(%error, "the server broke off");
    }
}

/// Returns when the sender is gone.
pub(crate) async fn gone(mut sender: watch::Receiver<()>) {
    while sender.changed().await.is_ok() {}
}

/// Accepts connections until it is told to stop, then waits for those that are open.
pub(crate) async fn accept_connections<S, R>(
    listening: Listening,
    limits: &Limits,
    stages: watch::Receiver<Stage>,
    respond: S,
) where
    S: Fn(Request<RequestBody<Incoming>>, Arc<Activity>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Served> + Send + 'static,
{
    let connections = Connections::new(listening::most_connections(limits));
    let crowded = Tally::new(limits.log_interval);
    let mut serving = JoinSet::new();
    let mut stopping = std::pin::pin!(reached(stages.clone(), Stage::Stopping));
    loop {
        let next = async {
            let (stream, peer) = listening.accept(&connections).await;
            let (admitted, gone) = connections.admit(peer.ip()).await;
            (stream, peer, admitted, gone)
        };
        let (stream, peer, admitted, gone) = tokio::select! {
            () = &mut stopping => break,
            next = next => next,
        };
        for _ in 0..gone {
            let summary =
                |count| tracing::warn!(count, "as many more connections had to make room since");
            if crowded.is_first((), summary) {
                tracing::warn!("too many connections: the one needed least had to make room");
            }
        }
        while serving.try_join_next().is_some() {}
        let (respond, limits, stages) = (respond.clone(), limits.clone(), stages.clone());
        serving.spawn(async move {
            let stopping = reached(stages, Stage::Stopping);
            connection::serve(stream, admitted, &limits, stopping, respond).await;
            tracing::trace!(%peer, "connection closed");
        });
    }
    drop(listening.closing());
    let drained =
        timeout(limits.drain_deadline, async { while serving.join_next().await.is_some() {} });
    if drained.await.is_err() {
        tracing::warn!(connections = serving.len(), "cut off after the drain deadline");
    }
}
