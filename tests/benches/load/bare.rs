//! hyper and nothing else, as small as it can be written.

use std::convert::Infallible;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use hookstead::WebhookSecret;
use hookstead::events::{Envelope, Event, EventName, PullRequestEvent};
use hookstead::signature::{Signature, Verifier};
use http::header::HeaderMap;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::contender::Contender;
use crate::letters::SECRET;
use crate::server::Handled;
use crate::table::Table;

/// What it does with each delivery.
pub(crate) struct Bare {
    contender: Contender,
    verifier: Verifier,
    table: Option<Table>,
    handled: Arc<Handled>,
}

impl Bare {
    /// One with its table, if it has one, in this folder.
    pub(crate) fn new(
        contender: Contender,
        folder: &Path,
        handled: Arc<Handled>,
    ) -> Result<Self, Box<dyn Error>> {
        let verifier = Verifier::from(WebhookSecret::new(SECRET)?);
        let table = match contender {
            Contender::Writes => Some(Table::open(&folder.join("bare.db"))?),
            _ => None,
        };
        Ok(Self { contender, verifier, table, handled })
    }

    pub(crate) async fn serve(self, listener: std::net::TcpListener) -> Result<(), Box<dyn Error>> {
        let listener = TcpListener::from_std(listener)?;
        let bare = Arc::new(self);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let bare = Arc::clone(&bare);
            let service = service_fn(move |request: Request<Incoming>| {
                let bare = Arc::clone(&bare);
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await.map(|it| it.to_bytes()).unwrap_or_default();
                    let is_taken = bare.take(&head.headers, body).await;
                    let answer = Response::builder().status(if is_taken { 202 } else { 401 });
                    let answer = answer.body(Full::new(Bytes::from_static(b"accepted")));
                    Ok::<_, Infallible>(answer.unwrap_or_default())
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }

    /// Whether it is answered with success.
    async fn take(&self, headers: &HeaderMap, body: Bytes) -> bool {
        let header = |name| headers.get(name).and_then(|it| it.to_str().ok());
        if self.contender == Contender::Reads {
            return true;
        }
        let signature = header("x-hub-signature-256").and_then(|it| it.parse::<Signature>().ok());
        if signature.is_none_or(|it| self.verifier.verify(&body, &it).is_err()) {
            return false;
        }
        if self.contender == Contender::Decodes {
            return handle(&body);
        }
        let (Some(table), Some(guid)) = (&self.table, header("x-github-delivery")) else {
            return true;
        };
        if !table.accept(guid, &body).await {
            return false;
        }
        let (table, guid, handled) = (table.clone(), guid.to_owned(), Arc::clone(&self.handled));
        tokio::spawn(async move {
            if handle(&body) {
                table.settle(guid);
                handled.one_more();
            }
        });
        true
    }
}

/// Scans and decodes a delivery. Whether it could be.
fn handle(body: &[u8]) -> bool {
    let envelope = Envelope::scan(body);
    let event = PullRequestEvent::decode(&EventName::from("pull_request"), body);
    envelope.is_ok_and(|it| it.action.is_some()) && event.is_ok_and(|it| it.number > 0)
}
