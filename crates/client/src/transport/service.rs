use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy;
use tower_service::Service;

use crate::transport::cause::causes;
use crate::transport::transport::{
    Body, BoxError, BoxFuture, RequestBody, Transport, TransportError,
};

/// The error of a transport that has surely sent nothing. Somewhere in the chain of an error it tells the
/// client that even a deployment may be tried again.
///
/// ```
/// use hookstead_client::NotSent;
///
/// let error = NotSent::new("the tunnel is closed");
/// assert_eq!(error.to_string(), "the tunnel is closed");
/// ```
#[derive(Debug)]
pub struct NotSent(BoxError);

impl NotSent {
    /// Nothing was sent because of this.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

impl Error for NotSent {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// Any service as a transport.
pub(crate) struct ServiceTransport<S>(Mutex<S>);

impl<S> ServiceTransport<S> {
    pub(crate) fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }
}

impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn send(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        // Each call has its own clone: a service is readied and called by one at a time.
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            poll_fn(|context| service.poll_ready(context))
                .await
                .map_err(|error| failed(error.into()))?;
            let response = service.call(request).await.map_err(|error| failed(error.into()))?;
            Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()))
        })
    }
}

fn failed(source: BoxError) -> TransportError {
    let is_connect = causes(&*source).any(|error| {
        // hyper-util's own client is the likeliest service of all.
        let client = error.downcast_ref::<legacy::Error>();
        error.is::<NotSent>() || client.is_some_and(legacy::Error::is_connect)
    });
    TransportError { is_connect, is_timeout: false, source }
}
