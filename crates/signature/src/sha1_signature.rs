use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::secret::WebhookSecret;

/// The value of `X-Hub-Signature`, which GitHub still sends beside the newer header: `sha1=` and 40 hex
/// digits. It is for fakes of GitHub; nobody should believe it, so nothing here verifies it.
///
/// ```
/// use hookstead_signature::{WebhookSecret, sign_sha1};
///
/// let secret = WebhookSecret::new("key")?;
/// let fox = b"The quick brown fox jumps over the lazy dog";
/// assert_eq!(sign_sha1(&secret, fox), "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9");
/// # Ok::<(), hookstead_signature::InvalidSecret>(())
/// ```
#[must_use]
pub fn sign_sha1(secret: &WebhookSecret, body: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC is defined for keys of every length")]
    let keyed =
        Hmac::<Sha1>::new_from_slice(secret.bytes()).expect("HMAC takes keys of every length");
    format!("sha1={}", hex::encode(keyed.chain_update(body).finalize().into_bytes()))
}
