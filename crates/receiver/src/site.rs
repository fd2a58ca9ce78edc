use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use tokio::sync::watch;
use tower_service::Service as _;

use crate::activity::Activity;
use crate::answer::Answer;
use crate::connection::Served;
use crate::health::{self, Readiness};
use crate::hook_path::HookPath;
use crate::limits::Limits;
use crate::page_body::ServedBody;
use crate::pages::Pages;
use crate::receiver::Receiver;
use crate::refusals::Refusals;
use crate::stage::Stage;
use crate::turns::Turns;
use crate::unread::{self, Arrival};

/// Everything that a server serves, by path.
pub(crate) struct Site {
    path: HookPath,
    receiver: Receiver,
    readiness: Readiness,
    refusals: Refusals,
    refused_body: usize,
    stages: watch::Receiver<Stage>,
    turns: Turns,
    pages: Option<Pages>,
}

impl Site {
    pub(crate) fn new(
        path: HookPath,
        receiver: Receiver,
        readiness: Readiness,
        limits: &Limits,
        stages: watch::Receiver<Stage>,
        pages: Option<Pages>,
    ) -> Self {
        let refusals = Refusals::new(limits.log_interval);
        let (refused_body, turns) = (limits.refused_body, Turns::default());
        Self { path, receiver, readiness, refusals, refused_body, stages, turns, pages }
    }

    pub(crate) async fn respond<B>(&self, request: Request<B>, activity: Arc<Activity>) -> Served
    where
        B: Body<Data = Bytes> + Send + 'static,
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
                self.turns.take(&activity).await;
            }
            return Served { response: response.map(ServedBody::from), is_useful };
        }
        let (mut head, body) = request.into_parts();
        let answer = match (head.uri.path(), &self.pages) {
            ("/livez", _) => health::live(&head.method),
            ("/readyz", _) => self.ready(&head.method, activity.address).await,
            (_, Some(pages)) => {
                self.turns.take(&activity).await;
                let delivery = self.refusals.lost_delivery(&head);
                head.extensions.insert(self.receiver.signatures());
                let response = pages.respond(Request::from_parts(head, body), &activity).await;
                if let (Some(delivery), StatusCode::NOT_FOUND) = (delivery, response.status()) {
                    self.refusals.not_found(&delivery);
                }
                #[cfg(feature = "metrics")]
                crate::metrics::answered(response.status());
                return Served { response, is_useful: false };
            }
            _ => {
                if let Some(delivery) = self.refusals.lost_delivery(&head) {
                    self.refusals.not_found(&delivery);
                }
                let answer = Answer::not_found();
                #[cfg(feature = "metrics")]
                crate::metrics::answered(answer.status());
                answer
            }
        };
        self.turns.take(&activity).await;
        let arrival = Arrival::of(&head);
        let answer = unread::finish(answer, arrival, pin!(body), self.refused_body).await;
        Served { response: Response::from(answer).map(ServedBody::from), is_useful: false }
    }

    fn is_leaving(&self) -> bool {
        *self.stages.borrow() > Stage::Serving
    }

    async fn ready(&self, method: &Method, peer: IpAddr) -> Answer {
        if self.is_leaving() {
            return health::leaving(method);
        }
        self.readiness.answer(method, Some(peer), &self.receiver.signatures()).await
    }
}
