//! Any service in place of the client's own connections.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hookstead_client::{
    Client, ClientBuilder, NewDeployment, NotSent, Repo, RequestBody, RetryPolicy, Token,
};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use tower_service::Service;

use crate::support::{Server, TOKEN, json, without_place};

const DEPLOYMENT: &str = r#"{"id": 1, "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "ref": "main", "task": "deploy", "environment": "production"}"#;

/// Answers without any network; fails so many times first.
#[derive(Clone)]
struct Echo {
    failures: Arc<Mutex<Vec<io::Error>>>,
    seen: Arc<Mutex<Vec<Request<RequestBody>>>>,
}

impl Echo {
    fn failing(failures: impl IntoIterator<Item = io::Error>) -> Self {
        let failures = Arc::new(Mutex::new(failures.into_iter().collect()));
        Self { failures, seen: Arc::default() }
    }
}

impl Service<Request<RequestBody>> for Echo {
    type Response = Response<Full<Bytes>>;
    type Error = io::Error;
    type Future = Ready<Result<Self::Response, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        self.seen.lock().unwrap().push(request);
        if let Some(error) = self.failures.lock().unwrap().pop() {
            return ready(Err(error));
        }
        let mut response = Response::new(Full::from(DEPLOYMENT));
        *response.status_mut() = http::StatusCode::CREATED;
        ready(Ok(response))
    }
}

fn builder() -> ClientBuilder {
    let quick = RetryPolicy::new().first_delay(Duration::from_millis(1));
    Client::builder(Token::new(TOKEN).unwrap()).retries(quick)
}

fn repo(builder: ClientBuilder) -> Repo {
    builder.build().unwrap().repo(&"octocat/hello".parse().unwrap())
}

#[tokio::test]
async fn a_service_gets_the_whole_request() {
    let echo = Echo::failing([]);
    // An `https://` base URL needs neither TLS nor roots here.
    let repo = repo(builder().transport(echo.clone()));
    repo.create_deployment(&NewDeployment::new("main")).await.unwrap();
    let request = echo.seen.lock().unwrap().pop().unwrap();
    assert_eq!(request.uri(), "https://api.github.com/repos/octocat/hello/deployments");
    assert_eq!(request.headers()["authorization"], format!("Bearer {TOKEN}"));
    assert!(!format!("{request:?}").contains(TOKEN));
    let Ok::<_, Infallible>(body) = request.into_body().collect().await;
    assert!(body.to_bytes().starts_with(b"{\"ref\":\"main\""));
}

#[tokio::test]
async fn what_was_surely_not_sent_is_sent_again() {
    let echo = Echo::failing([io::Error::other(NotSent::new("the tunnel is closed"))]);
    let deployment = NewDeployment::new("main");
    repo(builder().transport(echo.clone())).create_deployment(&deployment).await.unwrap();
    assert_eq!(echo.seen.lock().unwrap().len(), 2);

    let echo = Echo::failing([io::Error::other("it broke")]);
    let error =
        repo(builder().transport(echo.clone())).create_deployment(&deployment).await.unwrap_err();
    assert!(without_place(&error).ends_with("the connection broke: it broke"), "{error}");
    assert_eq!(echo.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_hyper_client_is_a_service() {
    let server = Server::start([json(201, DEPLOYMENT)]).await;
    let hyper = || legacy::Client::builder(TokioExecutor::new()).build_http::<RequestBody>();
    let github = repo(builder().base_url(server.url()).transport(hyper()));
    github.create_deployment(&NewDeployment::new("main")).await.unwrap();
    assert_eq!(server.requests().len(), 1);

    // Its error says itself that no connection came about.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let github = repo(builder().base_url(nobody).transport(hyper()));
    let error = github.create_deployment(&NewDeployment::new("main")).await.unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.attempts(), 4);
}
