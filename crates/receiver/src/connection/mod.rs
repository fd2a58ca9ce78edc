//! One connection of a server: from its first byte until it closes, is too slow, or has to make
//! room for another.

mod watched;

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use crate::activity::{Activity, Awaited};
use crate::connections::Admitted;
use crate::limits::Limits;
use crate::page_body::ServedBody;
pub(crate) use watched::RequestBody;
use watched::{ResponseBody, WatchedStream};

/// After an answer that came before the whole body, as much of the rest is read and thrown away.
/// Without that, closing the connection would make the sender's system discard the answer unread.
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// And for as long at most.
const LINGER: Duration = Duration::from_secs(2);

/// What is read of a connection at once, in bytes: a usual delivery, with its head. The buffer of a
/// connection begins with a quarter of this, and grows where more comes.
pub(crate) const READ_BUFFER: usize = 32 * 1024;

/// A connection's deadline is looked at so often at least, while it is far away or there is none.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// What a server answers, and what it thinks of who asked.
pub(crate) struct Served {
    pub(crate) response: Response<ServedBody>,
    /// It was a delivery with a good signature.
    pub(crate) is_useful: bool,
}

/// How a connection ended.
enum End {
    /// By itself, or because it failed.
    Closed,
    /// The peer did not do in time what was awaited.
    Late,
    /// Another needed its place.
    Evicted,
}

/// Serves one connection until it closes; once `stopping` is ready, until its request is answered.
pub(crate) async fn serve<S, R>(
    stream: TcpStream,
    admitted: Admitted,
    limits: &Limits,
    stopping: impl Future<Output = ()>,
    respond: S,
) where
    S: Fn(Request<RequestBody<Incoming>>, Arc<Activity>) -> R,
    R: Future<Output = Served>,
{
    // Each request says what the connection waits for, so that the one needed least can be closed.
    let activity = Arc::clone(&admitted.activity);
    let service = service_fn(|request: Request<Incoming>| {
        activity.requested();
        let watch = |body| RequestBody { body, activity: Arc::clone(&activity) };
        let responding = respond(request.map(watch), Arc::clone(&activity));
        let (activity, admitted) = (&activity, &admitted);
        Box::pin(async move {
            let Served { response, is_useful } = responding.await;
            if is_useful && activity.becomes_useful() {
                admitted.is_useful();
            }
            activity.answers();
            let watch = |body| ResponseBody { body, activity: Arc::clone(activity) };
            Ok::<_, Infallible>(response.map(watch))
        })
    });
    let io = TokioIo::new(WatchedStream { stream, activity: Arc::clone(&activity) });
    let mut connection = http1::Builder::new()
        // Deadlines for heads are this module's, which knows an idle connection from a slow one.
        .header_read_timeout(None)
        .max_header_size(limits.head)
        .max_buf_size(limits.head.max(READ_BUFFER))
        // A sender that closes its half of the connection still wants its answer, and a delivery
        // that is being accepted must not be dropped half-way.
        .half_close(true)
        .serve_connection(io, service);

    // From here on four things race: the end of the server, the connection's own end, others that need its
    // place, and the deadline of what it waits for.
    let mut stopping = pin!(stopping);
    let mut evicted = pin!(activity.evicted.notified());
    let mut alarm = pin!(sleep_until(Instant::now() + LOOK_AGAIN));
    let mut asked_to_stop = false;
    let end = poll_fn(|context| {
        if !asked_to_stop && stopping.as_mut().poll(context).is_ready() {
            asked_to_stop = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        if let Poll::Ready(served) = connection.poll_without_shutdown(context) {
            if let Err(error) = served {
                tracing::debug!(error = &error as &dyn std::error::Error, "connection failed");
            }
            return End::Closed.into();
        }
        while evicted.as_mut().poll(context).is_ready() {
            // It may have spoken at the last moment.
            if activity.waiting().is_some() {
                return End::Evicted.into();
            }
            admitted.stays();
            evicted.set(activity.evicted.notified());
        }
        late(alarm.as_mut(), context, || activity.deadline(limits)).map(|()| End::Late)
    })
    .await;

    // One that ended by itself lingers, so that what was answered last arrives; the others are cut off.
    let awaited = activity.waiting().map(|waiting| waiting.awaited);
    let stream = connection.into_parts().io.into_inner().stream;
    match end {
        End::Closed => {
            activity.closes();
            tokio::select! {
                () = linger(stream) => {}
                () = activity.evicted.notified() => {}
            }
        }
        End::Late | End::Evicted => {
            tracing::debug!(?awaited, "connection cut off");
            if awaited == Some(Awaited::Reading) {
                // Else the system would keep what was not read, for minutes.
                if let Err(error) = stream.set_zero_linger() {
                    tracing::debug!(%error, "cannot cut a connection off");
                }
            }
        }
    }
}

/// Ready once the deadline has passed. The alarm is moved only where that is needed to be in time:
/// usually a request is long over when it rings, and then it is set to what is awaited by then.
fn late(
    mut alarm: Pin<&mut Sleep>,
    context: &mut Context<'_>,
    deadline: impl Fn() -> Option<Instant>,
) -> Poll<()> {
    if let Some(deadline) = deadline()
        && deadline < alarm.deadline()
    {
        alarm.as_mut().reset(deadline);
    }
    while alarm.as_mut().poll(context).is_ready() {
        match deadline() {
            Some(deadline) if deadline <= Instant::now() => return Poll::Ready(()),
            Some(deadline) => alarm.as_mut().reset(deadline),
            None => alarm.as_mut().reset(Instant::now() + LOOK_AGAIN),
        }
    }
    Poll::Pending
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
