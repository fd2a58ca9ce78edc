use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::transport::build_error::BuildError;
use crate::transport::trusted_roots::TrustedRoots;

/// TLS 1.2 and 1.3 with this crate's own provider.
pub(crate) fn configuration(
    roots: TrustedRoots,
    extra: &[Vec<u8>],
) -> Result<ClientConfig, BuildError> {
    let failed = |error: rustls::Error| BuildError::Tls(error.into());
    let provider = provider();
    let extra = certificates(extra)?;
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let store = match roots {
        TrustedRoots::Platform => {
            let verifier = if extra.is_empty() {
                Verifier::new(provider)
            } else {
                Verifier::new_with_extra_roots(extra, provider)
            };
            return Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier.map_err(failed)?))
                .with_no_client_auth());
        }
        #[cfg(feature = "webpki-roots")]
        TrustedRoots::Mozilla => store(webpki_roots::TLS_SERVER_ROOTS.to_vec(), extra)?,
        TrustedRoots::OnlyExtra => store(Vec::new(), extra)?,
    };
    Ok(builder.with_root_certificates(store).with_no_client_auth())
}

fn store(
    roots: Vec<rustls::pki_types::TrustAnchor<'static>>,
    extra: Vec<CertificateDer<'static>>,
) -> Result<RootCertStore, BuildError> {
    let mut store = RootCertStore { roots };
    for certificate in extra {
        store.add(certificate).map_err(|_| BuildError::InvalidRoot)?;
    }
    Ok(store)
}

fn certificates(texts: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let mut all = Vec::new();
    for text in texts {
        let before = all.len();
        for certificate in CertificateDer::pem_slice_iter(text) {
            all.push(certificate.map_err(|_| BuildError::InvalidRoot)?);
        }
        if all.len() == before {
            return Err(BuildError::InvalidRoot);
        }
    }
    Ok(all)
}

/// Whether a handshake that failed so will fail again in a moment. An alert of the other side is not
/// taken for that: it may have trouble of its own.
pub(crate) fn is_lasting(error: &rustls::Error) -> bool {
    match error {
        rustls::Error::InvalidCertificate(problem) => {
            // The first needs another server; the second is whatever the platform's verifier says.
            !matches!(
                problem,
                CertificateError::UnknownRevocationStatus | CertificateError::Other(_)
            )
        }
        // The other side speaks no TLS, or another one.
        rustls::Error::InvalidMessage(_) | rustls::Error::PeerIncompatible(_) => true,
        _ => false,
    }
}

/// The provider is passed explicitly: the process default panics when two are linked and nobody
/// chose, which another dependency of the user's can bring about.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    return Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(not(feature = "aws-lc-rs"))]
    return Arc::new(rustls::crypto::ring::default_provider());
}
