//! Bytes to the server and back: connections, TLS, proxies, and the base URL that a token must not leave.
//!
//! It leans on no other wing and knows nothing of GitHub. [`HttpClient`] is this wing by itself, for other
//! services.

pub(crate) mod base_url;
pub(crate) mod build_error;
pub(crate) mod cause;
pub(crate) mod http_client;
pub(crate) mod http_client_builder;
pub(crate) mod http_error;
pub(crate) mod pool;
pub(crate) mod proxy;
pub(crate) mod service;
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) mod tls;
pub(crate) mod transport;
pub(crate) mod trusted_roots;

pub use build_error::BuildError;
pub use http_client::HttpClient;
pub use http_client_builder::HttpClientBuilder;
pub use http_error::HttpError;
pub use service::NotSent;
pub use transport::RequestBody;
pub use trusted_roots::TrustedRoots;
