use std::error::Error as _;
use std::time::Duration;

use hookstead_client::{Error, NewDeployment, NewStatus};
use hookstead_types::{Outage, RetryAfter};

use crate::support::{Reply, Server, TOKEN, answer, assert_hidden, json, sha, without_place};

/// The error of creating a status that is answered so.
async fn error(reply: Reply) -> Error {
    let server = Server::start([reply]).await;
    let new = NewStatus::pending().context("ci/demo").description("s3cret-description");
    let error = server.repo().create_status(&sha(), &new).await.unwrap_err();
    assert_eq!(server.requests().len(), 1, "each call is one attempt");
    assert_hidden(&error, "s3cret-description");
    error
}

fn seconds(error: &Error) -> Option<u64> {
    // The worker finds the time along the chain of sources, without knowing this crate.
    assert_eq!(RetryAfter::in_chain(error), error.retry_after());
    error.retry_after().map(|wait| wait.as_secs())
}

#[tokio::test]
async fn a_validation_error_says_what_and_where() {
    let body = r#"{"message": "Validation Failed", "errors": [
            {"resource": "Status", "field": "state", "code": "custom",
             "message": "state is not included in the list"}],
        "documentation_url": "https://docs.github.com/rest", "status": "422"}"#;
    let error = error(answer(422, &[("x-github-request-id", "ABCD:1234")], body)).await;
    assert_eq!(
        without_place(&error),
        "cannot create a status for octocat/hello: 422 Validation Failed: \
         state is not included in the list"
    );
    assert_eq!(error.status().unwrap().as_u16(), 422);
    assert_eq!(error.github_message(), Some("Validation Failed"));
    assert_eq!(error.documentation_url(), Some("https://docs.github.com/rest"));
    assert_eq!(error.request_id(), Some("ABCD:1234"));
    assert_eq!(error.validation_errors().len(), 1);
    assert_eq!(error.validation_errors()[0].field.as_deref(), Some("state"));
    assert!(!error.is_not_found() && !error.is_rate_limited() && !error.took_effect());
    assert!(!error.is_timeout() && !error.is_connect());
    assert_eq!(seconds(&error), None);
    assert!(format!("{error:?}").contains("ABCD:1234"));
}

#[tokio::test]
async fn many_validation_errors_stay_one_line() {
    let errors = (0..8).map(|n| format!(r#""problem {n}""#)).collect::<Vec<_>>().join(",");
    let error = error(json(422, &format!(r#"{{"message": "Bad", "errors": [{errors}]}}"#))).await;
    assert_eq!(error.validation_errors().len(), 8);
    let text = without_place(&error);
    assert!(
        text.ends_with(
            "422 Bad: problem 0; problem 1; problem 2; problem 3; problem 4; and 3 more"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn missing_and_forbidden() {
    let missing = error(json(404, r#"{"message": "Not Found", "status": "404"}"#)).await;
    assert!(missing.is_not_found());
    assert_eq!(
        without_place(&missing),
        "cannot create a status for octocat/hello: 404 Not Found; look at the spelling, at the \
         token's permissions (GitHub hides what a token may not see) and at the base URL"
    );

    let expired = error(json(401, r#"{"message": "Bad credentials"}"#)).await;
    assert_eq!(
        without_place(&expired),
        "cannot create a status for octocat/hello: 401 Bad credentials; look at the token: it is wrong, \
         expired or revoked"
    );

    let unsigned =
        error(json(401, r#"{"message": "A JSON web token could not be decoded"}"#)).await;
    assert!(unsigned.to_string().contains("the App's key"), "{unsigned}");

    let suspended =
        error(json(403, r#"{"message": "This installation has been suspended"}"#)).await;
    assert!(suspended.is_suspended() && !forbidden_by_limit(&suspended));
    assert!(suspended.to_string().contains("whoever suspended it can lift that"), "{suspended}");
    assert!(!missing.is_suspended() && !expired.is_suspended());

    let unsaid = error(json(403, r#"{"message": "Resource not accessible"}"#)).await;
    assert!(unsaid.to_string().contains("look at the token's permissions"), "{unsaid}");

    let headers = [("x-accepted-github-permissions", "statuses=write")];
    let body = r#"{"message": "Resource not accessible by personal access token"}"#;
    let forbidden = error(answer(403, &headers, body)).await;
    assert!(!forbidden_by_limit(&forbidden) && !forbidden.is_suspended());
    assert_eq!(seconds(&forbidden), None);
    assert_eq!(forbidden.accepted_permissions(), Some("statuses=write"));
    assert_eq!(
        without_place(&forbidden),
        "cannot create a status for octocat/hello: 403 Resource not accessible by personal access \
         token (the token needs: statuses=write)"
    );
}

fn forbidden_by_limit(error: &Error) -> bool {
    error.is_rate_limited() || error.retry_after().is_some()
}

/// Where to look: the method, the address as it was asked for, and nothing that people hide in it.
#[tokio::test]
async fn every_error_says_where() {
    let server = Server::start([
        json(404, r#"{"message": "Not Found"}"#),
        answer(500, &[], ""),
        json(200, "{}"),
        Reply::BytesThenClose(Vec::new()),
    ])
    .await;
    let client = server.client();
    for _ in 0..4 {
        let error = client.get::<Vec<u8>>("/a/b%2Fc?token=s3cret#s3cret").await.unwrap_err();
        assert_eq!(error.method().unwrap().as_str(), "GET");
        assert_eq!(error.url().unwrap(), format!("{}/a/b%2Fc", server.url()));
        assert!(without_place(&error).starts_with("cannot GET /a/b%2Fc: "), "{error}");
        assert_hidden(&error, "s3cret");
    }
    // No request can be made of this.
    let error = client.get::<()>("a").await.unwrap_err();
    assert_eq!((error.method(), error.url()), (None, None));
}

#[tokio::test]
async fn rate_limits_say_when_to_come_back() {
    let body = r#"{"message": "You have exceeded a secondary rate limit."}"#;
    for status in [403, 429] {
        let limited = error(answer(status, &[("retry-after", "90")], body)).await;
        assert!(limited.is_rate_limited());
        assert_eq!(seconds(&limited), Some(90));
        assert_eq!(
            without_place(&limited),
            format!(
                "cannot create a status for octocat/hello: {status} You have exceeded a secondary \
                 rate limit. (rate limited, retry after 90 s)"
            )
        );
        assert_eq!(limited.source().unwrap().to_string(), "retry after 90 s");

        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let reset = (784_111_777 + 300).to_string();
        let later = "Sun, 06 Nov 1994 08:50:37 GMT";
        for (headers, body, wait) in [
            (vec![("date", date), ("retry-after", later)], "{}", 60),
            (
                vec![("date", date), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)],
                r#"{"message": "API rate limit exceeded"}"#,
                300,
            ),
            (vec![], body, 60),
        ] {
            let limited = error(answer(status, &headers, body)).await;
            assert!(limited.is_rate_limited());
            assert_eq!(seconds(&limited), Some(wait));
        }
    }
}

#[tokio::test]
async fn an_outage_can_name_its_end() {
    let body = r#"{"code": "unavailable", "message": "Service unavailable"}"#;
    let down = error(answer(503, &[("retry-after", "120")], body)).await;
    assert!(!down.is_rate_limited());
    assert_eq!(seconds(&down), Some(120));
    assert_eq!(
        without_place(&down),
        "cannot create a status for octocat/hello: 503 Service unavailable (retry after 120 s)"
    );
}

#[tokio::test]
async fn other_bodies_keep_their_text() {
    let page = "<html>\n  <h1>Unicorn!</h1>\n</html>\n";
    let broken = error(answer(502, &[("content-type", "text/html")], page)).await;
    assert_eq!(broken.github_message(), None);
    assert_eq!(broken.response_text(), Some(page.trim()));
    assert_eq!(
        without_place(&broken),
        "cannot create a status for octocat/hello: 502 Bad Gateway: <html> <h1>Unicorn!</h1> </html>"
    );

    let empty = error(answer(500, &[], "")).await;
    assert_eq!(empty.response_text(), None);
    assert_eq!(
        without_place(&empty),
        "cannot create a status for octocat/hello: 500 Internal Server Error"
    );

    let cut = error(json(500, r#"{"message": "Server Er"#)).await;
    assert_eq!(cut.response_text(), Some(r#"{"message": "Server Er"#));

    let nameless = error(answer(599, &[], "")).await;
    assert!(nameless.to_string().contains("599"), "{nameless}");
}

#[tokio::test]
async fn an_error_whose_body_breaks_off_keeps_its_status() {
    let reply = b"HTTP/1.1 502 Bad\r\ncontent-length: 900\r\n\r\n<h1>cut".to_vec();
    let broken = error(Reply::BytesThenClose(reply)).await;
    assert_eq!(broken.status().unwrap().as_u16(), 502);
    assert_eq!(broken.response_text(), Some("<h1>cut"));
}

#[tokio::test]
async fn a_page_that_shows_the_token_is_redacted() {
    for body in [
        format!("<pre>Authorization: Bearer {TOKEN}</pre>"),
        format!(r#"{{"message": "bad header Bearer {TOKEN}", "errors": ["{TOKEN}"]}}"#),
    ] {
        // `error` asserts that the token shows nowhere.
        let error = error(answer(400, &[], &body)).await;
        assert!(error.to_string().contains("Bearer [redacted]"), "{error}");
        let shown = format!("{:?} {:?}", error.response_text(), error.validation_errors());
        assert!(!shown.contains(TOKEN), "{shown}");
    }
}

#[tokio::test]
async fn an_unreadable_success_took_effect() {
    for (reply, problem) in [
        (json(201, r#"{"id": 1}"#), "the answer does not decode: missing field `state`"),
        (
            json(201, r#"{"id": "s3cret-description", "state": "x"}"#),
            "the answer does not decode: at id: invalid type: string, expected u64",
        ),
        (json(201, r#"{"id": 1, "sta"#), "the answer does not decode: EOF while parsing"),
        (json(200, ""), "the answer does not decode: it is empty"),
        (json(204, ""), "the answer does not decode: it is empty"),
        (
            Reply::BytesThenClose(b"HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{".to_vec()),
            "the answer broke off: ",
        ),
    ] {
        let error = error(reply).await;
        assert!(error.took_effect());
        assert!(error.status().unwrap().is_success());
        let text = error.to_string();
        let start = format!(
            "the call to create a status for octocat/hello took effect ({}), but {problem}",
            error.status().unwrap()
        );
        assert!(text.starts_with(&start), "{text}");
    }
}

#[tokio::test]
async fn an_unreadable_read_has_no_effect() {
    let server = Server::start([json(200, r#"[{"id": 1, "state": "x"}, {"id": -1}]"#)]).await;
    let error = server.repo().statuses("main").await.unwrap_err();
    assert!(!error.took_effect());
    assert_eq!(
        without_place(&error),
        "cannot list the statuses of main in octocat/hello: 200 OK: the answer does not decode: \
         at [1].id: invalid value: integer, expected u64 at line 1 column 35"
    );
}

#[tokio::test]
async fn nobody_listens() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let server = Server::start([]).await;
    let client = server.builder().base_url(&url).build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let error = repo.create_deployment(&NewDeployment::new("main")).await.unwrap_err();
    assert!(error.is_connect());
    assert!(!error.is_timeout() && !error.took_effect());
    assert_eq!(error.status(), None);
    let text = error.to_string();
    let start = format!(
        "cannot create a deployment of main in octocat/hello: cannot connect to {url}: Connection refused"
    );
    assert!(text.starts_with(&start), "{text}");
    // The outage first, and at the bottom what the text says.
    let mut cause = error.source().unwrap();
    assert!(cause.is::<Outage>(), "{cause:?}");
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    assert!(text.contains(&cause.to_string()), "{text}");
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_answer() {
    let error = error(Reply::BytesThenClose(Vec::new())).await;
    assert!(!error.is_connect() && !error.is_timeout() && !error.took_effect());
    assert_eq!(error.status(), None);
    assert!(error.to_string().contains("the connection broke: "), "{error}");
    assert_eq!(error.retry_after(), None::<Duration>);
    assert!(Outage::in_chain(&error));
}

#[tokio::test]
async fn what_is_no_fault_of_the_call_is_an_outage() {
    for (status, is_outage) in [
        (400, false),
        (401, false),
        (404, false),
        (422, false),
        (500, true),
        (502, true),
        (504, true),
    ] {
        let error = error(answer(status, &[], "{}")).await;
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(Outage::in_chain(&error), is_outage, "{error}");
        assert_eq!(RetryAfter::in_chain(&error), None);
    }
    // A missing permission is none; a limit is, and says when to come back.
    assert!(!Outage::in_chain(&error(answer(403, &[], "{}")).await));
    let limited = error(answer(403, &[("retry-after", "90")], "{}")).await;
    assert!(Outage::in_chain(&limited));
    assert_eq!(RetryAfter::in_chain(&limited), Some(Duration::from_secs(90)));
    // A body that breaks off, also after a success.
    let head = b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{".to_vec();
    assert!(Outage::in_chain(&error(Reply::BytesThenClose(head)).await));
    // Somebody else in GitHub's place stays until a person does something about it.
    let page = answer(200, &[("content-type", "text/html")], "<html>");
    assert!(!Outage::in_chain(&error(page).await));
}
