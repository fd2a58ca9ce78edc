//! Answers with a service of the user's, which runs where handlers do.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::{Body, SizeHint};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tower_service::Service;

use crate::activity::{Activity, Visit};
use crate::answer::Answer;
use crate::incoming_body::{BoxError, IncomingBody};
use crate::limits::Limits;
use crate::page_body::{PageBody, Part, ServedBody};
use crate::stage::{Stage, reached};
use crate::unread::{self, Arrival};

/// A stream that hears of the end, too, may say so, for so long. Then it ends without.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The head of an answer, and what is to be known of its body before the first part comes.
struct Begun {
    response: Response<()>,
    size: SizeHint,
    is_empty: bool,
}

type Making = Pin<Box<dyn Future<Output = ()> + Send>>;
type Make = dyn Fn(Request<IncomingBody>, oneshot::Sender<Begun>, mpsc::Sender<Part>) -> Making
    + Send
    + Sync;

/// A service of the user's, whatever its types.
#[derive(Clone)]
pub(crate) struct PageService(Arc<Make>);

impl PageService {
    pub(crate) fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        // Not every service can be shared; a clone for each request can do without.
        let service = Mutex::new(service);
        Self(Arc::new(move |request, begun, parts| {
            let service = service.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Box::pin(make(service, request, begun, parts))
        }))
    }
}

/// Calls the service, and passes on what it answers, part by part.
async fn make<S, B>(
    mut service: S,
    request: Request<IncomingBody>,
    begun: oneshot::Sender<Begun>,
    parts: mpsc::Sender<Part>,
) where
    S: Service<Request<IncomingBody>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let answered = async {
        poll_fn(|context| service.poll_ready(context)).await?;
        service.call(request).await
    };
    let (head, body) = match answered.await.map_err(Into::into) {
        Ok(response) => response.into_parts(),
        Err(error) => {
            tracing::error!(error = &*error as &dyn std::error::Error, "a page failed");
            return;
        }
    };
    let (size, is_empty) = (body.size_hint(), body.is_end_stream());
    let response = Response::from_parts(head, ());
    if begun.send(Begun { response, size, is_empty }).is_err() || is_empty {
        return;
    }
    let mut body = Box::pin(body);
    // Only when there is room for a part it is made, so a slow reader makes nobody keep a whole page.
    while let Ok(room) = parts.reserve().await {
        match poll_fn(|context| body.as_mut().poll_frame(context)).await {
            Some(part) => room.send(part.map_err(Into::into)),
            None => return,
        }
    }
}

/// Answers with a [`PageService`], within a server's limits.
pub(crate) struct Pages {
    service: PageService,
    /// Where the service runs, and cannot get in the way of deliveries.
    runtime: Handle,
    largest_body: usize,
    body_deadline: Duration,
    refused_body: usize,
    stages: watch::Receiver<Stage>,
}

impl Pages {
    pub(crate) fn new(
        service: PageService,
        runtime: Handle,
        limits: &Limits,
        stages: watch::Receiver<Stage>,
    ) -> Self {
        let Limits { payload, body_deadline, refused_body, .. } = *limits;
        Self { service, runtime, largest_body: payload, body_deadline, refused_body, stages }
    }

    pub(crate) async fn respond<B>(
        &self,
        request: Request<B>,
        activity: &Arc<Activity>,
    ) -> Response<ServedBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (mut head, body) = request.into_parts();
        let arrival = Arrival::of(&head);
        head.extensions.insert(activity.address);
        head.extensions.insert(Visit::new(activity));
        let (body, unread) = IncomingBody::new(body, self.largest_body, self.body_deadline);
        activity.visits_page();

        // The service runs on another runtime, until this future or the body is dropped.
        let ((begun, beginning), (parts, receiver)) = (oneshot::channel(), mpsc::channel(1));
        let mut maker = JoinSet::new();
        maker.spawn_on(
            (self.service.0)(Request::from_parts(head, body), begun, parts),
            &self.runtime,
        );
        let Ok(Begun { response, size, is_empty }) = beginning.await else {
            if let Some(Err(error)) = maker.join_next().await {
                tracing::error!(%error, "a page broke off");
            }
            let answer = Answer::new(StatusCode::INTERNAL_SERVER_ERROR, "the page failed");
            return self
                .finish(Response::from(answer).map(ServedBody::from), arrival, &unread)
                .await;
        };
        let is_stream = is_event_stream(response.headers());
        let stopping = reached(self.stages.clone(), Stage::Stopping);
        let stopping = async {
            stopping.await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        let stopping = is_stream.then(|| Box::pin(stopping) as Making);
        let body = PageBody { parts: receiver, size, is_empty, stopping, maker };
        self.finish(response.map(|()| ServedBody::Page(body)), arrival, &unread).await
    }

    /// What was not read of the request's body is read off, or the connection closes.
    async fn finish(
        &self,
        mut response: Response<ServedBody>,
        arrival: Arrival,
        unread: &crate::incoming_body::Unread,
    ) -> Response<ServedBody> {
        let closes = match unread.take() {
            Some(mut body) => !unread::read_off(arrival, body.as_mut(), self.refused_body).await,
            None => false,
        };
        if closes || *self.stages.borrow() > Stage::Serving {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/event-stream"))
}
