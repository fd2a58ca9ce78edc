//! A receiver that verifies what it gets and wants none of it, without a socket.

use bytes::Bytes;
use hookstead_handler::Router;
use hookstead_inbox::{Inbox, MemoryStore};
use hookstead_receiver::Receiver;
use hookstead_signature::{WebhookSecret, sign};
use http::{Request, StatusCode};
use http_body_util::Full;
use tokio::runtime::{Builder, Runtime};
use tower_service::Service as _;

pub(crate) struct Ignoring {
    receiver: Receiver,
    runtime: Runtime,
}

fn secret() -> WebhookSecret {
    WebhookSecret::new("It's a Secret to Everybody").unwrap()
}

impl Ignoring {
    pub(crate) fn new() -> Self {
        let inbox = Inbox::new(MemoryStore::new(), Router::new());
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let mut ignoring = Self { receiver: Receiver::new(secret(), inbox), runtime };
        // The first one makes the inbox begin.
        assert_eq!(ignoring.receive(Self::request("application/json", b"{}")), StatusCode::OK);
        ignoring
    }

    /// A signed request with this body.
    pub(crate) fn request(content_type: &str, body: &[u8]) -> Request<Full<Bytes>> {
        Request::post("/")
            .header("Content-Type", content_type)
            .header("X-GitHub-Event", "push")
            .header("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
            .header("X-Hub-Signature-256", sign(&secret(), body).to_string())
            .body(Full::from(body.to_vec()))
            .unwrap()
    }

    pub(crate) fn receive(&mut self, request: Request<Full<Bytes>>) -> StatusCode {
        self.runtime.block_on(self.receiver.call(request)).unwrap().status()
    }
}
