//! Serves clients of git, by git itself.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::{Bytes, BytesMut};
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Either, Limited};
use hyper::body::{Body as _, Incoming};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::answer::Answer;
use super::body::{Cut, ServedBody};
use super::git::{Admitted, GitRequest, Refusal};
use super::git_body::GitBody;
use super::record::{path_below, recorded};
use crate::git::gzip;
use crate::git::repository::GitRepository;
use crate::git::service::Service;
use crate::shared::Shared;
use crate::traffic::fault::{Fault, Kind};
use crate::traffic::request::RecordedRequest;

/// The longest push, which is GitHub's limit.
const PUSH_LIMIT: u64 = 2 * 1024 * 1024 * 1024;

/// The longest request that comes compressed, before and after: clients compress what fits into their buffer, which
/// is 1 MiB by default.
const COMPRESSED_LIMIT: usize = 16 * 1024 * 1024;

/// How much is read of git's output at once, and how many such pieces wait for a slow client.
const PIECE: usize = 32 * 1024;
const PIECES: usize = 8;

type Served = Response<GitBody>;

/// The one place that requests of git's pass.
pub(super) async fn respond(
    shared: &Arc<Shared>,
    request: &GitRequest,
    head: Parts,
    body: Incoming,
    closing: &Arc<AtomicBool>,
) -> Result<Response<Either<ServedBody, GitBody>>, Cut> {
    let path = path_below(&shared.settings, &head).to_owned();
    let fault = shared.update_all(|fake| fake.faults.take(&head.method, &path));
    let Some(fault) = fault else {
        let served = serve(shared, request, &head, body).await;
        record(shared, &head, served.status(), None);
        return Ok(served.map(Either::Right));
    };
    if !fault.after_effect {
        sleep(fault.delay).await;
    }
    let served =
        if fault.lets_work() { Some(serve(shared, request, &head, body).await) } else { None };
    if fault.after_effect {
        sleep(fault.delay).await;
    }
    let status = served.as_ref().map(|served| served.status());
    if fault.kind == Kind::Latency
        && let Some(served) = served
    {
        record(shared, &head, served.status(), Some(fault));
        return Ok(served.map(Either::Right));
    }
    // What git answered is spoilt: only whether it succeeded is told.
    let own = status.map(|status| Answer::plain(status, "000eunpack ok\n"));
    let sent = shared.read_all(|fake| fault.spoil(own, &fake.world, &head));
    let effect = status.is_some_and(|status| status.is_success());
    let request = recorded(&shared.settings, &head, None);
    let (answered, fault) = (sent.status(), Some(fault));
    shared
        .update_all(|fake| {
            fake.requests.push(RecordedRequest { status: answered, effect, fault, ..request });
            sent.into_response(&shared.settings, &mut fake.world, closing)
        })
        .map(|response| response.map(Either::Left))
}

fn record(shared: &Shared, head: &Parts, status: StatusCode, fault: Option<Fault>) {
    let request = recorded(&shared.settings, head, None);
    let effect = status.is_success();
    let request = RecordedRequest { status: Some(status), effect, fault, ..request };
    shared.update_all(|fake| fake.requests.push(request));
}

async fn serve(shared: &Arc<Shared>, request: &GitRequest, head: &Parts, body: Incoming) -> Served {
    let admitted = shared.read(|world| {
        let admitted = request.admit(&shared.settings, world, &head.headers)?;
        let git = world.repository(admitted.at).git.clone();
        Ok((git.ok_or(Refusal::NotFound("Repository not found."))?, admitted))
    });
    match admitted {
        Ok((git, admitted)) if request.advertise => {
            advertise(shared, request, head, &git, &admitted).await
        }
        Ok((git, admitted)) => work(shared, request, head, git, admitted, body).await,
        Err(refusal) => refused(refusal),
    }
}

/// Which refs there are, and what git can do.
async fn advertise(
    shared: &Arc<Shared>,
    request: &GitRequest,
    head: &Parts,
    git: &GitRepository,
    admitted: &Admitted,
) -> Served {
    if request.service == Service::UploadPack {
        // Who fetches finds the merges of pull requests as they would be now.
        let (world, at) = (Arc::clone(shared), admitted.at);
        if spawn_blocking(move || world.update(|world| world.test_all_merges(at))).await.is_err() {
            return failed();
        }
    }
    let protocol = GitRequest::protocol(&head.headers);
    let mut command = git.serve(request.service, true, protocol);
    let Ok(output) = command.stdin(Stdio::null()).output().await else { return failed() };
    if !output.status.success() {
        return failed();
    }
    let is_second = protocol.is_some_and(|it| it.split(':').any(|it| it == "version=2"));
    let mut body = BytesMut::new();
    if !is_second || request.service == Service::ReceivePack {
        body.extend_from_slice(request.service.announcement().as_bytes());
    }
    body.extend_from_slice(&output.stdout);
    answer(request.service, "advertisement", GitBody::whole(body))
}

/// A fetch, or a push.
async fn work(
    shared: &Arc<Shared>,
    request: &GitRequest,
    head: &Parts,
    git: Arc<GitRepository>,
    admitted: Admitted,
    body: Incoming,
) -> Served {
    let service = request.service;
    let expected = format!("application/x-{}-request", service.name());
    if head.headers.get(CONTENT_TYPE).is_none_or(|it| it != expected.as_str()) {
        return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("Expected {expected}"));
    }
    let input = match input(head, body).await {
        Ok(input) => input,
        Err(status) => return plain(status, "The body cannot be read"),
    };
    let mut command = git.serve(service, false, GitRequest::protocol(&head.headers));
    let Ok(mut child) = command.spawn() else { return failed() };
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return failed();
    };
    shared.spawn(feed(input, stdin));
    match service {
        Service::UploadPack => {
            let (sender, pieces) = mpsc::channel(PIECES);
            shared.spawn(async move {
                pass_on(stdout, &sender).await;
                // Nobody listens any more, or all is said. The folder stays until git has ended.
                let _ended = child.wait().await;
                drop(git);
            });
            answer(service, "result", GitBody::streamed(pieces))
        }
        Service::ReceivePack => {
            let (sender, done) = oneshot::channel();
            let working = Arc::clone(shared);
            // A push that git has taken has happened, whether or not its client is still there.
            shared.spawn(async move {
                let report = collected(stdout).await;
                let _ended = child.wait().await;
                let Admitted { at, user } = admitted;
                let follow = move || working.update(|world| world.apply_push(at, &user));
                let followed = spawn_blocking(follow).await;
                drop(git);
                let _gone = sender.send(followed.ok().map(|()| report));
            });
            match done.await {
                Ok(Some(report)) => answer(service, "result", GitBody::whole(report)),
                _ => failed(),
            }
        }
    }
}

/// What a client sends, as git reads it.
enum Input {
    Whole(Vec<u8>),
    Streamed(Box<Limited<Incoming>>),
}

async fn input(head: &Parts, body: Incoming) -> Result<Input, StatusCode> {
    let encoding = head.headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
    match encoding {
        None | Some(b"identity") => {
            if body.size_hint().lower() > PUSH_LIMIT {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            let limit = usize::try_from(PUSH_LIMIT).unwrap_or(usize::MAX);
            Ok(Input::Streamed(Box::new(Limited::new(body, limit))))
        }
        Some(b"gzip" | b"x-gzip") => {
            let compressed = Limited::new(body, COMPRESSED_LIMIT).collect().await;
            let compressed = compressed.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_bytes();
            let plain = gzip::decompress(&compressed, COMPRESSED_LIMIT);
            plain.map(Input::Whole).ok_or(StatusCode::BAD_REQUEST)
        }
        Some(_) => Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
    }
}

/// Gives git its input. Git finds out by itself what is missing if the client goes away, and need not read all.
async fn feed(input: Input, mut stdin: ChildStdin) {
    match input {
        Input::Whole(data) => {
            let _unread = stdin.write_all(&data).await;
        }
        Input::Streamed(mut body) => {
            while let Some(Ok(frame)) = body.frame().await {
                let data = frame.into_data().unwrap_or_default();
                if stdin.write_all(&data).await.is_err() {
                    // The rest is read all the same: a client that still sends does not read.
                    while let Some(Ok(_)) = body.frame().await {}
                    return;
                }
            }
        }
    }
}

async fn pass_on(mut stdout: ChildStdout, to: &mpsc::Sender<Bytes>) {
    let mut piece = BytesMut::new();
    loop {
        piece.reserve(PIECE);
        match stdout.read_buf(&mut piece).await {
            Ok(1..) if to.send(piece.split().freeze()).await.is_ok() => {}
            _ => return,
        }
    }
}

async fn collected(mut stdout: ChildStdout) -> Vec<u8> {
    let mut all = Vec::new();
    // What could be read of a report is better than none.
    let _read = stdout.read_to_end(&mut all).await;
    all
}

fn answer(service: Service, kind: &str, body: GitBody) -> Served {
    let content_type = format!("application/x-{}-{kind}", service.name());
    let mut response = Response::new(body);
    response.headers_mut().extend([
        header(CONTENT_TYPE, &content_type),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache, max-age=0, must-revalidate")),
    ]);
    response
}

fn refused(refusal: Refusal) -> Served {
    match refusal {
        Refusal::Unauthorized(message) => {
            let mut response = plain(StatusCode::UNAUTHORIZED, message);
            let realm = HeaderValue::from_static("Basic realm=\"GitHub\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, realm);
            response
        }
        Refusal::Forbidden(message) => plain(StatusCode::FORBIDDEN, message),
        Refusal::NotFound(message) => plain(StatusCode::NOT_FOUND, message),
        Refusal::Moved(to) => {
            let mut response = plain(StatusCode::MOVED_PERMANENTLY, "");
            response.headers_mut().extend([header(LOCATION, &to)]);
            response
        }
    }
}

fn failed() -> Served {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "git failed")
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Served {
    let mut response = Response::new(GitBody::whole(text));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn header(name: HeaderName, value: &str) -> (HeaderName, HeaderValue) {
    (name, HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static("")))
}
