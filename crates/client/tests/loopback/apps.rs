//! A GitHub App: its signed claims and the tokens of its installations.

use std::error::Error as _;
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use hookstead_client::{AppKey, Client, RateLimitPolicy, Repo, RetryPolicy};
use hookstead_types::RetryAfter;
use serde_json::Value;

use crate::support::{Server, answer, json, without_place};

/// A fresh key, in GitHub's form and in the other.
pub(crate) struct Key {
    pair: KeyPair,
    pkcs1: String,
    pkcs8: String,
}

impl Key {
    pub(crate) fn new() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        // A sequence of a version, an algorithm and an octet string that holds the PKCS#1 form.
        let inside = content(der.as_ref()).0;
        let after_version = content(inside).1;
        let after_algorithm = content(after_version).1;
        let pkcs1 = pem("RSA PRIVATE KEY", content(after_algorithm).0);
        let pkcs8 = pem("PRIVATE KEY", der.as_ref());
        Self { pair, pkcs1, pkcs8 }
    }

    pub(crate) fn app(&self) -> AppKey {
        AppKey::from_pem("Iv1.s3cretless", &self.pkcs1).unwrap()
    }
}

/// The content of the first value in DER, and what follows it.
fn content(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, header) = match der[1] {
        short @ 0..=127 => (usize::from(short), 2),
        long => {
            let bytes = usize::from(long & 127);
            let length =
                der[2..2 + bytes].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            (length, 2 + bytes)
        }
    };
    der[header..].split_at(length)
}

fn pem(kind: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))
}

fn client(server: &Server, key: AppKey) -> Client {
    Client::builder(key)
        .base_url(server.url())
        .retries(RetryPolicy::never())
        .rate_limits(RateLimitPolicy::new().longest_wait(Duration::ZERO))
        .build()
        .unwrap()
}

fn repo(client: &Client) -> Repo {
    client.repo(&"octocat/hello".parse().unwrap())
}

/// An answer with a token that is good for so long by GitHub's clock, which is years behind.
pub(crate) fn token(text: &str, seconds: i64) -> crate::support::Reply {
    let now: jiff::Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
    let end = now + Duration::from_secs(seconds as u64);
    let body = format!(r#"{{"token": "{text}", "expires_at": "{end}"}}"#);
    answer(201, &[("date", "Sun, 06 Nov 1994 08:49:37 GMT")], &body)
}

pub(crate) fn asked(server: &Server) -> Vec<(String, String)> {
    let part = |request: crate::support::Recorded| {
        let token = request.header("authorization").unwrap().to_owned();
        (request.line, token)
    };
    server.requests().into_iter().map(part).collect()
}

#[tokio::test]
async fn the_app_signs_for_itself_with_both_forms_of_its_key() {
    let key = Key::new();
    let one_line = key.pkcs1.replace('\n', "\\n");
    // As editors of Windows save it, and as somebody has pasted it.
    let windows = key.pkcs1.replace('\n', "\r\n");
    let pasted = format!("\n  \n{}\n\n", key.pkcs8.trim_end());
    for pem in [&key.pkcs1, &key.pkcs8, &one_line, &windows, &pasted] {
        let server = Server::start([json(200, r#"{"id": 5}"#)]).await;
        let app = client(&server, AppKey::from_pem("Iv1.abc", pem).unwrap());
        let now = jiff::Timestamp::now().as_second();
        repo(&app).installation().await.unwrap();

        let request = server.request();
        let jwt = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
        let [header, claims, signature] = jwt.split('.').collect::<Vec<_>>()[..] else { panic!() };
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        let header: Value = serde_json::from_slice(&decode(header)).unwrap();
        assert_eq!(header, serde_json::json!({"alg": "RS256", "typ": "JWT"}));
        let claims: Value = serde_json::from_slice(&decode(claims)).unwrap();
        assert_eq!(claims["iss"], "Iv1.abc");
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert!((now - 61..=now - 55).contains(&iat), "{iat} {now}");
        assert!((now + 530..=now + 550).contains(&exp), "{exp} {now}");

        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pair.public_key());
        let signed = jwt.rsplit_once('.').unwrap().0;
        public.verify(signed.as_bytes(), &decode(signature)).unwrap();
    }
}

#[tokio::test]
async fn nothing_of_the_key_is_shown() {
    let key = Key::new();
    let server = Server::start([]).await;
    let app = client(&server, key.app());
    let shown = format!("{:?} {app:?} {:?}", key.app(), app.for_installation(5));
    let secret = key.pkcs1.lines().nth(2).unwrap();
    assert!(!shown.contains(secret), "{shown}");
    assert!(shown.contains("redacted"));
}

#[tokio::test]
async fn many_callers_share_one_token() {
    let server = Server::start([token("ghs_s3cret_any_length", 3600)]).await;
    for _ in 0..20 {
        server.then(json(200, "[]"));
    }
    let app = client(&server, Key::new().app());
    // No budget to wait for a turn is needed with so many turns.
    let callers: Vec<_> = (0..10)
        .map(|_| {
            let repo = repo(&app.for_installation(5));
            tokio::spawn(async move { repo.statuses("main").await.map(drop) })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    repo(&app.clone().for_installation(5)).statuses("main").await.unwrap();
    let asked = asked(&server);
    assert_eq!(asked.len(), 12, "{asked:?}");
    assert_eq!(asked[0].0, "POST /app/installations/5/access_tokens");
    for (line, token) in &asked[1..] {
        assert!(line.starts_with("GET /repos/"), "{line}");
        assert_eq!(token, "Bearer ghs_s3cret_any_length");
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    // The margin is five minutes: the first token is due at once.
    let server = Server::start([
        token("first", 299),
        json(200, "[]"),
        token("second", 3600),
        json(200, "[]"),
        json(200, "[]"),
    ])
    .await;
    let github = client(&server, Key::new().app()).for_installation(5);
    for _ in 0..3 {
        repo(&github).statuses("main").await.unwrap();
    }
    let tokens: Vec<_> = asked(&server).into_iter().map(|(_, token)| token).collect();
    assert_eq!(tokens.len(), 5);
    assert_eq!(
        [&tokens[1], &tokens[3], &tokens[4]],
        ["Bearer first", "Bearer second", "Bearer second"]
    );
}

#[tokio::test]
async fn a_token_that_is_still_good_serves_while_github_is_down() {
    let down = || answer(502, &[], "");
    let server =
        Server::start([token("first", 299), json(200, "[]"), down(), json(200, "[]")]).await;
    let github = client(&server, Key::new().app()).for_installation(5);
    repo(&github).statuses("main").await.unwrap();
    repo(&github).statuses("main").await.unwrap();
    assert_eq!(asked(&server)[3].1, "Bearer first");

    let server = Server::start([token("first", 0), json(200, "[]"), down()]).await;
    let github = client(&server, Key::new().app()).for_installation(5);
    repo(&github).statuses("main").await.unwrap();
    let error = repo(&github).statuses("main").await.unwrap_err();
    let text = error.to_string();
    let expected = "cannot list the statuses of main in octocat/hello: no token: cannot create a \
                    token for installation 5: 502 Bad Gateway";
    assert!(text.starts_with(expected), "{text}");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_for_all() {
    let expired = || json(401, r#"{"message": "Bad credentials"}"#);
    let server = Server::start([
        token("first", 3600),
        expired(),
        token("second", 3600),
        json(200, "[]"),
        json(200, "[]"),
    ])
    .await;
    let github = client(&server, Key::new().app()).for_installation(5);
    repo(&github).statuses("main").await.unwrap();
    repo(&github).statuses("main").await.unwrap();
    let lines: Vec<_> = asked(&server).into_iter().map(|(line, _)| line).collect();
    let creations = lines.iter().filter(|line| line.starts_with("POST")).count();
    assert_eq!((lines.len(), creations), (5, 2));
}

#[tokio::test]
async fn installations_do_not_share() {
    let server = Server::start([
        token("five", 3600),
        answer(403, &[("retry-after", "60")], r#"{"message": "limit"}"#),
        token("six", 3600),
        json(200, "[]"),
    ])
    .await;
    let app = client(&server, Key::new().app());
    let five = app.for_installation(5);
    let limited = repo(&five).statuses("main").await.unwrap_err();
    assert!(limited.is_rate_limited());
    repo(&five.for_installation(6)).statuses("main").await.unwrap();
    assert_eq!(repo(&five).statuses("main").await.unwrap_err().attempts(), 0);
    assert_eq!(asked(&server)[3].1, "Bearer six");
}

#[tokio::test]
async fn a_limit_on_creating_tokens_reaches_the_worker() {
    let limited = answer(403, &[("retry-after", "90")], r#"{"message": "limit"}"#);
    let server = Server::start([limited]).await;
    let github = client(&server, Key::new().app()).for_installation(5);
    let error = repo(&github).statuses("main").await.unwrap_err();
    assert!(error.is_rate_limited());
    assert!(error.source().is_some());
    let wait = error.retry_after().unwrap();
    assert_eq!(RetryAfter::in_chain(&error), Some(wait));
    assert_eq!(wait.as_secs_f64().ceil(), 90.0);
}

#[tokio::test]
async fn without_a_key_there_are_no_installations() {
    let server = Server::start([]).await;
    let github = server.client().for_installation(5);
    let error = repo(&github).statuses("main").await.unwrap_err();
    assert!(without_place(&error).ends_with("the client was made without an App's key"), "{error}");
    assert_eq!(server.connections(), 0);
}
