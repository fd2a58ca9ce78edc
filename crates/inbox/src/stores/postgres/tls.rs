use rustls::ClientConfig;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::Failure;

/// What makes TLS connections; `None` where there are to be none.
pub(super) fn connector(config: &Config) -> Result<Option<MakeRustlsConnect>, Failure> {
    let local = |host: &Host| !matches!(host, Host::Tcp(_));
    match config.get_ssl_mode() {
        SslMode::Disable => Ok(None),
        // Sockets have no TLS.
        SslMode::Prefer if config.get_hosts().iter().all(local) => Ok(None),
        mode => match configuration() {
            Some(configuration) => {
                let configuration =
                    configuration.map_err(|error| Failure::new(error.to_string()))?;
                Ok(Some(MakeRustlsConnect::new(configuration)))
            }
            None if mode == SslMode::Prefer => Ok(None),
            None => {
                Err(Failure::new("TLS needs the feature `aws-lc-rs` or `ring` of hookstead-inbox"))
            }
        },
    }
}

/// TLS 1.2 and 1.3, with the platform's trusted roots. The provider is passed explicitly: the
/// process default panics when two are linked and nobody chose.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
fn configuration() -> Option<Result<ClientConfig, rustls::Error>> {
    #[cfg(feature = "aws-lc-rs")]
    use rustls::crypto::aws_lc_rs::default_provider;
    #[cfg(not(feature = "aws-lc-rs"))]
    use rustls::crypto::ring::default_provider;
    use rustls_platform_verifier::Verifier;
    use std::sync::Arc;

    let provider = Arc::new(default_provider());
    let configured = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            let verifier = Verifier::new(provider)?;
            Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth())
        });
    Some(configured)
}

/// No provider, no TLS.
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
fn configuration() -> Option<Result<ClientConfig, rustls::Error>> {
    None
}
