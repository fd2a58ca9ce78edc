use hookstead_client::{BuildError, Client, ClientBuilder, Token};

use crate::support::{Server, TOKEN, json};

fn builder() -> ClientBuilder {
    Client::builder(Token::new(TOKEN).unwrap())
}

// Not a `tokio::test`: building needs no runtime.
#[test]
fn a_client_for_a_fake_needs_neither_runtime_nor_roots() {
    let client = builder().base_url("http://127.0.0.1:1").build().unwrap();
    let repo = client.repo(&"octocat/hello".parse().unwrap());
    let shown = format!("{client:?} {repo:?} {:?}", builder());
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(shown.contains("http://127.0.0.1:1"), "{shown}");
}

#[test]
fn a_client_can_go_everywhere() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Client>();
    check::<hookstead_client::Repo>();
    check::<Token>();
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<hookstead_client::Error>();
    error::<BuildError>();
    error::<hookstead_client::InvalidToken>();
}

#[test]
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
fn tls_needs_the_machine_s_roots_and_nothing_else() {
    match Client::new(Token::new(TOKEN).unwrap()) {
        Ok(client) => assert!(format!("{client:?}").contains("https://api.github.com")),
        // A machine without roots is told so.
        Err(error) => assert!(matches!(error, BuildError::Tls(_)), "{error}"),
    }
}

#[test]
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
fn without_tls_the_error_names_the_features() {
    let error = Client::new(Token::new(TOKEN).unwrap()).unwrap_err();
    assert!(matches!(error, BuildError::NoTlsFeature));
    let text = error.to_string();
    assert!(text.contains("`aws-lc-rs`") && text.contains("`ring`"), "{text}");
}

#[tokio::test]
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
async fn a_server_that_speaks_no_tls_gets_no_request() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let secure = format!("https://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Speak TLS\r\n\r\n").await.unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.ok();
        heard
    });
    match builder().base_url(&secure).build() {
        Ok(client) => {
            let repo = client.repo(&"octocat/hello".parse().unwrap());
            let error = repo.statuses("main").await.unwrap_err();
            assert!(error.is_connect() && !error.is_timeout(), "{error}");
            let text = format!("cannot connect to {secure}, and trying again would not help: ");
            assert!(error.to_string().contains(&text), "{error}");
            let heard = String::from_utf8_lossy(&heard.await.unwrap()).into_owned();
            assert!(!heard.contains(TOKEN) && !heard.contains("HTTP"));
        }
        // A machine without roots is told so.
        Err(error) => assert!(matches!(error, BuildError::Tls(_)), "{error}"),
    }
}

#[test]
fn unusable_settings_are_named() {
    let local = || builder().base_url("http://127.0.0.1:1");
    let error = |builder: ClientBuilder| builder.build().unwrap_err();
    for bad in ["", " ", "a\nb", "\0"] {
        assert!(matches!(error(local().user_agent(bad)), BuildError::InvalidUserAgent));
        assert!(matches!(error(local().api_version(bad)), BuildError::InvalidApiVersion));
    }
    let plain = error(builder().base_url("http://ghes.example/api/v3"));
    assert_eq!(
        plain.to_string(),
        "the base URL would send what is secret to ghes.example unencrypted: use `https://`, or \
         `allow_plain_http`"
    );
    assert!(builder().base_url("http://ghes.example").allow_plain_http(true).build().is_ok());
    let invalid = error(builder().base_url("https://octocat:s3cret@ghes.example"));
    assert!(matches!(invalid, BuildError::InvalidBaseUrl(_)));
    assert!(!format!("{invalid} {invalid:?}").contains("s3cret"));
}

#[tokio::test]
async fn headers_follow_the_settings() {
    let server = Server::start([json(200, "[]")]).await;
    let client = server.builder().user_agent("octo-ci").api_version("2026-03-10").build().unwrap();
    client.repo(&"o/r".parse().unwrap()).statuses("main").await.unwrap();
    let request = server.request();
    assert_eq!(request.header("user-agent"), Some("octo-ci"));
    assert_eq!(request.header("x-github-api-version"), Some("2026-03-10"));
}
