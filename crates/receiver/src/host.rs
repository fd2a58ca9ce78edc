use std::error::Error;
use std::fmt;
use std::net::TcpListener as StdTcpListener;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::runtime::Handle;
use tower_service::Service;

use crate::accepting::{accept_connections, on_own_threads};
use crate::activity::Activity;
use crate::connection::{RequestBody, Served};
use crate::incoming_body::IncomingBody;
use crate::limits::Limits;
use crate::listening::{Listening, ServeError};
use crate::pages::{PageService, Pages};
use crate::receiver::IsGood;
use crate::shutdown::Shutdown;
use crate::turns::Turns;

/// Serves a service of yours, with a [`Receiver`](crate::Receiver) somewhere in it, and keeps connections in
/// order as a [`Server`](crate::Server) does. That is its [limits](Limits::connections) and deadlines, who has
/// to go first, and how streams and unread bodies end. (Where the receiver has one path, and
/// everything else is pages, [`Server::fallback`](crate::Server::fallback) is less to write.)
///
/// It speaks HTTP/1.1. The service runs on the runtime that calls [`serve`](Self::serve), so what blocks there
/// holds up deliveries. What is said of pages at [`Server::fallback`](crate::Server::fallback) goes for all that
/// is no delivery.
///
/// ```no_run
/// use hookstead_handler::Router;
/// use hookstead_inbox::{Inbox, SqliteStore, Worker};
/// use hookstead_receiver::{DetailsFor, HealthPages, Host, Limits, Receiver, Shutdown};
/// use hookstead_signature::WebhookSecret;
///
/// # async fn run(router: Router) -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = Inbox::new(SqliteStore::open("ci.db")?, router);
/// inbox.start().await?;
/// let receiver = Receiver::new(WebhookSecret::from_env("WEBHOOK_SECRET")?, inbox.clone());
/// let shutdown = Shutdown::by_signals(&Limits::default())?;
/// let health = HealthPages::new(&receiver, DetailsFor::Nobody, &shutdown);
///
/// let app = axum::Router::new()
///     .route("/", axum::routing::get(async || "Builds: none yet"))
///     .route_service("/event_handler", receiver)
///     .route_service("/livez", health.livez())
///     .route_service("/readyz", health.readyz());
///
/// let listener = std::net::TcpListener::bind("127.0.0.1:4567")?;
/// let (served, ()) = tokio::join!(
///     Host::new(app).serve(listener, &shutdown),
///     Worker::new(inbox).run(shutdown.leaving()),
/// );
/// served?;
/// # Ok(())
/// # }
/// ```
pub struct Host {
    service: PageService,
    limits: Limits,
}

impl Host {
    /// A host of this service, any tower service over `http`'s types.
    #[must_use]
    pub fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        Self { service: PageService::new(service), limits: Limits::default() }
    }

    /// Replaces the limits; give the receiver the same.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Serves on this listener until the shutdown says so, and then until the requests are answered that are
    /// at work. When the future is dropped, the listener is closed by then.
    ///
    /// # Errors
    ///
    /// Fails when the system refuses to use the listener.
    pub async fn serve(
        self,
        listener: StdTcpListener,
        shutdown: &Shutdown,
    ) -> Result<(), ServeError> {
        let Self { service, limits } = self;
        let listening = Listening::new(listener, &limits)?;
        let closing = listening.closing();
        let stages = shutdown.stages();
        let pages = Pages::new(service, Handle::current(), &limits, stages.clone());
        let shared = Arc::new((pages, Turns::default()));
        let respond = move |request: Request<RequestBody<Incoming>>, activity: Arc<Activity>| {
            let shared = Arc::clone(&shared);
            async move {
                let (pages, turns) = &*shared;
                let mut response = pages.respond(request, &activity).await;
                let is_useful = response.extensions_mut().remove::<IsGood>().is_some();
                if !is_useful {
                    turns.take(&activity).await;
                    activity.visits_page();
                }
                Served { response, is_useful }
            }
        };
        let serving = async move { accept_connections(listening, &limits, stages, respond).await };
        on_own_threads(closing, serving).await;
        Ok(())
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Host").field("limits", &self.limits).finish_non_exhaustive()
    }
}
