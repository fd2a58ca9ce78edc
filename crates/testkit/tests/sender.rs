//! The signed sender, against a receiver that keeps what it got.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::time::Duration;

use hookstead_signature::{Signature, Verifier, WebhookSecret};
use hookstead_testkit::Sender;
use http::{HeaderName, HeaderValue};
use support::{Hooked, Received};

fn secret() -> WebhookSecret {
    WebhookSecret::new("s3cret").unwrap()
}

fn is_verified(received: &Received) -> bool {
    let signature: Signature = received.header("x-hub-signature-256").parse().unwrap();
    Verifier::new(secret()).verify(&received.body, &signature).is_ok()
}

#[tokio::test]
async fn json_and_form_are_signed_as_they_travel() {
    let receiver = Hooked::start().await;
    let sender = Sender::new(&receiver.url, secret()).unwrap();
    receiver.answer(202);
    let answer = sender.send("push", r#"{"a": "ü & +"}"#).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (202, "seen"));
    let json = receiver.next().await;
    assert!(is_verified(&json));
    assert_eq!(json.body, r#"{"a": "ü & +"}"#.as_bytes());
    assert_eq!(json.header("x-github-event"), "push");
    assert_eq!(json.header("content-type"), "application/json");

    sender.clone().form().send("push", r#"{"a": "ü & +"}"#).await.unwrap();
    let form = receiver.next().await;
    assert!(is_verified(&form));
    assert_eq!(form.body, "payload=%7B%22a%22%3A+%22%C3%BC+%26+%2B%22%7D");
    assert_eq!(form.header("content-type"), "application/x-www-form-urlencoded");
    assert_ne!(form.header("x-github-delivery"), json.header("x-github-delivery"));
}

#[tokio::test]
async fn everything_can_be_set_and_taken_away() {
    let receiver = Hooked::start().await;
    let sender = Sender::new(&receiver.url, secret())
        .unwrap()
        .delivery_id("72d3162e-cc78-11e3-81ab-4c9367dc0958")
        .hook_id(7);
    sender.send("ping", "{}").await.unwrap();
    let plain = receiver.next().await;
    assert_eq!(plain.header("x-github-delivery"), "72d3162e-cc78-11e3-81ab-4c9367dc0958");
    assert_eq!(plain.header("x-github-hook-id"), "7");

    let hostile = sender
        .clone()
        .signature("sha256=0")
        .header(HeaderName::from_static("content-type"), HeaderValue::from_static("text/plain"))
        .without_header(HeaderName::from_static("x-github-event"));
    hostile.send("ping", "no JSON").await.unwrap();
    let received = receiver.next().await;
    assert_eq!(received.header("x-hub-signature-256"), "sha256=0");
    assert_eq!(received.header("content-type"), "text/plain");
    assert!(!received.headers.contains_key("x-github-event"));
    assert_eq!(received.body, "no JSON");

    let unsigned = sender.without_header(HeaderName::from_static("x-hub-signature-256"));
    unsigned.send("ping", "{}").await.unwrap();
    assert!(!receiver.next().await.headers.contains_key("x-hub-signature-256"));
}

#[tokio::test]
async fn no_answer_is_an_error_that_says_why() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sender = Sender::new(&url, secret()).unwrap().deadline(Duration::from_millis(50));
    let error = sender.send("ping", "{}").await.unwrap_err();
    assert!(error.is_timeout() && !error.is_connect(), "{error}");
    drop(listener);
    let error = sender.deadline(Duration::from_secs(30)).send("ping", "{}").await.unwrap_err();
    assert!(error.is_connect(), "{error}");
}

#[test]
fn only_http_urls_are_taken() {
    for good in ["http://127.0.0.1:4567/event_handler", "http://localhost", "http://[::1]:80/?a=b"]
    {
        assert!(Sender::new(good, secret()).is_ok(), "{good}");
    }
    for bad in ["", "127.0.0.1:4567", "https://example.com/", "/event_handler", "http://", "x y"] {
        assert!(Sender::new(bad, secret()).is_err(), "{bad}");
    }
    assert!(!format!("{:?}", Sender::new("http://a", secret()).unwrap()).contains("s3cret"));
}
