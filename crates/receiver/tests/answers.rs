//! Every row of the table of answers, over a real socket, for JSON and for form bodies.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "this test uses only a part of the support")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hookstead_events::{AnyEvent, DecodeError, Event, EventName};
use hookstead_handler::{Attempt, Delivery, Handler, HandlerError, Router, handler_fn};
use hookstead_inbox::{Inbox, MemoryStore};
use hookstead_receiver::{Limits, Server};
use hookstead_signature::{Verifier, WebhookSecret, sign};
use support::told::{Accepting, Told};
use support::{Answer, ENCODINGS, Encoding, GUID, Request, Running, secret, within};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::sleep;

const PAYLOAD: &str = r#"{"action": "opened", "number": 7, "title": "Zoë ☃ + 100 %",
    "repository": {"id": 1, "full_name": "octocat/hello-world"}}"#;

/// A `pull_request`, whatever is in it.
struct AnyPullRequest;

impl Event for AnyPullRequest {
    const NAME: Option<EventName> = Some(EventName::PullRequest);

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

/// Tells the test what it was given, and ends when the test says so.
struct Gate {
    seen: mpsc::UnboundedSender<Delivery>,
    open: Arc<Semaphore>,
}

#[async_trait]
impl Handler<AnyPullRequest> for Gate {
    async fn handle(&self, _: &AnyPullRequest, attempt: &Attempt) -> Result<(), HandlerError> {
        self.seen.send(attempt.delivery().clone())?;
        self.open.acquire().await?.forget();
        Ok(())
    }
}

struct Test {
    running: Running,
    seen: mpsc::UnboundedReceiver<Delivery>,
    open: Arc<Semaphore>,
}

impl Test {
    fn with(change: impl FnOnce(Server) -> Server) -> Self {
        let (sender, seen) = mpsc::unbounded_channel();
        let open = Arc::new(Semaphore::new(0));
        let gate = Gate { seen: sender, open: Arc::clone(&open) };
        let router = Router::new().on::<AnyPullRequest>(gate);
        let server = Server::new("/event_handler", secret(), router);
        Self { running: Running::start(change(server)), seen, open }
    }

    fn start() -> Self {
        Self::with(|server| server)
    }

    /// Around an inbox with this store.
    fn around(store: Arc<Told>, change: impl FnOnce(Inbox) -> Inbox) -> Self {
        let (sender, seen) = mpsc::unbounded_channel();
        let open = Arc::new(Semaphore::new(0));
        let gate = Gate { seen: sender, open: Arc::clone(&open) };
        let inbox = Inbox::new(store, Router::new().on::<AnyPullRequest>(gate));
        let server = Server::of("/event_handler", secret(), change(inbox));
        Self { running: Running::start(server), seen, open }
    }

    async fn send(&self, request: Request) -> Answer {
        self.running.send(&request).await
    }

    async fn handled(&mut self) -> Delivery {
        within(self.seen.recv()).await.unwrap()
    }
}

fn good(encoding: Encoding) -> Request {
    Request::delivery("pull_request", PAYLOAD, encoding)
}

#[tokio::test]
async fn accepted_then_duplicate_then_accepted_again() {
    for encoding in ENCODINGS {
        let store = Arc::new(MemoryStore::new());
        let mut test = Test::with(|server| server.inbox(Arc::clone(&store)));
        let inbox = Inbox::new(store, Router::new());
        let answer = test.send(good(encoding)).await;
        answer.expect(202, "");
        assert_eq!(answer.text, format!("accepted {GUID} pull_request.opened"));
        assert!(answer.head.contains("content-type: text/plain"), "{answer:?}");

        let delivery = test.handled().await;
        assert_eq!(delivery.body, PAYLOAD, "the payload is unwrapped, byte for byte");
        assert_eq!(delivery.id.as_str(), GUID);
        assert_eq!(delivery.event, EventName::PullRequest);
        assert_eq!(delivery.action.as_deref(), Some("opened"));
        assert_eq!(delivery.hook, Some(292_430_182));
        let target = delivery.target.unwrap();
        assert_eq!((target.kind.as_str(), target.id), ("repository", 79_929_171));
        assert_eq!(delivery.repository.as_deref(), Some("octocat/hello-world"));

        let answer = test.send(good(encoding)).await;
        answer.expect(202, "");
        assert_eq!(answer.text, format!("duplicate {GUID}, 1 of 1 task still at work"));

        test.open.add_permits(1);
        within(async {
            while inbox.depth().await.unwrap().done == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let answer = test.send(good(encoding)).await;
        answer.expect(202, "");
        assert_eq!(answer.text, format!("accepted again {GUID} pull_request.opened"));
        test.handled().await;
        test.open.add_permits(1);
        test.running.stop().await;
    }
}

#[tokio::test]
async fn work_of_a_programs_own_never_comes_from_outside() {
    let router =
        Router::new().on::<AnyEvent>(handler_fn(async |_: AnyEvent, _: Attempt| panic!("never")));
    let running = Running::start(Server::new("/event_handler", secret(), router));
    for encoding in ENCODINGS {
        for event in ["hookstead.build", "hookstead.", "HookStead.build"] {
            let answer = running.send(&Request::delivery(event, "{}", encoding)).await;
            answer.expect(400, "X-GitHub-Event");
            answer.expect(400, "`hookstead.`");
        }
    }
}

#[tokio::test]
async fn large_payloads_are_taken_whole() {
    let mut test = Test::start();
    for (number, encoding) in ENCODINGS.into_iter().enumerate() {
        let title = "x".repeat(3 * 1024 * 1024);
        let payload = format!(
            r#"{{"title": "{title}", "action": "opened", "repository": {{"full_name": "o/r"}}}}"#
        );
        let request = Request::delivery("pull_request", &payload, encoding)
            .with("X-GitHub-Delivery", &number.to_string());
        test.send(request).await.expect(202, &format!("accepted {number} pull_request.opened"));
        let delivery = test.handled().await;
        assert_eq!(delivery.body, Bytes::from(payload));
        assert_eq!(delivery.repository.as_deref(), Some("o/r"));
        test.open.add_permits(1);
        let broken = Request::delivery("pull_request", &format!("{{{title}"), encoding);
        test.send(broken).await.expect(400, "line 1 column 2");
    }
}

#[tokio::test]
async fn the_same_id_from_another_hook_is_another_delivery() {
    let mut test = Test::start();
    test.send(good(Encoding::Json)).await.expect(202, "accepted");
    test.send(good(Encoding::Json).with("X-GitHub-Hook-ID", "1")).await.expect(202, "accepted 72");
    let hooks = [test.handled().await.hook, test.handled().await.hook];
    assert!(hooks.contains(&Some(1)) && hooks.contains(&Some(292_430_182)), "{hooks:?}");
}

#[tokio::test]
async fn pong_and_ignored() {
    let test = Test::start();
    for encoding in ENCODINGS {
        let ping = Request::delivery("ping", r#"{"zen": "Design for failure."}"#, encoding);
        let answer = test.send(ping).await;
        answer.expect(200, "");
        assert_eq!(answer.text, "pong");
        let star = Request::delivery("star", r#"{"action": "created"}"#, encoding);
        test.send(star).await.expect(200, "ignored star.created: no handler");
        let unheard_of = Request::delivery("from_the_future", "{}", encoding);
        test.send(unheard_of).await.expect(200, "ignored from_the_future: no handler");
    }
}

#[tokio::test]
async fn a_ping_reaches_whoever_handles_everything() {
    let (sender, mut seen) = mpsc::unbounded_channel();
    let router = Router::new().on::<AnyEvent>(handler_fn(move |event: AnyEvent, _: Attempt| {
        let sent = sender.send(event.name().clone());
        async move { Ok(sent?) }
    }));
    let running = Running::start(Server::new("/event_handler", secret(), router));
    let ping = Request::delivery(
        "ping",
        r#"{"zen": "Design for failure.", "hook_id": 1}"#,
        Encoding::Json,
    );
    running.send(&ping).await.expect(200, "pong");
    assert_eq!(within(seen.recv()).await.unwrap(), EventName::Ping);
}

#[tokio::test]
async fn other_methods_and_paths() {
    let test = Test::start();
    for encoding in ENCODINGS {
        for method in ["GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "BREW"] {
            let answer = test.send(Request { method, ..good(encoding) }).await;
            answer.expect(405, "");
            assert!(answer.head.contains("allow: post"), "{answer:?}");
        }
        for path in
            ["/", "/event_handler//", "/EVENT_HANDLER", "/event_handler/x", "//event_handler"]
        {
            test.send(Request { path, ..good(encoding) }).await.expect(404, "");
        }
        for path in ["/event_handler?from=smee", "/event_handler/", "/event_handler/?from=smee"] {
            test.send(Request { path, ..good(encoding) }).await.expect(202, "");
        }
    }
}

#[tokio::test]
async fn a_path_that_nothing_can_come_to_is_an_error() {
    for path in ["event_handler", "", "/event handler", "/event_handler?a=b", "/livez"] {
        let server = Server::new(path, secret(), Router::new());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let error = server.serve_until(listener, std::future::pending()).await.unwrap_err();
        assert!(error.to_string().contains(&format!("the path {path:?}")), "{error}");
        let error = Server::new(path, secret(), Router::new()).serve("127.0.0.1:0").await;
        assert!(error.is_err());
    }
}

#[tokio::test]
async fn a_missing_or_malformed_header_is_named() {
    let test = Test::start();
    for encoding in ENCODINGS {
        for name in ["X-GitHub-Event", "X-GitHub-Delivery"] {
            test.send(good(encoding).without(name)).await.expect(400, name);
            test.send(good(encoding).with(name, "")).await.expect(400, name);
            test.send(good(encoding).with(name, "a b")).await.expect(400, name);
            test.send(good(encoding).with(name, &"x".repeat(129))).await.expect(400, name);
            test.send(good(encoding).with(name, "caf\u{e9}")).await.expect(400, name);
            test.send(good(encoding).and(name, "twice")).await.expect(400, name);
        }
        for name in ["Content-Type", "X-Hub-Signature-256"] {
            let value =
                good(encoding).headers.iter().find(|(it, _)| *it == name).unwrap().1.clone();
            let lower = name.to_lowercase();
            let answer = test.send(good(encoding).and(name, &value)).await;
            assert_eq!(answer.status, 400, "{answer:?}");
            assert!(answer.text.to_lowercase().contains(&lower), "{answer:?}");
        }
        // Other senders leave these out, and number their deliveries.
        let bare = good(encoding)
            .without("X-GitHub-Hook-ID")
            .without("X-GitHub-Hook-Installation-Target-Type")
            .without("X-GitHub-Hook-Installation-Target-ID")
            .with("X-GitHub-Delivery", "17");
        assert_eq!(test.send(bare).await.status, 202);
    }
}

/// What GitHub leaves open, or may leave out, stays open.
#[tokio::test]
async fn no_optional_header_refuses_a_delivery() {
    const HOOK: &str = "X-GitHub-Hook-ID";
    const KIND: &str = "X-GitHub-Hook-Installation-Target-Type";
    const ID: &str = "X-GitHub-Hook-Installation-Target-ID";
    const HOST: &str = "X-GitHub-Enterprise-Host";
    let long = "x".repeat(4000);
    let mut test = Test::start();
    test.open.add_permits(100);
    for name in [HOOK, KIND, ID, HOST, "X-Hub-Signature", "User-Agent", "X-GitHub-Tenant"] {
        let values = ["", "seven", "-1", "caf\u{e9}", "a b", "18446744073709551616", &long];
        for (number, value) in values.into_iter().enumerate() {
            let odd = format!("{name} {number}");
            let request = good(Encoding::Json)
                .with(name, value)
                .with("X-GitHub-Delivery", &odd.replace(' ', "-"));
            test.send(request).await.expect(202, "accepted");
            let delivery = test.handled().await;
            // What was not understood counts as missing, and nothing else is lost.
            assert_eq!(delivery.hook.is_some(), name != HOOK, "{odd}");
            let is_kind = ["seven", "-1", "18446744073709551616"].contains(&value);
            assert_eq!(delivery.target.is_some(), name != ID && (name != KIND || is_kind), "{odd}");
        }
        let twice = good(Encoding::Json).and(name, "once more").with("X-GitHub-Delivery", name);
        test.send(twice).await.expect(202, "accepted");
        test.handled().await;
    }
    let market =
        good(Encoding::Json).with("X-GitHub-Delivery", "market").with(KIND, "marketplace::listing");
    test.send(market).await.expect(202, "accepted");
    assert_eq!(test.handled().await.target.unwrap().kind, "marketplace::listing");
}

#[tokio::test]
async fn a_missing_or_wrong_signature_tells_nothing() {
    let test = Test::start();
    for encoding in ENCODINGS {
        let right = sign(&secret(), &good(encoding).body).to_string();
        let wrong_secret = WebhookSecret::new("wrong").unwrap();
        test.send(good(encoding).without("X-Hub-Signature-256")).await.expect(401, "missing");
        for signature in [
            sign(&wrong_secret, &good(encoding).body).to_string(),
            // Over the JSON, not over the form that was sent.
            sign(&secret(), format!("{PAYLOAD} ").as_bytes()).to_string(),
            right.replace("sha256=", "sha1="),
            right[..70].to_owned(),
            "sha256=".to_owned(),
            "0".to_owned(),
        ] {
            let answer = test.send(good(encoding).with("X-Hub-Signature-256", &signature)).await;
            assert_eq!(answer.status, 401, "{answer:?}");
            assert!(!answer.text.contains(&right[7..15]), "{answer:?}");
        }
        let mut changed = good(encoding);
        *changed.body.last_mut().unwrap() ^= 1;
        test.send(changed).await.expect(401, "wrong");
    }
}

#[tokio::test]
async fn a_previous_secret_is_good_too() {
    let verifier = Verifier::new(WebhookSecret::new("this year's").unwrap()).or(secret());
    let running = Running::start(Server::new("/event_handler", verifier, Router::new()));
    for encoding in ENCODINGS {
        running.send(&good(encoding)).await.expect(200, "ignored");
    }
}

#[tokio::test]
async fn a_wrong_content_type_names_the_right_ones() {
    let test = Test::start();
    for encoding in ENCODINGS {
        for wrong in ["text/plain", "multipart/form-data", "application/json+x", "", "json"] {
            let answer = test.send(good(encoding).with("Content-Type", wrong)).await;
            answer.expect(415, "application/json");
            answer.expect(415, "application/x-www-form-urlencoded");
        }
        test.send(good(encoding).without("Content-Type")).await.expect(415, "application/json");
        let fussy = format!("{} ; Charset=\"UTF-8\"", encoding.content_type().to_uppercase());
        test.send(good(encoding).with("Content-Type", &fussy)).await.expect(202, "");
    }
}

#[tokio::test]
async fn a_verified_body_that_is_no_object_says_where() {
    let test = Test::start();
    for encoding in ENCODINGS {
        for (payload, text) in [
            (r#"{"action": }"#, "line 1 column 12"),
            ("[]", "a JSON object"),
            ("", "EOF"),
            ("{} {}", "trailing characters"),
        ] {
            let request = Request::delivery("pull_request", payload, encoding);
            test.send(request).await.expect(400, text);
        }
        let mut request = good(encoding);
        request.body = encoding.body(b"{\"a\": \"\xff\"}");
        let signature = sign(&secret(), &request.body).to_string();
        let length = request.body.len().to_string();
        let request =
            request.with("X-Hub-Signature-256", &signature).with("Content-Length", &length);
        test.send(request).await.expect(400, "no UTF-8 at byte 7");
    }
    for body in ["", "a=b", "payloads={}", PAYLOAD] {
        let mut request = good(Encoding::Form);
        request.body = body.as_bytes().to_vec();
        let signature = sign(&secret(), body.as_bytes()).to_string();
        let length = body.len().to_string();
        let request =
            request.with("X-Hub-Signature-256", &signature).with("Content-Length", &length);
        test.send(request).await.expect(400, "payload");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_however_it_comes() {
    let test = Test::with(|server| server.limits(Limits::default().payload(1000)));
    for encoding in ENCODINGS {
        // Exactly at the limit.
        let payload = format!(r#"{{"a": "{}"}}"#, "x".repeat(1000 - 9));
        assert_eq!(payload.len(), 1000);
        let request = Request::delivery("pull_request", &payload, encoding);
        test.send(request.with("X-GitHub-Delivery", &format!("{encoding:?}")))
            .await
            .expect(202, "");
        let payload = format!("{payload} ");
        test.send(Request::delivery("pull_request", &payload, encoding)).await.expect(413, "1000");

        // Announced, and never sent.
        let huge = good(encoding).with("Content-Length", "99999999999");
        test.running.send_raw(&huge.head()).await.expect(413, "bytes");

        // Not announced, and far more than any buffer on the way holds: the answer arrives.
        let request = good(encoding).without("Content-Length").and("Transfer-Encoding", "chunked");
        let mut bytes = request.head();
        for _ in 0..80 {
            bytes.extend_from_slice(b"10000\r\n");
            bytes.extend_from_slice(&[b' '; 0x10000]);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
        test.running.send_raw(&bytes).await.expect(413, "bytes");
    }
}

#[tokio::test]
async fn a_head_has_its_limit_whatever_comes_with_it() {
    const LIMIT: usize = 10_000;
    let test = Test::with(|server| server.limits(Limits::default().head(LIMIT)));
    for (length, status) in [(LIMIT, 202), (LIMIT + 1, 431), (LIMIT + 20_000, 431)] {
        for pieces in [1000, usize::MAX] {
            let id = format!("{length}-{pieces}");
            let request = good(Encoding::Json).with("X-GitHub-Delivery", &id).and("X-Long", "");
            let padding = "x".repeat(length - request.head().len());
            let request = request.with("X-Long", &padding);
            assert_eq!(request.head().len(), length);
            let mut stream = TcpStream::connect(test.running.address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            for piece in request.to_bytes().chunks(pieces) {
                if stream.write_all(piece).await.is_err() {
                    // It was refused before its end.
                    break;
                }
            }
            let answer = Answer::read_one(&mut stream).await.unwrap();
            assert_eq!(answer.status, status, "{length} bytes, {pieces} at once");
        }
    }
}

#[tokio::test]
async fn bodies_around_the_size_of_a_buffer_come_out_as_they_came() {
    let mut test = Test::start();
    let mut stream = TcpStream::connect(test.running.address).await.unwrap();
    let sizes = [8_000, 16_383, 16_384, 24_261, 31_000, 32_768, 32_769, 48_000, 24_261, 100];
    for (number, length) in sizes.into_iter().enumerate() {
        let start = format!(r#"{{"length": {length}, "a": ""#);
        let letters = (b'a'..=b'z').cycle().map(char::from);
        let body: String = letters.take(length - start.len() - 2).collect();
        let payload = format!("{start}{body}\"}}");
        let request = Request::delivery("pull_request", &payload, Encoding::Json);
        let request = request.with("X-GitHub-Delivery", &number.to_string());
        within(stream.write_all(&request.keep_alive())).await.unwrap();
        Answer::read_one(&mut stream).await.unwrap().expect(202, "accepted");
        assert_eq!(test.handled().await.body, payload, "{length}");
    }
}

#[tokio::test]
async fn a_form_may_be_as_long_as_its_encoding_makes_it() {
    let test = Test::with(|server| server.limits(Limits::default().payload(1000)));
    let payload = format!(r#"{{"a": "{}"}}"#, "x".repeat(900));
    let request = Request::delivery("pull_request", &payload, Encoding::Form);
    assert!(request.body.len() > 2500);
    test.send(request).await.expect(202, "");
}

#[tokio::test]
async fn a_body_in_small_chunks_is_verified_as_it_arrives() {
    let mut test = Test::start();
    for encoding in ENCODINGS {
        let request = good(encoding)
            .without("Content-Length")
            .and("Transfer-Encoding", "chunked")
            .with("X-GitHub-Delivery", &format!("{encoding:?}"));
        let mut stream = TcpStream::connect(test.running.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(&request.head()).await.unwrap();
        for piece in request.body.chunks(7) {
            stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await.unwrap();
            stream.write_all(piece).await.unwrap();
            stream.write_all(b"\r\n").await.unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        Answer::read(&mut stream).await.expect(202, "accepted");
        assert_eq!(test.handled().await.body, PAYLOAD);
    }
}

#[tokio::test]
async fn a_body_that_is_too_slow() {
    let limits = Limits::default().body_deadline(Duration::from_millis(50));
    let test = Test::with(|server| server.limits(limits));
    for encoding in ENCODINGS {
        let request = good(encoding);
        let mut bytes = request.head();
        bytes.extend_from_slice(&request.body[..10]);
        test.running.send_raw(&bytes).await.expect(408, "0.05 s");
    }
}

#[tokio::test]
async fn a_head_that_never_ends_frees_its_connection() {
    let limits = Limits::default().head_deadline(Duration::from_millis(50)).connections(1);
    let test = Test::with(|server| server.limits(limits));
    let mut slow = TcpStream::connect(test.running.address).await.unwrap();
    slow.write_all(b"POST /event_handler HTTP/1.1\r\n").await.unwrap();
    // There is one connection only, so this waits for the slow one to be cut off.
    within(test.send(good(Encoding::Json))).await.expect(202, "");
}

#[tokio::test]
async fn too_many_bodies_at_once() {
    let limits = Limits::default().bodies_in_memory(2048);
    let test = Test::with(|server| server.limits(limits));
    for encoding in ENCODINGS {
        let payload = format!(r#"{{"a": "{}"}}"#, "x".repeat(3000));
        let answer = test.send(Request::delivery("pull_request", &payload, encoding)).await;
        answer.expect(503, "too many bodies");
        assert!(answer.head.contains("retry-after:"), "{answer:?}");
        // The memory was given back.
        test.send(good(encoding)).await.expect(202, "");
    }
}

#[tokio::test]
async fn an_inbox_that_is_full_or_down_or_stuck() {
    for encoding in ENCODINGS {
        let down = Test::with(|server| server.inbox(Arc::new(Told::default())));
        let stuck = Test::around(Told::accepting(Accepting::NeverAnswers), |inbox| {
            inbox.accept_deadline(Duration::from_millis(50))
        });
        let full = Test::around(Told::accepting(Accepting::IsFull), |inbox| inbox);
        for (test, text) in [(down, "down"), (stuck, "too long"), (full, "full")] {
            let answer = test.send(good(encoding)).await;
            answer.expect(503, text);
            assert!(answer.head.contains("retry-after:"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_reply_of_ones_own() {
    let test = Test::with(|server| server.reply("Well, it worked!"));
    for encoding in ENCODINGS {
        let answer = test.send(good(encoding)).await;
        answer.expect(202, "");
        assert_eq!(answer.text, "Well, it worked!");
        test.send(good(encoding).without("X-GitHub-Event")).await.expect(400, "X-GitHub-Event");
    }
}

#[tokio::test]
async fn shutdown_finishes_the_request_that_is_running() {
    let limits = Limits::default().leave_delay(Duration::ZERO);
    let mut test = Test::with(|server| server.limits(limits));
    let request = good(Encoding::Json);
    let mut stream = TcpStream::connect(test.running.address).await.unwrap();
    let (first, last) = request.body.split_at(10);
    stream.write_all(&request.head()).await.unwrap();
    stream.write_all(first).await.unwrap();
    // The server is reading this one's body once it has answered another that came later.
    test.send(good(Encoding::Json).with("X-GitHub-Delivery", "1")).await.expect(202, "");
    test.handled().await;
    test.open.add_permits(2);
    let address = test.running.address;
    let stopping = tokio::spawn(test.running.stop());
    // Gently, for a crowd of connections would be in the way of the one that is slow.
    let pause = Duration::from_millis(20);
    let gone = async {
        while TcpStream::connect(address).await.is_ok() {
            sleep(pause).await
        }
    };
    within(gone).await;
    stream.write_all(last).await.unwrap();
    Answer::read(&mut stream).await.expect(202, "accepted 72d3162e");
    within(stopping).await.unwrap();
}

#[tokio::test]
async fn a_server_that_nobody_waits_for_any_more_frees_its_port_at_once() {
    let mut address = "127.0.0.1:0".parse().unwrap();
    for milliseconds in 0..20 {
        let listener = std::net::TcpListener::bind::<std::net::SocketAddr>(address).unwrap();
        address = listener.local_addr().unwrap();
        let server = Server::new("/event_handler", secret(), Router::new());
        let serving = server.serve_until(listener, std::future::pending());
        let late = tokio::time::timeout(Duration::from_millis(milliseconds), serving).await;
        assert!(late.is_err());
    }
}
