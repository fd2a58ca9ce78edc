use std::fmt;
use std::str::FromStr;

use hmac::Mac as _;
use sha2::{Digest as _, Sha256};

use crate::secret::WebhookSecret;

const PREFIX: &str = "sha256=";

/// A signature as it stands in `X-Hub-Signature-256`: `sha256=` and 64 hex digits.
///
/// It has no `==`: comparing signatures is the work of a [`Verifier`](crate::Verifier), which does
/// it in constant time.
#[derive(Clone, Copy)]
pub struct Signature(pub(crate) [u8; 32]);

/// Signs a body as GitHub does, for senders and tests.
///
/// ```
/// use hookstead_signature::{WebhookSecret, sign};
///
/// let secret = WebhookSecret::new("It's a Secret to Everybody")?;
/// assert_eq!(
///     sign(&secret, b"Hello, World!").to_string(),
///     "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
/// );
/// # Ok::<(), hookstead_signature::InvalidSecret>(())
/// ```
#[must_use]
pub fn sign(secret: &WebhookSecret, body: &[u8]) -> Signature {
    Signature(secret.keyed().chain_update(body).finalize().into_bytes().into())
}

impl Signature {
    /// A name for this signature, and with it for the body and the secret that made it: its SHA-256.
    /// It tells signatures apart and may be kept anywhere: nobody can sign with it, or find the
    /// signature by it.
    ///
    /// Of a [verified](crate::Verifier) signature it tells whether a body was seen before. A replay
    /// carries the signature that was captured, however its digits are written; to make another one,
    /// one needs the secret.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl FromStr for Signature {
    type Err = MalformedSignature;

    /// Reads the header's value. The prefix is compared exactly, the digits may be of either case.
    fn from_str(header: &str) -> Result<Self, MalformedSignature> {
        let digits = header.strip_prefix(PREFIX).ok_or(MalformedSignature)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| MalformedSignature)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{PREFIX}{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The text is no `sha256=` and 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MalformedSignature;

impl fmt::Display for MalformedSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("malformed signature, expected `sha256=` and 64 hex digits")
    }
}

impl std::error::Error for MalformedSignature {}
