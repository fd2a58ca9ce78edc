//! The socket that new connections come from.

use std::error::Error;
use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;
use std::{fmt, io};

use hookstead_inbox::{Inbox, InboxError, own_runtime};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::time::sleep;

use crate::connections::Connections;
use crate::hook_path::ImpossiblePath;
use crate::limits::Limits;
use crate::tally::Tally;

/// How long to wait after the system refused a connection, for instance because this process has
/// too many files open: for those who have to go, and where nobody can.
const PAUSE_FOR_ROOM: Duration = Duration::from_millis(1);
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_millis(20);

/// What the system keeps of answers for a peer that does not read them. They are short texts; its own
/// few megabytes for each connection would let a crowd fill its memory.
const SEND_BUFFER: usize = 16 * 1024;

/// A socket that listens at this address.
pub(crate) async fn bind(
    address: impl ToSocketAddrs + fmt::Display,
) -> Result<StdTcpListener, ServeError> {
    let bound = TcpListener::bind(&address).await.and_then(TcpListener::into_std);
    bound.map_err(|source| ServeError::cannot_listen(address.to_string(), source))
}

/// Makes the inbox ready for the server. A store that is out of order right now is no reason not to begin:
/// `/readyz` tells of it, and the inbox tries again.
pub(crate) async fn start(inbox: &Inbox) -> Result<(), ServeError> {
    match inbox.start().await {
        Err(error) if error.needs_a_person() => Err(ServeError(Reason::Inbox(error))),
        Err(error) => {
            tracing::error!(error = &error as &dyn Error, "the inbox cannot begin yet");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// The socket, until it is closed.
type Socket = Arc<Mutex<Option<TcpListener>>>;

/// Where new connections come from.
pub(crate) struct Listening {
    socket: Socket,
    refused: Tally<Option<i32>>,
}

/// Closes the socket when it is dropped, whoever is still about to use it. So the port is free as soon
/// as nobody waits for the server any more.
pub(crate) struct Closing(Socket);

impl Drop for Closing {
    fn drop(&mut self) {
        lock(&self.0).take();
    }
}

fn lock(socket: &Socket) -> MutexGuard<'_, Option<TcpListener>> {
    // It is there or it is not.
    socket.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Listening {
    /// Makes a socket that listens ready to be used on Hookstead's own threads.
    pub(crate) fn new(listener: StdTcpListener, limits: &Limits) -> Result<Self, ServeError> {
        let address = listener.local_addr().map_or_else(|_| "?".to_owned(), |it| it.to_string());
        let socket = SockRef::from(&listener);
        // It listens already; this is how its queue is made longer.
        let backlog = i32::try_from(limits.backlog).unwrap_or(i32::MAX);
        let prepared = listener
            .set_nonblocking(true)
            .and_then(|()| socket.listen(backlog))
            // Connections inherit it.
            .and_then(|()| socket.set_send_buffer_size(SEND_BUFFER));
        let runtime = own_runtime();
        let _inside = runtime.enter();
        let listener = prepared
            .and_then(|()| TcpListener::from_std(listener))
            .map_err(|source| ServeError::cannot_listen(address, source))?;
        let socket = Arc::new(Mutex::new(Some(listener)));
        Ok(Self { socket, refused: Tally::new(limits.log_interval) })
    }

    pub(crate) fn closing(&self) -> Closing {
        Closing(Arc::clone(&self.socket))
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        lock(&self.socket).as_ref()?.local_addr().ok()
    }

    async fn next(&self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|context| match &*lock(&self.socket) {
            Some(listener) => listener.poll_accept(context),
            // Nobody waits for this any more.
            None => Poll::Pending,
        })
        .await
    }

    /// The next connection, however often the system refuses one.
    pub(crate) async fn accept(&self, connections: &Connections) -> (TcpStream, SocketAddr) {
        loop {
            match self.next().await {
                Ok((stream, peer)) => {
                    // Answers are short; do not wait for more to send.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "cannot set TCP_NODELAY");
                    }
                    return (stream, peer);
                }
                Err(error) => {
                    self.refused(&error);
                    let is_room = connections.make_room();
                    sleep(if is_room { PAUSE_FOR_ROOM } else { PAUSE_AFTER_REFUSAL }).await;
                }
            }
        }
    }

    fn refused(&self, error: &io::Error) {
        let summary =
            |count| tracing::warn!(count, "as many more connections could not be accepted");
        if self.refused.is_first(error.raw_os_error(), summary) {
            tracing::warn!(%error, "cannot accept a connection");
        }
    }
}

/// How many connections there may be: at most half as many as the process may have files open, for the
/// inbox and the handlers need some, too.
pub(crate) fn most_connections(limits: &Limits) -> usize {
    let Some(files) = open_files() else { return limits.connections };
    let most = usize::try_from(files / 2).unwrap_or(usize::MAX);
    if most < limits.connections {
        tracing::info!(
            connections = most,
            files,
            "fewer connections, for there are few open files"
        );
    }
    limits.connections.min(most)
}

#[cfg(unix)]
fn open_files() -> Option<u64> {
    rlimit::Resource::NOFILE.get_soft().ok()
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}

/// A server could not begin to serve.
#[derive(Debug)]
pub struct ServeError(Reason);

#[derive(Debug)]
enum Reason {
    Path(ImpossiblePath),
    Listen { address: String, source: io::Error },
    Signals(io::Error),
    Inbox(InboxError),
}

impl ServeError {
    pub(crate) fn cannot_listen(address: String, source: io::Error) -> Self {
        Self(Reason::Listen { address, source })
    }

    pub(crate) fn no_signals(source: io::Error) -> Self {
        Self(Reason::Signals(source))
    }
}

impl From<ImpossiblePath> for ServeError {
    fn from(path: ImpossiblePath) -> Self {
        Self(Reason::Path(path))
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Path(path) => path.fmt(formatter),
            Reason::Listen { address, .. } => write!(formatter, "cannot listen at {address}"),
            Reason::Signals(_) => formatter.write_str("cannot be told to stop by signals"),
            Reason::Inbox(error) => error.fmt(formatter),
        }
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Reason::Path(_) => None,
            Reason::Listen { source, .. } | Reason::Signals(source) => Some(source),
            Reason::Inbox(error) => error.source(),
        }
    }
}
