use std::error::Error;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::Router;
use hookstead_inbox::{Inbox, MemoryInbox, Worker};
use hookstead_signature::Verifier;
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower_service::Service as _;

use crate::answer::{Answer, AnswerBody};
use crate::health::{self, Readiness};
use crate::{Limits, Receiver, connection, shutdown};

/// How long to wait after the system refused a connection, for instance because this process has
/// too many files open.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// A complete webhook server: it receives deliveries on one path, keeps them in an inbox and
/// handles them with a router.
///
/// It also answers `GET /livez` (the process lives) and `GET /readyz`: red (503), with a line for each
/// reason, while the inbox fails or a delivery has been ready for
/// [longer than it should](Limits::oldest_ready). That it also shows how many
/// [signatures](crate::SignatureCounts) were good decides nothing.
///
/// It speaks HTTP/1.1 without TLS; put it behind a proxy that does TLS.
///
/// ```no_run
/// use hookstead_handler::Router;
/// use hookstead_inbox::SqliteInbox;
/// use hookstead_receiver::Server;
/// use hookstead_signature::WebhookSecret;
///
/// # async fn run(router: Router) -> Result<(), Box<dyn std::error::Error>> {
/// Server::new("/event_handler", WebhookSecret::from_env("WEBHOOK_SECRET")?, router)
///     .inbox(SqliteInbox::open("ci.db")?)
///     .serve("127.0.0.1:4567")
///     .await?;
/// # Ok(())
/// # }
/// ```
pub struct Server {
    path: String,
    verifier: Verifier,
    router: Router,
    inbox: Option<Arc<dyn Inbox>>,
    limits: Limits,
    reply: Option<String>,
    change_worker: Option<ChangeWorker>,
}

/// What is to be changed about the worker, once there is one.
type ChangeWorker = Box<dyn FnOnce(Worker) -> Worker + Send>;

impl Server {
    /// A server that takes deliveries at this path. A
    /// [`WebhookSecret`](hookstead_signature::WebhookSecret) is a verifier too.
    #[must_use]
    pub fn new(path: impl Into<String>, verifier: impl Into<Verifier>, router: Router) -> Self {
        Self {
            path: path.into(),
            verifier: verifier.into(),
            router,
            inbox: None,
            limits: Limits::default(),
            reply: None,
            change_worker: None,
        }
    }

    /// Keeps deliveries in this inbox. Without one they are kept in memory: a crash loses what was
    /// accepted and not yet handled.
    #[must_use]
    pub fn inbox(mut self, inbox: impl Inbox) -> Self {
        self.inbox = Some(Arc::new(inbox));
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Answers what was accepted with this text; see [`Receiver::reply`].
    #[must_use]
    pub fn reply(mut self, text: impl Into<String>) -> Self {
        self.reply = Some(text.into());
        self
    }

    /// Changes the settings of the worker: how many handlers run at once, when they are tried again.
    #[must_use]
    pub fn worker(mut self, change: impl FnOnce(Worker) -> Worker + Send + 'static) -> Self {
        self.change_worker = Some(Box::new(change));
        self
    }

    /// Listens at this address and serves until the process is asked to stop, by Ctrl-C or SIGTERM.
    /// Then running requests and handlers are given time to finish; deliveries whose handlers do
    /// not are handed back to the inbox.
    ///
    /// # Errors
    ///
    /// Fails when it cannot listen at the address. Once it listens, it does not fail.
    pub async fn serve(self, address: impl ToSocketAddrs + fmt::Display) -> Result<(), ServeError> {
        let cannot_listen = |source| ServeError { address: address.to_string(), source };
        let stopping = shutdown::requested().map_err(cannot_listen)?;
        let listener = TcpListener::bind(&address).await.map_err(cannot_listen)?;
        self.run(listener, stopping).await;
        Ok(())
    }

    /// Serves on a listener of yours until `shutdown` is ready.
    ///
    /// # Errors
    ///
    /// Fails when the system refuses to use the listener.
    pub async fn serve_until(
        self,
        listener: StdTcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let address = listener.local_addr().map_or_else(|_| "?".to_owned(), |it| it.to_string());
        let listener = listener
            .set_nonblocking(true)
            .and_then(|()| TcpListener::from_std(listener))
            .map_err(|source| ServeError { address, source })?;
        self.run(listener, shutdown).await;
        Ok(())
    }

    async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let inbox = self.inbox.unwrap_or_else(|| {
            tracing::warn!("deliveries are kept in memory: a crash loses those not yet handled");
            Arc::new(MemoryInbox::default())
        });
        let mut worker = Worker::new(Arc::clone(&inbox), self.router.clone());
        if let Some(change) = self.change_worker {
            worker = change(worker);
        }
        let mut receiver = Receiver::new(self.verifier, self.router, Arc::clone(&inbox))
            .limits(self.limits.clone());
        if let Some(reply) = self.reply {
            receiver = receiver.reply(reply);
        }
        let readiness = Readiness::new(inbox, &self.limits);
        let site = Arc::new(Site { path: self.path, receiver, readiness });

        let (stop, stopped) = watch::channel(false);
        tokio::join!(
            accept_connections(listener, site, self.limits, stopped.clone()),
            worker.run(wait_for(stopped)),
            async {
                shutdown.await;
                stop.send_replace(true);
            }
        );
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("path", &self.path)
            .field("verifier", &self.verifier)
            .field("router", &self.router)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Everything that is served, by path.
struct Site {
    path: String,
    receiver: Receiver,
    readiness: Readiness,
}

impl Site {
    async fn respond(&self, request: Request<Incoming>) -> Response<AnswerBody> {
        match request.uri().path() {
            path if path == self.path => {
                let Ok(response) = self.receiver.clone().call(request).await;
                return response;
            }
            "/livez" => health::live(request.method()),
            "/readyz" => {
                let signatures = self.receiver.signatures();
                self.readiness.answer(request.method(), &signatures).await
            }
            _ => Answer::not_found(),
        }
        .into()
    }
}

async fn wait_for(mut stopped: watch::Receiver<bool>) {
    // A sender that is gone says stop, too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Accepts connections until it is told to stop, then waits for those that are open.
async fn accept_connections(
    listener: TcpListener,
    site: Arc<Site>,
    limits: Limits,
    stopped: watch::Receiver<bool>,
) {
    match listener.local_addr() {
        Ok(address) => tracing::info!(%address, path = site.path, "listening"),
        Err(error) => tracing::warn!(%error, "listening at an unknown address"),
    }
    let slots = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    let mut stopping = std::pin::pin!(wait_for(stopped.clone()));
    loop {
        let next = async {
            // The semaphore is never closed.
            let slot = Arc::clone(&slots).acquire_owned().await.ok();
            (accept(&listener).await, slot)
        };
        let ((stream, peer), slot) = tokio::select! {
            () = &mut stopping => break,
            next = next => next,
        };
        while connections.try_join_next().is_some() {}
        let (site, limits, stopped) = (Arc::clone(&site), limits.clone(), stopped.clone());
        connections.spawn(async move {
            let respond = |request| site.respond(request);
            connection::serve(stream, &limits, wait_for(stopped), respond).await;
            tracing::trace!(%peer, "connection closed");
            drop(slot);
        });
    }
    drop(listener);
    let drained = timeout(limits.drain, async { while connections.join_next().await.is_some() {} });
    if drained.await.is_err() {
        tracing::warn!(connections = connections.len(), "cut off after the drain time");
    }
}

/// The next connection, however often the system refuses one.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are short; do not wait for more to send.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                return (stream, peer);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(PAUSE_AFTER_REFUSAL).await;
            }
        }
    }
}

/// A server could not listen.
#[derive(Debug)]
pub struct ServeError {
    address: String,
    source: io::Error,
}

impl fmt::Display for ServeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot listen at {}", self.address)
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
