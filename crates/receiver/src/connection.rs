use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Limits;
use crate::answer::AnswerBody;

/// After an answer that came before the whole body, as much of the rest is read and thrown away.
/// Without that, closing the connection would make the sender's system discard the answer unread.
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// And for as long at most.
const LINGER: Duration = Duration::from_secs(2);

/// Serves one connection until it closes; once `stopping` is ready, until its request is answered.
pub(crate) async fn serve<S, R>(
    stream: TcpStream,
    limits: &Limits,
    stopping: impl Future<Output = ()>,
    respond: S,
) where
    S: Fn(Request<Incoming>) -> R,
    R: Future<Output = Response<AnswerBody>>,
{
    let service = service_fn(|request| {
        let responding = respond(request);
        Box::pin(async { Ok::<_, Infallible>(responding.await) })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_deadline)
        // A sender that closes its half of the connection still wants its answer, and a delivery
        // that is being accepted must not be dropped half-way.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);

    let mut stopping = pin!(stopping);
    let mut asked_to_stop = false;
    let served = poll_fn(|context| {
        if !asked_to_stop && stopping.as_mut().poll(context).is_ready() {
            asked_to_stop = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        connection.poll_without_shutdown(context)
    })
    .await;
    if let Err(error) = served {
        tracing::debug!(error = &error as &dyn std::error::Error, "connection failed");
    }
    linger(connection.into_parts().io.into_inner()).await;
}

/// Closes our half, then waits for the sender to close the other.
async fn linger(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let drain = async {
        let mut scrap = vec![0; 16 * 1024];
        let mut left = LINGER_BYTES;
        while let Ok(read @ 1..) = stream.read(&mut scrap).await {
            left = left.saturating_sub(read);
            if left == 0 {
                break;
            }
        }
    };
    // Whoever is still sending by then does not read.
    timeout(LINGER, drain).await.unwrap_or_default();
}
