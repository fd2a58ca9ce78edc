use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hookstead_types::{SettingError, SettingText};
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::SigningKey;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::identity::token::Token;
use crate::transport::transport::BoxError;

/// How far this machine's clock may be ahead of GitHub's: GitHub refuses claims from the future.
const BACKDATED_SECONDS: i64 = 60;

/// How long a claim is good. GitHub refuses more than ten minutes ahead of its own clock; a minute is
/// left for this machine's being ahead.
const GOOD_FOR_SECONDS: i64 = 9 * 60;

/// The private key of a GitHub App, with which a client proves to be the App.
///
/// GitHub hands the key out as a file in PEM, in the form PKCS#1; PKCS#8 is taken too. It never shows in
/// a `Debug` or an error.
///
/// ```no_run
/// use hookstead_client::{AppKey, Client, NewStatus, RepoName, Sha};
///
/// # async fn report(installation: u64, repo: RepoName, sha: Sha)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// let key = AppKey::from_env("GITHUB_APP_CLIENT_ID", "GITHUB_APP_PRIVATE_KEY")?;
/// let app = Client::new(key)?;
///
/// // An event says which installation it is about: `installation.id`.
/// let github = app.for_installation(installation);
/// github.repo(&repo).create_status(&sha, &NewStatus::success()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AppKey {
    issuer: String,
    key: Arc<dyn SigningKey>,
}

impl AppKey {
    /// The key in a PEM text. The issuer is the App's client id, or its number.
    ///
    /// A text in one line, with `\n` for the line breaks, is taken as well: environment variables often
    /// hold it so.
    ///
    /// # Errors
    ///
    /// Fails when the issuer is empty or holds white space or another character that none has, when the
    /// text is no RSA key in PEM, or this crate was built without a TLS feature. The issuer's line break
    /// is [refused and never cut off](crate::InvisibleEnd); line breaks around a key are part of PEM.
    pub fn from_pem(
        issuer: impl Into<String>,
        pem: impl AsRef<[u8]>,
    ) -> Result<Self, InvalidAppKey> {
        let issuer = issuer.into();
        if issuer.trim().is_empty() {
            return Err(InvalidAppKey::EmptyIssuer);
        }
        if !issuer.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidAppKey::MalformedIssuer);
        }
        let text = Zeroizing::new(String::from_utf8_lossy(pem.as_ref()).replace("\\n", "\n"));
        let key =
            PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| InvalidAppKey::NoPem)?;
        let key = load(key)?;
        if key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).is_none() {
            return Err(InvalidAppKey::NoRsaKey);
        }
        Ok(Self { issuer, key })
    }

    /// The issuer and the key in these environment variables; or in the files that the variables
    /// `NAME_FILE` name, see [`SettingText`]. Of a key that is the usual way.
    ///
    /// # Errors
    ///
    /// Fails when one is missing or cannot be read, or as [`from_pem`](Self::from_pem).
    pub fn from_env(issuer: &str, key: &str) -> Result<Self, InvalidAppKey> {
        let variable = |name: &str| {
            let setting = SettingText::read(name).map_err(InvalidAppKey::Setting)?;
            let missing = || InvalidAppKey::MissingVariable(name.to_owned());
            setting.map(|setting| setting.text).ok_or_else(missing)
        };
        Self::from_pem(variable(issuer)?, Zeroizing::new(variable(key)?).as_bytes())
    }

    /// A token that says: I am this App, at this moment, in seconds since 1970.
    pub(crate) fn token(&self, now: i64) -> Result<Token, BoxError> {
        let claims = Claims {
            iat: now.saturating_sub(BACKDATED_SECONDS),
            exp: now.saturating_add(GOOD_FOR_SECONDS),
            iss: &self.issuer,
        };
        let mut text = BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"RS256","typ":"JWT"}"#);
        text.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&claims)?, &mut text);
        let signer = self
            .key
            .choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])
            .ok_or(InvalidAppKey::NoRsaKey)?;
        let signature = signer.sign(text.as_bytes())?;
        text.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        Ok(Token::new(text)?)
    }
}

/// The claims of a JSON web token.
#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    exp: i64,
    iss: &'a str,
}

/// Loads the key into the TLS provider's cryptography, so that no second library is needed.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
fn load(key: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, InvalidAppKey> {
    // The error may speak of the key's contents.
    crate::transport::tls::provider()
        .key_provider
        .load_private_key(key)
        .map_err(|_| InvalidAppKey::NoRsaKey)
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
fn load(_key: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, InvalidAppKey> {
    Err(InvalidAppKey::NoTlsFeature)
}

impl fmt::Debug for AppKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AppKey({}, [redacted])", self.issuer)
    }
}

/// Why there is no usable key of a GitHub App.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidAppKey {
    /// This environment variable is not set, nor the one for a file.
    MissingVariable(String),
    /// The environment variable, or the file that it names, cannot be read.
    Setting(SettingError),
    /// The App's client id is empty.
    EmptyIssuer,
    /// The App's client id holds white space or another character that no id has.
    MalformedIssuer,
    /// The text holds no private key in PEM.
    NoPem,
    /// The key is not for RSA, or too short or too long for it.
    NoRsaKey,
    /// This crate was built with neither of its TLS features.
    NoTlsFeature,
}

impl fmt::Display for InvalidAppKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingVariable(name) => {
                write!(formatter, "the environment variable {name} is not set")
            }
            Self::Setting(error) => fmt::Display::fmt(error, formatter),
            Self::EmptyIssuer => formatter.write_str("the App's client id is empty"),
            Self::MalformedIssuer => formatter.write_str(
                "the App's client id holds white space or another character that no id has",
            ),
            Self::NoPem => formatter.write_str("the App's key is no private key in PEM"),
            Self::NoRsaKey => formatter.write_str("the App's key is no usable RSA key"),
            Self::NoTlsFeature => formatter.write_str(
                "an App's key needs the feature `aws-lc-rs` or `ring` of hookstead-client",
            ),
        }
    }
}

impl std::error::Error for InvalidAppKey {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_is_not_shown() {
        for (pem, problem) in [
            ("", InvalidAppKey::NoPem),
            ("s3cret", InvalidAppKey::NoPem),
            ("-----BEGIN RSA PRIVATE KEY-----\ns3cret\n", InvalidAppKey::NoPem),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", InvalidAppKey::NoPem),
        ] {
            let error = AppKey::from_pem("Iv1", pem).unwrap_err();
            assert_eq!(error, problem);
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
        assert_eq!(AppKey::from_pem(" ", "").unwrap_err(), InvalidAppKey::EmptyIssuer);
        for bad in ["12345\n", " 12345", "Iv1.abc\r\n", "\u{feff}Iv1", "Iv1\u{200b}", "Iv 1"] {
            let error = AppKey::from_pem(bad, "").unwrap_err();
            assert_eq!(error, InvalidAppKey::MalformedIssuer, "{bad:?}");
        }
        let error = AppKey::from_env("HOOKSTEAD_NO_SUCH_ID", "CARGO_PKG_NAME").unwrap_err();
        assert!(error.to_string().contains("HOOKSTEAD_NO_SUCH_ID"));
    }

    #[test]
    fn a_block_of_nonsense_is_no_rsa_key() {
        let pem = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        let error = AppKey::from_pem("Iv1", pem).unwrap_err();
        let expected = if cfg!(any(feature = "aws-lc-rs", feature = "ring")) {
            InvalidAppKey::NoRsaKey
        } else {
            InvalidAppKey::NoTlsFeature
        };
        assert_eq!(error, expected);
    }
}
