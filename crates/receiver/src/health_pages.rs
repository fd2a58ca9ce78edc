use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use crate::answer::{Answer, AnswerBody};
use crate::health::{self, DetailsFor, Readiness};
use crate::receiver::Receiver;
use crate::shutdown::Shutdown;

/// What an orchestrator asks, as two pages to mount beside a [`Receiver`]: [`livez`](Self::livez) (the process
/// lives) and [`readyz`](Self::readyz) (deliveries are accepted and handled). A
/// [`Server`](crate::Server) has both already, and says there what the second one means.
///
/// The inbox is probed in the background, as the receiver's [limits](crate::Limits::probe_interval) say, so
/// asking costs nothing. That ends when the last clone is dropped, with its pages.
#[derive(Clone)]
pub struct HealthPages {
    shared: Arc<Shared>,
}

struct Shared {
    receiver: Receiver,
    readiness: Readiness,
    shutdown: Shutdown,
}

impl HealthPages {
    /// The health of what this receiver takes. It is not ready from the moment on at which the shutdown is
    /// asked for. Details are shown by the address in the request's extensions, an [`IpAddr`]: a
    /// [`Host`](crate::Host) puts it there. Without one nobody is on this machine.
    #[must_use]
    pub fn new(receiver: &Receiver, details_for: DetailsFor, shutdown: &Shutdown) -> Self {
        let readiness = receiver.readiness(details_for);
        let (receiver, shutdown) = (receiver.clone(), shutdown.clone());
        Self { shared: Arc::new(Shared { receiver, readiness, shutdown }) }
    }

    /// Answers 200 as long as the process answers.
    #[must_use]
    pub fn livez(&self) -> HealthPage {
        HealthPage { health: self.clone(), page: Page::Live }
    }

    /// Answers 200 when deliveries are accepted and handled, else 503 with a line for each reason.
    #[must_use]
    pub fn readyz(&self) -> HealthPage {
        HealthPage { health: self.clone(), page: Page::Ready }
    }
}

impl fmt::Debug for HealthPages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HealthPages").finish_non_exhaustive()
    }
}

/// A page of [`HealthPages`]: a tower service that never fails. It answers GET and HEAD, whatever the path.
#[derive(Debug, Clone)]
pub struct HealthPage {
    health: HealthPages,
    page: Page,
}

#[derive(Debug, Clone, Copy)]
enum Page {
    Live,
    Ready,
}

impl HealthPage {
    async fn answer(self, method: http::Method, peer: Option<IpAddr>) -> Answer {
        let Shared { receiver, readiness, shutdown } = &*self.health.shared;
        match self.page {
            Page::Live => health::live(&method),
            Page::Ready if shutdown.is_leaving() => health::leaving(&method),
            Page::Ready => readiness.answer(&method, peer, &receiver.signatures()).await,
        }
    }
}

impl<B> Service<Request<B>> for HealthPage {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let peer = request.extensions().get::<IpAddr>().copied();
        let answering = self.clone().answer(request.method().clone(), peer);
        Box::pin(async move { Ok(answering.await.into()) })
    }
}
