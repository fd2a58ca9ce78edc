//! TLS with a private certificate authority, and proxies in front of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_client::{
    BuildError, Client, HttpClient, NewDeployment, Repo, RetryPolicy, Token, TrustedRoots,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::support::{Reply, Server, TOKEN, assert_hidden, json};

/// A certificate authority, and a server's end of TLS with a certificate of it.
struct Authority {
    root: String,
    server: ServerConfig,
}

impl Authority {
    fn new(host: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);

        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let server = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        Self { root, server }
    }

    fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::new(self.server.clone()))
    }

    async fn serve(&self, script: impl IntoIterator<Item = Reply>) -> Server {
        let acceptor = self.acceptor();
        Server::start_behind(script, move |stream| {
            let acceptor = acceptor.clone();
            async move { acceptor.accept(stream).await.ok() }
        })
        .await
    }
}

/// The same cryptography as the client's.
fn provider() -> Arc<CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    return Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(not(feature = "aws-lc-rs"))]
    return Arc::new(rustls::crypto::ring::default_provider());
}

fn builder(port: u16, root: &str) -> hookstead_client::ClientBuilder {
    Client::builder(Token::new(TOKEN).unwrap())
        .base_url(format!("https://localhost:{port}"))
        .trusted_roots(TrustedRoots::OnlyExtra)
        .extra_root(root)
        .retries(RetryPolicy::never())
        .no_proxy()
}

fn repo(builder: hookstead_client::ClientBuilder) -> Repo {
    builder.build().unwrap().repo(&"octocat/hello".parse().unwrap())
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_it_is_named() {
    let authority = Authority::new("localhost");
    let server = authority.serve([json(200, "[]"), json(200, "[]")]).await;
    let github = repo(builder(server.port(), &authority.root));
    github.statuses("main").await.unwrap();
    github.statuses("main").await.unwrap();
    assert_eq!(server.connections(), 1, "the connection is kept");
    let token = server.requests()[0].header("authorization").map(str::to_owned);
    assert_eq!(token, Some(format!("Bearer {TOKEN}")));
}

#[tokio::test]
async fn the_transport_by_itself_has_the_same_tls_and_proxies() {
    let authority = Authority::new("localhost");
    let server = authority.serve([json(200, "[]"), json(200, "[]")]).await;
    let builder = |root: &str| {
        HttpClient::builder(format!("https://localhost:{}", server.port()))
            .trusted_roots(TrustedRoots::OnlyExtra)
            .extra_root(root)
            .no_proxy()
    };
    builder(&authority.root).build().unwrap().get("/").await.unwrap();
    let stranger = builder(&Authority::new("localhost").root).build().unwrap();
    let error = stranger.get("/").await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    let text = ", and trying again would not help: invalid peer certificate: ";
    assert!(error.to_string().contains(text), "{error}");
    let proxy = TunnelProxy::start("HTTP/1.1 200 OK", server.port()).await;
    let through = builder(&authority.root).proxy(proxy.url()).build().unwrap();
    through.get("/").await.unwrap();
    assert_eq!(proxy.heads.lock().unwrap().len(), 1);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn extra_roots_join_the_machine_s() {
    let authority = Authority::new("localhost");
    let server = authority.serve([json(200, "[]")]).await;
    let builder = builder(server.port(), &authority.root).trusted_roots(TrustedRoots::Platform);
    repo(builder).statuses("main").await.unwrap();
}

#[cfg(feature = "webpki-roots")]
#[tokio::test]
async fn extra_roots_join_mozilla_s() {
    let authority = Authority::new("localhost");
    let server = authority.serve([json(200, "[]")]).await;
    let builder = builder(server.port(), &authority.root).trusted_roots(TrustedRoots::Mozilla);
    repo(builder).statuses("main").await.unwrap();
}

#[tokio::test]
async fn strangers_get_no_request() {
    let authority = Authority::new("localhost");
    let stranger = Authority::new("localhost");
    let elsewhere = Authority::new("github.example");
    for (root, server) in [(&stranger.root, &authority), (&elsewhere.root, &elsewhere)] {
        let server = server.serve([json(200, "[]")]).await;
        let error = repo(builder(server.port(), root)).statuses("main").await.unwrap_err();
        assert!(error.is_connect(), "{error}");
        assert!(error.to_string().contains("certificate"), "{error}");
        assert_eq!(server.requests().len(), 0);
    }
}

/// What another attempt would not change is not attempted again, whatever the policy.
#[tokio::test]
async fn what_will_not_change_is_tried_once() {
    let authority = Authority::new("localhost");
    let stranger = Authority::new("localhost");
    let elsewhere = Authority::new("github.example");
    let retries = RetryPolicy::new().first_delay(Duration::from_millis(1));
    for (root, server) in [(&stranger.root, &authority), (&elsewhere.root, &elsewhere)] {
        let server = server.serve([]).await;
        let github = repo(builder(server.port(), root).retries(retries));
        let error = github.statuses("main").await.unwrap_err();
        assert!(error.is_connect(), "{error}");
        assert_eq!((error.attempts(), server.connections()), (1, 1), "{error}");
        let text = ", and trying again would not help: invalid peer certificate: ";
        assert!(error.to_string().contains(text), "{error}");
    }
    // Somebody who speaks no TLS.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
            // Until the other side has read it and gone.
            stream.read_to_end(&mut Vec::new()).await.ok();
        }
    });
    let github = repo(builder(port, &authority.root).retries(retries));
    let error = github.statuses("main").await.unwrap_err();
    assert!(error.is_connect() && error.attempts() == 1, "{error}");
    // A proxy that locks accounts out is not provoked.
    let proxy = TunnelProxy::start("HTTP/1.1 407 Proxy Authentication Required", 1).await;
    let builder = builder(1, &authority.root).retries(retries).proxy(proxy.url());
    let error = repo(builder).statuses("main").await.unwrap_err();
    assert!(error.is_connect() && error.attempts() == 1, "{error}");
    assert_eq!(proxy.heads.lock().unwrap().len(), 1);
}

/// A handshake that breaks off may go better next time.
#[tokio::test]
async fn a_handshake_that_breaks_off_is_tried_again() {
    let authority = Authority::new("localhost");
    let (acceptor, first) = (authority.acceptor(), Arc::new(AtomicBool::new(true)));
    let server = Server::start_behind([json(200, "[]")], move |stream| {
        let (acceptor, first) = (acceptor.clone(), first.clone());
        async move {
            if first.swap(false, Ordering::SeqCst) {
                return None;
            }
            acceptor.accept(stream).await.ok()
        }
    })
    .await;
    let retries = RetryPolicy::new().first_delay(Duration::from_millis(1));
    let builder = builder(server.port(), &authority.root).retries(retries);
    repo(builder).statuses("main").await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[test]
fn what_is_no_certificate_is_no_root() {
    for bad in ["", "s3cret", "-----BEGIN CERTIFICATE-----\ns3cret"] {
        for roots in [TrustedRoots::OnlyExtra, TrustedRoots::Platform] {
            let error = builder(1, bad).trusted_roots(roots).build().unwrap_err();
            assert!(matches!(error, BuildError::InvalidRoot), "{error}");
        }
    }
}

/// A proxy that makes tunnels, and records what it was asked.
struct TunnelProxy {
    address: std::net::SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl TunnelProxy {
    /// Answers with this line; a `200` is followed by the tunnel to this port.
    async fn start(answer: &'static str, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let recorded = heads.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let recorded = recorded.clone();
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        head.push(stream.read_u8().await.unwrap());
                    }
                    recorded.lock().unwrap().push(String::from_utf8(head).unwrap());
                    stream.write_all(format!("{answer}\r\n\r\n").as_bytes()).await.unwrap();
                    if answer.contains("200") {
                        let mut target = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                        tokio::io::copy_bidirectional(&mut stream, &mut target).await.ok();
                    }
                });
            }
        });
        Self { address, heads }
    }

    fn url(&self) -> String {
        format!("http://octo:s3cret@{}", self.address)
    }
}

#[tokio::test]
async fn a_proxy_carries_the_connection_and_sees_no_token() {
    let authority = Authority::new("localhost");
    let server = authority.serve([json(200, "[]")]).await;
    let proxy = TunnelProxy::start("HTTP/1.1 200 OK", server.port()).await;
    let builder = builder(server.port(), &authority.root).proxy(proxy.url());
    assert!(!format!("{builder:?}").contains("s3cret@"));
    repo(builder).statuses("main").await.unwrap();

    let heads = proxy.heads.lock().unwrap();
    let [head] = &heads[..] else { panic!("{heads:?}") };
    assert!(head.starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", server.port())));
    assert!(head.contains("Proxy-Authorization: Basic b2N0bzpzM2NyZXQ=\r\n"), "{head}");
    assert!(!head.contains(TOKEN));
    assert_eq!(server.request().header("proxy-authorization"), None);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_without_its_password() {
    for (answer, text) in [
        ("HTTP/1.1 407 Proxy Authentication Required", "proxy authorization required"),
        ("HTTP/1.1 502 Bad Gateway", "unsuccessful"),
    ] {
        let authority = Authority::new("localhost");
        let proxy = TunnelProxy::start(answer, 1).await;
        let builder = builder(1, &authority.root).proxy(proxy.url());
        let error = repo(builder).create_deployment(&NewDeployment::new("main")).await.unwrap_err();
        assert!(error.is_connect());
        assert_hidden(&error, "s3cret");
        let start = format!(
            "cannot create a deployment of main in octocat/hello: cannot connect to \
             https://localhost:1 through the proxy http://{}",
            proxy.address
        );
        assert!(error.to_string().starts_with(&start), "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_an_error() {
    let authority = Authority::new("localhost");
    for bad in ["", "ftp://octo:s3cret@host", "socks5://octo:s3cret@host", "http://"] {
        let error = builder(1, &authority.root).proxy(bad).build().unwrap_err();
        assert!(matches!(error, BuildError::InvalidProxy(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered() {
    use hyper::service::service_fn;
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let mut authority = Authority::new("localhost");
    authority.server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = authority.acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        let service = service_fn(async |request: http::Request<hyper::body::Incoming>| {
            assert_eq!(request.version(), http::Version::HTTP_2);
            let body = http_body_util::Full::new(bytes::Bytes::from("[]"));
            Ok::<_, std::convert::Infallible>(http::Response::new(body))
        });
        let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        connection.serve_connection(TokioIo::new(stream), service).await.ok();
    });
    // There is one connection only, for all calls at a time.
    let github = repo(builder(port, &authority.root));
    github.statuses("main").await.unwrap();
    let both = [github.clone(), github]
        .map(|github| tokio::spawn(async move { github.statuses("main").await.map(drop) }));
    for call in both {
        call.await.unwrap().unwrap();
    }
}
