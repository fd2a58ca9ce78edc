//! Tokens that change while the program runs.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hookstead_client::{Client, Credentials, NewDeployment, Token, TokenProvider, async_trait};

use crate::support::{Server, json, without_place};

const EXPIRED: &str = r#"{"message": "Bad credentials"}"#;
const DEPLOYMENT: &str = r#"{"id": 1, "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "ref": "main", "task": "deploy", "environment": "production"}"#;

/// Counts up at every refusal, if there is another one.
#[derive(Default)]
struct Counting {
    number: AtomicUsize,
    is_last: AtomicBool,
}

#[derive(Clone)]
struct Shared(Arc<Counting>);

#[async_trait]
impl TokenProvider for Shared {
    async fn token(&self) -> Result<Token, Box<dyn Error + Send + Sync>> {
        Ok(Token::new(format!("s3cret-{}", self.0.number.load(Ordering::SeqCst)))?)
    }

    async fn refused(&self, token: &Token) -> bool {
        assert!(token.is_same_as(&self.token().await.unwrap()));
        self.0.number.fetch_add(1, Ordering::SeqCst);
        !self.0.is_last.load(Ordering::SeqCst)
    }
}

struct Broken;

#[async_trait]
impl TokenProvider for Broken {
    async fn token(&self) -> Result<Token, Box<dyn Error + Send + Sync>> {
        Err("the vault is sealed".into())
    }
}

fn client(server: &Server, provider: impl TokenProvider) -> Client {
    Client::builder(Credentials::provider(provider)).base_url(server.url()).build().unwrap()
}

fn tokens(server: &Server) -> Vec<String> {
    server
        .requests()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_even_for_a_deployment() {
    let server = Server::start([json(401, EXPIRED), json(201, DEPLOYMENT)]).await;
    let provider = Shared(Arc::default());
    let repo = client(&server, provider.clone()).repo(&"o/r".parse().unwrap());
    repo.create_deployment(&NewDeployment::new("main")).await.unwrap();
    assert_eq!(tokens(&server), ["Bearer s3cret-0", "Bearer s3cret-1"]);

    // Whoever goes on with bad credentials is locked out, so there is no third attempt.
    let server = Server::start([json(401, EXPIRED), json(401, EXPIRED), json(200, "[]")]).await;
    let repo = client(&server, provider.clone()).repo(&"o/r".parse().unwrap());
    let error = repo.statuses("main").await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (401, 2));

    provider.0.is_last.store(true, Ordering::SeqCst);
    let server = Server::start([json(401, EXPIRED), json(200, "[]")]).await;
    let repo = client(&server, provider).repo(&"o/r".parse().unwrap());
    assert_eq!(repo.statuses("main").await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let server = Server::start([]).await;
    let repo = client(&server, Broken).repo(&"o/r".parse().unwrap());
    let error = repo.statuses("main").await.unwrap_err();
    assert_eq!(
        without_place(&error),
        "cannot list the statuses of main in o/r: no token: the vault is sealed"
    );
    assert_eq!(error.source().unwrap().to_string(), "the vault is sealed");
    assert_eq!((error.attempts(), error.status()), (0, None));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_token_of_a_provider_is_redacted_too() {
    let page = "<pre>Authorization: Bearer s3cret-0</pre>";
    let server = Server::start([crate::support::answer(400, &[], page)]).await;
    let client = client(&server, Shared(Arc::default()));
    let error = client.repo(&"o/r".parse().unwrap()).statuses("main").await.unwrap_err();
    let shown = format!("{client:?} {error} {error:?} {:?}", error.response_text());
    assert!(!shown.contains("s3cret-0"), "{shown}");
}
