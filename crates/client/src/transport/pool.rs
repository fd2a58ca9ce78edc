use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;

use crate::transport::base_url::BaseUrl;
use crate::transport::build_error::BuildError;
use crate::transport::cause::root_cause;
use crate::transport::proxy::{Proxy, ProxySource};
use crate::transport::transport::{
    Body, BoxError, BoxFuture, RequestBody, Transport, TransportError,
};
use crate::transport::trusted_roots::TrustedRoots;

/// How connections are made and kept.
#[derive(Clone, Copy)]
pub(crate) struct ConnectionSettings {
    pub(crate) connect_deadline: Duration,
    pub(crate) idle_deadline: Duration,
}

/// Connections to this base URL, and through which proxy they go.
///
/// Neither roots nor proxies are looked at for `http://`: a fake must work on a machine that has none of
/// the ones, and on one that has the others.
pub(crate) fn to(
    base: &BaseUrl,
    settings: ConnectionSettings,
    roots: TrustedRoots,
    extra_roots: &[Vec<u8>],
    proxy: &ProxySource,
) -> Result<(Arc<dyn Transport>, Option<Proxy>), BuildError> {
    if !base.is_https() {
        return Ok((plain(settings), None));
    }
    let proxy = Proxy::find(proxy, &base.to_string())?;
    let transport = tls(settings, roots, extra_roots, proxy.as_ref())?;
    Ok((transport, proxy))
}

/// Connections over TCP, without TLS.
fn plain(settings: ConnectionSettings) -> Arc<dyn Transport> {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    Arc::new(Pool::new(tcp, settings))
}

/// Connections over TLS, and nothing else; through the proxy if there is one.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
fn tls(
    settings: ConnectionSettings,
    roots: TrustedRoots,
    extra_roots: &[Vec<u8>],
    proxy: Option<&Proxy>,
) -> Result<Arc<dyn Transport>, BuildError> {
    use hyper_rustls::HttpsConnectorBuilder;
    use hyper_util::client::legacy::connect::proxy::Tunnel;

    let configuration = crate::transport::tls::configuration(roots, extra_roots)?;
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    // It makes the TCP connection for `https` URLs here.
    tcp.enforce_http(false);
    let builder = HttpsConnectorBuilder::new()
        .with_tls_config(configuration.clone())
        .https_only()
        .enable_http1();
    #[cfg(feature = "http2")]
    let builder = builder.enable_http2();
    let Some(proxy) = proxy else {
        return Ok(Arc::new(Pool::new(builder.wrap_connector(tcp), settings)));
    };
    // The way to the proxy is TLS as well if its address is `https://`.
    let to_proxy = HttpsConnectorBuilder::new()
        .with_tls_config(configuration)
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let mut tunnel = Tunnel::new(proxy.address().clone(), to_proxy);
    if let Some(authorization) = proxy.authorization() {
        tunnel = tunnel.with_auth(authorization.clone());
    }
    Ok(Arc::new(Pool::new(builder.wrap_connector(tunnel), settings)))
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
fn tls(
    _settings: ConnectionSettings,
    _roots: TrustedRoots,
    _extra_roots: &[Vec<u8>],
    _proxy: Option<&Proxy>,
) -> Result<Arc<dyn Transport>, BuildError> {
    Err(BuildError::NoTlsFeature)
}

/// hyper's connection pool.
struct Pool<C>(legacy::Client<ConnectDeadline<C>, RequestBody>);

impl<C> Pool<C>
where
    ConnectDeadline<C>: Connect + Clone,
{
    fn new(connector: C, settings: ConnectionSettings) -> Self {
        let connector = ConnectDeadline { connector, limit: settings.connect_deadline };
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        // One connection carries all calls then, so a dead one must be noticed.
        #[cfg(feature = "http2")]
        builder
            .http2_keep_alive_interval(Some(settings.connect_deadline))
            .http2_keep_alive_timeout(settings.connect_deadline);
        let client = builder
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle_deadline)
            // hyper-util's default, and safe even for a deployment: it repeats a request only when
            // hyper hands it back because the reused connection died before hyper took it up, so
            // not one byte of it was written. A request that was begun is an error.
            .retry_canceled_requests(true)
            .build(connector);
        Self(client)
    }
}

impl<C> Transport for Pool<C>
where
    ConnectDeadline<C>: Connect + Clone + Send + Sync + 'static,
{
    fn send(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            match self.0.request(request).await {
                Ok(response) => {
                    Ok(response.map(|body| body.map_err(BoxError::from).boxed_unsync()))
                }
                Err(error) => Err(TransportError {
                    is_connect: error.is_connect(),
                    is_timeout: root_cause(&error).is::<ConnectTimedOut>(),
                    source: error.into(),
                }),
            }
        })
    }
}

/// A connector with a deadline for the whole way: resolving the name, TCP, TLS. The deadline of
/// hyper-util's own connector covers TCP only.
#[derive(Clone)]
struct ConnectDeadline<C> {
    connector: C,
    limit: Duration,
}

impl<C> Service<Uri> for ConnectDeadline<C>
where
    C: Service<Uri>,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<C::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, destination: Uri) -> Self::Future {
        let connecting = self.connector.call(destination);
        let limit = self.limit;
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(ConnectTimedOut(limit).into()),
            }
        })
    }
}

#[derive(Debug)]
struct ConnectTimedOut(Duration);

impl fmt::Display for ConnectTimedOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no connection within {:?}", self.0)
    }
}

impl Error for ConnectTimedOut {}

#[cfg(test)]
mod tests {
    use std::future::{Pending, pending};

    use hyper_util::rt::TokioIo;
    use tokio::net::TcpStream;

    use super::*;

    /// A connector whose connections never come about.
    #[derive(Clone)]
    struct Never;

    impl Service<Uri> for Never {
        type Response = TokioIo<TcpStream>;
        type Error = BoxError;
        type Future = Pending<Result<Self::Response, BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Uri) -> Self::Future {
            pending()
        }
    }

    #[tokio::test]
    async fn connecting_has_a_deadline() {
        let limit = Duration::from_millis(20);
        let settings = ConnectionSettings { connect_deadline: limit, idle_deadline: limit };
        let mut request = Request::new(RequestBody::default());
        *request.uri_mut() = Uri::from_static("http://127.0.0.1:1/");
        let error = Pool::new(Never, settings).send(request).await.err().unwrap();
        assert!(error.is_connect && error.is_timeout);
        assert_eq!(root_cause(&*error.source).to_string(), "no connection within 20ms");
    }
}
