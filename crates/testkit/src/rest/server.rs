use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::respond::respond;
use crate::shared::Shared;

/// Serves the API until it is dropped, connections and all.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // The machine is out of something; it passes when others have ended.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(Arc::clone(&shared), stream));
    }
}

/// Serves one connection until it ends.
async fn connection(shared: Arc<Shared>, stream: TcpStream) {
    let closing = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| respond(&shared, request, &closing));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service)
    );
    // A client that goes away in the middle of a request is no concern of anybody's.
    let _gone = poll_fn(|context| {
        let mut ended = connection.as_mut().poll(context);
        // A fault's wish. Its answer has been written, so the client was not told.
        if ended.is_pending() && closing.swap(false, Ordering::Relaxed) {
            connection.as_mut().graceful_shutdown();
            ended = connection.as_mut().poll(context);
        }
        ended
    })
    .await;
}
