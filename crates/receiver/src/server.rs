use std::error::Error;
use std::fmt;
use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::sync::Arc;

use bytes::Bytes;
use hookstead_handler::Router;
use hookstead_inbox::{Inbox, MemoryStore, Store, Worker};
use hookstead_signature::Verifier;
use http::{Request, Response};
use http_body::Body;
use tokio::net::ToSocketAddrs;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tower_service::Service;

use crate::accepting::{accept_connections, gone, on_own_threads};
use crate::health::DetailsFor;
use crate::hook_path::HookPath;
use crate::incoming_body::IncomingBody;
use crate::limits::Limits;
use crate::listening::{self, Listening, ServeError};
use crate::pages::{PageService, Pages};
use crate::receiver::Receiver;
use crate::shutdown::{self, Asked};
use crate::site::Site;
use crate::stage::{Stage, reached};

/// A complete webhook server: it receives deliveries on one path, keeps them in an inbox and
/// handles them with a router.
///
/// It also answers `GET /livez` (the process lives) and `GET /readyz`, which says what the last
/// [probe](Inbox::probe) of the inbox said. It is red (503), with a line for each reason, while deliveries
/// are not accepted. It is red when one has been ready for a handler of this server for [longer than it
/// should](Limits::oldest_ready), or all slots of a pool are [held too long](Worker::slot_warning). A full
/// inbox is red, too, as it accepts nothing. What waits for a handler that no process has is no reason,
/// but told. Numbers are shown [to whom you say](Self::details_for), among them
/// how many [signatures](crate::SignatureCounts) were good, which decides nothing.
///
/// It speaks HTTP/1.1 without TLS; put it behind a proxy that does TLS.
///
/// Deliveries are received on [threads of its own](hookstead_inbox::own_runtime), where handlers cannot
/// get in the way; the handlers run on the runtime that serves. Nobody can keep good deliveries out
/// by opening connections: see [`Limits::connections`]. A slash at the end of the path makes no
/// difference, and deliveries that come to another path are warned of in the log.
///
/// # Stopping
///
/// When it is asked to stop, the worker takes nothing new, and `/readyz` turns red. Deliveries are still
/// accepted for [a moment](Limits::leave_delay), so that a load balancer notices first. They are handled
/// after the next start, or by another process on the same inbox. Then requests and handlers
/// that run get their time to finish ([`Limits::drain_deadline`], [`Worker::drain_deadline`]). What a handler
/// started outside of the process, a child process above all, may survive it: see
/// [`Handler`](hookstead_handler::Handler).
///
/// ```no_run
/// use hookstead_handler::Router;
/// use hookstead_inbox::SqliteStore;
/// use hookstead_receiver::Server;
/// use hookstead_signature::WebhookSecret;
///
/// # async fn run(router: Router) -> Result<(), Box<dyn std::error::Error>> {
/// Server::new("/event_handler", WebhookSecret::from_env("WEBHOOK_SECRET")?, router)
///     .inbox(SqliteStore::open("ci.db")?)
///     .serve("127.0.0.1:4567")
///     .await?;
/// # Ok(())
/// # }
/// ```
pub struct Server {
    path: String,
    verifier: Verifier,
    inbox: Inbox,
    /// Nobody said where deliveries are kept.
    is_in_memory: bool,
    limits: Limits,
    reply: Option<String>,
    refuses_replays: bool,
    details_for: DetailsFor,
    pages: Option<PageService>,
    when_listening: Option<Box<dyn FnOnce(SocketAddr) + Send>>,
    change_worker: Option<ChangeWorker>,
}

/// What is to be changed about the worker, once there is one.
type ChangeWorker = Box<dyn FnOnce(Worker) -> Worker + Send>;

impl Server {
    /// A server that takes deliveries at this path. A
    /// [`WebhookSecret`](hookstead_signature::WebhookSecret) is a verifier too.
    #[must_use]
    pub fn new(path: impl Into<String>, verifier: impl Into<Verifier>, router: Router) -> Self {
        let inbox = Inbox::new(MemoryStore::default(), router);
        Self { is_in_memory: true, ..Self::of(path, verifier, inbox) }
    }

    /// A server around an inbox that others use, too: to submit work, to recover, to look into it.
    #[must_use]
    pub fn of(path: impl Into<String>, verifier: impl Into<Verifier>, inbox: Inbox) -> Self {
        Self {
            path: path.into(),
            verifier: verifier.into(),
            inbox,
            is_in_memory: false,
            limits: Limits::default(),
            reply: None,
            refuses_replays: false,
            details_for: DetailsFor::default(),
            pages: None,
            when_listening: None,
            change_worker: None,
        }
    }

    /// Keeps deliveries in this store. Without one they are kept in memory: a crash loses what was
    /// accepted and not yet handled.
    #[must_use]
    pub fn inbox(mut self, store: impl Store) -> Self {
        self.inbox = Inbox::new(store, self.inbox.router().clone());
        self.is_in_memory = false;
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

    /// Refuses a delivery whose body is known under another id, or as another event; off by default, as
    /// honest events may be equal: see [`Receiver::refuse_replays`].
    #[must_use]
    pub fn refuse_replays(mut self) -> Self {
        self.refuses_replays = true;
        self
    }

    /// Who sees more of `/readyz` than whether the server is ready; nobody by default.
    #[must_use]
    pub fn details_for(mut self, details_for: DetailsFor) -> Self {
        self.details_for = details_for;
        self
    }

    /// Answers every other path with this service, in place of 404: a log page, `/metrics`, a site. It may be
    /// any [tower service](tower_service::Service) over `http`'s types, axum's router for instance. The hook's
    /// path, `/livez` and `/readyz` stay what they are.
    ///
    /// Pages get in no delivery's way:
    ///
    /// * They are made on the runtime that serves, as handlers are, so a page that blocks holds up no delivery.
    /// * A connection on which somebody looks at a page is the first to make [room](Limits::connections),
    ///   whether the page is still being made or is a stream that has nothing to send.
    /// * Who does not read is cut off after [`write_deadline`](Limits::write_deadline). A stream that has nothing to
    ///   send may last for ever. Let it send something every 15 s (a line with a colon, of server-sent events), else
    ///   nobody notices when its reader is gone.
    /// * A request's body has the limits of a delivery's: see [`IncomingBody`](crate::IncomingBody). What is not
    ///   read of it is read off, or the connection closes.
    /// * When the server stops, a stream of `text/event-stream` ends as soon as it has nothing to send; other
    ///   answers get the [drain deadline](Limits::drain_deadline).
    ///
    /// Parts of a body are sent as they come. The address of whoever asks stands in the request's extensions, as
    /// a [`std::net::IpAddr`]; and how many signatures were good by now, as
    /// [`SignatureCounts`](crate::SignatureCounts). A page that fails or panics is answered with 500. There are no upgrades of the
    /// protocol: use server-sent events rather than WebSockets.
    ///
    /// ```
    /// # use hookstead_handler::Router;
    /// # use hookstead_receiver::Server;
    /// # use hookstead_signature::WebhookSecret;
    /// # fn server(secret: WebhookSecret, router: Router) -> Server {
    /// let pages = axum::Router::new().route("/", axum::routing::get(async || "Builds: none yet"));
    /// Server::new("/event_handler", secret, router).fallback(pages)
    /// # }
    /// ```
    #[must_use]
    pub fn fallback<S, B>(mut self, service: S) -> Self
    where
        S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        self.pages = Some(PageService::new(service));
        self
    }

    /// Calls this once the server listens, with the address, which has the port that the system chose for port
    /// 0. (The log has it as well.)
    #[must_use]
    pub fn when_listening(mut self, tell: impl FnOnce(SocketAddr) + Send + 'static) -> Self {
        self.when_listening = Some(Box::new(tell));
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
    /// From the first call on, a second Ctrl-C or SIGTERM ends the process at once, whatever runs. What
    /// was at work is handled again, when its lease has ended.
    ///
    /// # Errors
    ///
    /// Fails when it cannot listen at the address. Fails when no delivery can ever come to its path, for
    /// instance because the path does not begin with a slash. Fails when its router cannot be used, for
    /// instance because two handlers have one name. Fails when a handler's name belongs to another program
    /// that runs on the same inbox. Once it listens, it does not fail.
    pub async fn serve(self, address: impl ToSocketAddrs + fmt::Display) -> Result<(), ServeError> {
        let path = HookPath::new(&self.path)?;
        listening::start(&self.inbox).await?;
        let listener = listening::bind(address).await?;
        self.serve_at(path, listener).await
    }

    /// The same on a listener of yours. Who connects to it before waits in the system's queue and is served then:
    /// so a program that takes a moment to begin can listen before.
    ///
    /// # Errors
    ///
    /// Fails as [`serve`](Self::serve) does, and when the system refuses to use the listener.
    pub async fn serve_on(self, listener: StdTcpListener) -> Result<(), ServeError> {
        let path = HookPath::new(&self.path)?;
        listening::start(&self.inbox).await?;
        self.serve_at(path, listener).await
    }

    async fn serve_at(self, path: HookPath, listener: StdTcpListener) -> Result<(), ServeError> {
        let asked = shutdown::requested().map_err(ServeError::no_signals)?;
        let listening = Listening::new(listener, &self.limits)?;
        let closing = listening.closing();
        on_own_threads(closing, self.run(path, listening, Handle::current(), asked)).await;
        Ok(())
    }

    /// Serves on a listener of yours until `shutdown` is ready, and then for
    /// [a moment](Limits::leave_delay) more, as after SIGTERM. What to do about signals is up to you.
    /// When the future is dropped, the listener is closed by then.
    ///
    /// # Errors
    ///
    /// Fails when the system refuses to use the listener; when no delivery can ever come to the server's
    /// path; and, as [`serve`](Self::serve) does, because of its handlers' names.
    pub async fn serve_until(
        self,
        listener: StdTcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let path = HookPath::new(&self.path)?;
        listening::start(&self.inbox).await?;
        let (stop, stopped) = watch::channel(());
        let asked = async {
            gone(stopped).await;
            Asked::Terminate
        };
        let listening = Listening::new(listener, &self.limits)?;
        let closing = listening.closing();
        let running = self.run(path, listening, Handle::current(), asked);
        let mut serving = std::pin::pin!(on_own_threads(closing, running));
        tokio::select! {
            () = &mut serving => return Ok(()),
            () = shutdown => drop(stop),
        }
        serving.await;
        Ok(())
    }

    /// Serves until somebody asks to stop; the handlers run on a runtime of their own.
    async fn run(
        self,
        path: HookPath,
        listening: Listening,
        handlers: Handle,
        asked: impl Future<Output = Asked>,
    ) {
        let limits = self.limits;
        let address = listening.address().map(tracing::field::display);
        // From here on nobody is turned away.
        tracing::info!(address, %path, "listening");
        if let (Some(tell), Some(address)) = (self.when_listening, listening.address()) {
            tell(address);
        }
        if self.is_in_memory {
            tracing::warn!("deliveries are kept in memory: a crash loses those not yet handled");
        }
        let inbox = self.inbox;
        let mut worker = Worker::new(inbox.clone());
        if let Some(change) = self.change_worker {
            worker = change(worker);
        }
        let mut receiver = Receiver::new(self.verifier, inbox.clone()).limits(limits.clone());
        if let Some(reply) = self.reply {
            receiver = receiver.reply(reply);
        }
        if self.refuses_replays {
            receiver = receiver.refuse_replays();
        }
        let (stage, stages) = watch::channel(Stage::Serving);
        let readiness = receiver.readiness(self.details_for);
        let pages = self.pages;
        let pages = pages.map(|pages| Pages::new(pages, handlers.clone(), &limits, stages.clone()));
        let site = Arc::new(Site::new(path, receiver, readiness, &limits, stages.clone(), pages));
        tokio::join!(
            worker.handlers_on(handlers).run(reached(stages.clone(), Stage::Leaving)),
            shutdown::lead(stage, asked, limits.leave_delay),
            accept_connections(listening, &limits, stages, move |request, activity| {
                let site = Arc::clone(&site);
                async move { site.respond(request, activity).await }
            }),
        );
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("path", &self.path)
            .field("verifier", &self.verifier)
            .field("router", self.inbox.router())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
