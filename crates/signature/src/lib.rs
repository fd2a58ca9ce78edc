//! Verifies the signatures of GitHub's webhooks.
//!
//! GitHub signs the **raw** body of each delivery with HMAC-SHA-256 under the hook's secret and
//! sends the result in `X-Hub-Signature-256`, as `sha256=` and 64 hex digits. So: read raw bytes,
//! verify, and only then decode. The legacy SHA-1 header is not supported.
//!
//! ```
//! use hookstead_signature::{Signature, Verifier, WebhookSecret};
//!
//! let verifier = Verifier::new(WebhookSecret::new("It's a Secret to Everybody")?);
//! let header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
//! let signature: Signature = header.parse()?;
//!
//! assert!(verifier.verify(b"Hello, World!", &signature).is_ok());
//! assert!(verifier.verify(b"Hello, World?", &signature).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a signature says
//!
//! That somebody with the secret once made this body: no more. It covers neither the delivery's id nor
//! the event's name nor any other header, and no time is in it. Whoever captured a body and its signature
//! can send both again, under another id or as another event, and they verify. So a receiver needs TLS,
//! and a memory of its own: of the ids, or of the signatures themselves by [`Signature::fingerprint`].
//! (Two honest events may be equal byte for byte, and then so are their signatures.)
//!
//! # Rotation
//!
//! A secret is rotated without a lost delivery by accepting two for a while; the verifier says
//! which one matched, so that one sees when the old one is out of use:
//!
//! ```
//! use hookstead_signature::{Verifier, WebhookSecret, sign};
//!
//! let previous = WebhookSecret::new("last year's")?;
//! let verifier = Verifier::new(WebhookSecret::new("this year's")?).or(previous.clone());
//!
//! let matched = verifier.verify(b"{}", &sign(&previous, b"{}"))?;
//! assert!(!matched.is_current());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A body that arrives in pieces is verified as it arrives, see [`Verifier::begin`].

// On docs.rs, what needs a feature says so.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod secret;
#[cfg(feature = "sha1")]
mod sha1_signature;
mod signature;
mod verifier;

pub use hookstead_types::InvisibleEnd;
pub use secret::{InvalidSecret, WebhookSecret};
#[cfg(feature = "sha1")]
pub use sha1_signature::sign_sha1;
pub use signature::{MalformedSignature, Signature, sign};
pub use verifier::{MatchedSecret, Verification, Verifier, WrongSignature};
