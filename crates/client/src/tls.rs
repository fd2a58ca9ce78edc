use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::BuildError;

/// TLS 1.2 and 1.3 with this crate's own provider and the machine's trusted roots.
pub(crate) fn configuration() -> Result<ClientConfig, BuildError> {
    let failed = |error: rustls::Error| BuildError::Tls(error.into());
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_platform_verifier()
        .map_err(failed)?
        .with_no_client_auth())
}

/// The provider is passed explicitly: the process default panics when two are linked and nobody
/// chose, which another dependency of the user's can bring about.
fn provider() -> Arc<CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    return Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(not(feature = "aws-lc-rs"))]
    return Arc::new(rustls::crypto::ring::default_provider());
}
