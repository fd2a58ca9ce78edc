use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::CONNECTION;
use http::{HeaderValue, Method, Request};
use http_body::Body;
use tokio::sync::{Semaphore, watch};
use tokio::task::yield_now;
use tokio::time::sleep;
use tower_service::Service as _;

use crate::activity::Activity;
use crate::answer::Answer;
use crate::connection::Served;
use crate::health::{self, Readiness};
use crate::hook_path::HookPath;
use crate::limits::Limits;
use crate::receiver::Receiver;
use crate::refusals::Refusals;
use crate::stage::Stage;
use crate::unread::{self, Arrival};

/// Whoever asks for more before it has its answer, and for something else than good deliveries do, waits
/// so long for each of those answers. No health check and no proxy asks like this, so nobody is slower
/// for it, and a crowd that does takes next to no time: on 512 connections some 10,000 answers a second.
const PIPELINED_PAUSE: Duration = Duration::from_millis(50);

/// Everything that a server serves, by path.
pub(crate) struct Site {
    path: HookPath,
    receiver: Receiver,
    readiness: Readiness,
    refusals: Refusals,
    refused_body: usize,
    stages: watch::Receiver<Stage>,
    turn: Semaphore,
}

impl Site {
    pub(crate) fn new(
        path: HookPath,
        receiver: Receiver,
        readiness: Readiness,
        limits: &Limits,
        stages: watch::Receiver<Stage>,
    ) -> Self {
        let refusals = Refusals::new(limits.log_interval);
        let (refused_body, turn) = (limits.refused_body, Semaphore::new(1));
        Self { path, receiver, readiness, refusals, refused_body, stages, turn }
    }

    pub(crate) async fn respond<B>(&self, request: Request<B>, activity: Arc<Activity>) -> Served
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if self.path.is(request.uri().path()) {
            let Ok(mut response) = self.receiver.clone().call(request).await;
            // Nothing else succeeds there than what was signed.
            let is_useful = response.status().is_success();
            if self.is_leaving() {
                // The next request should go to somebody who stays.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            if !is_useful {
                self.take_turns(&activity).await;
            }
            return Served { response, is_useful };
        }
        let (head, body) = request.into_parts();
        let answer = match head.uri.path() {
            "/livez" => health::live(&head.method),
            "/readyz" => self.ready(&head.method, activity.address).await,
            _ => {
                self.refusals.not_found(&head);
                let answer = Answer::not_found();
                #[cfg(feature = "metrics")]
                crate::metrics::answered(answer.status());
                answer
            }
        };
        self.take_turns(&activity).await;
        let arrival = Arrival::of(&head);
        let answer = unread::finish(answer, arrival, pin!(body), self.refused_body).await;
        Served { response: answer.into(), is_useful: false }
    }

    /// Of all answers to what is no good delivery, one is worked on at a time, and then everything
    /// else that is ready comes first. So whoever asks without end takes only the time that is left.
    async fn take_turns(&self, activity: &Activity) {
        activity.queues();
        if activity.is_pipelined() {
            sleep(PIPELINED_PAUSE).await;
        }
        // It is never closed.
        let _turn = self.turn.acquire().await;
        yield_now().await;
    }

    fn is_leaving(&self) -> bool {
        *self.stages.borrow() > Stage::Serving
    }

    async fn ready(&self, method: &Method, peer: IpAddr) -> Answer {
        if self.is_leaving() {
            return health::leaving(method);
        }
        self.readiness.answer(method, peer, &self.receiver.signatures()).await
    }
}
