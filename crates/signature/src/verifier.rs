use std::fmt;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::secret::WebhookSecret;
use crate::signature::Signature;

/// Checks signatures against one secret, or against several while a secret is being rotated.
///
/// The keyed state of each secret is computed once, here; verifying a body costs its hashing only.
#[derive(Clone)]
pub struct Verifier {
    /// One state per secret, the current secret's first.
    keyed: Vec<Hmac<Sha256>>,
}

impl Verifier {
    /// A verifier for the current secret.
    #[must_use]
    pub fn new(current: WebhookSecret) -> Self {
        Self { keyed: vec![current.keyed()] }
    }

    /// Accepts this secret too: the previous one, until every hook has the current one.
    #[must_use]
    pub fn or(mut self, previous: WebhookSecret) -> Self {
        self.keyed.push(previous.keyed());
        self
    }

    /// Checks the signature of a whole body.
    ///
    /// # Errors
    ///
    /// Fails when no secret made this signature of this body.
    pub fn verify(
        &self,
        body: &[u8],
        signature: &Signature,
    ) -> Result<MatchedSecret, WrongSignature> {
        let mut verification = self.begin();
        verification.update(body);
        verification.finish(signature)
    }

    /// Starts checking a body that arrives in pieces.
    ///
    /// ```
    /// use hookstead_signature::{Verifier, WebhookSecret, sign};
    ///
    /// let secret = WebhookSecret::new("It's a Secret to Everybody")?;
    /// let signature = sign(&secret, b"Hello, World!");
    ///
    /// let mut verification = Verifier::new(secret).begin();
    /// verification.update(b"Hello, ");
    /// verification.update(b"World!");
    /// assert!(verification.finish(&signature)?.is_current());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn begin(&self) -> Verification {
        Verification { states: self.keyed.clone() }
    }
}

impl From<WebhookSecret> for Verifier {
    fn from(current: WebhookSecret) -> Self {
        Self::new(current)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Verifier").field("secrets", &self.keyed.len()).finish()
    }
}

/// A body on its way through a [`Verifier`].
#[derive(Clone)]
#[must_use = "a body is verified by `finish`"]
pub struct Verification {
    states: Vec<Hmac<Sha256>>,
}

impl Verification {
    /// Takes the next piece of the raw body.
    pub fn update(&mut self, piece: &[u8]) {
        for state in &mut self.states {
            state.update(piece);
        }
    }

    /// Compares the signature of all pieces with this one. The time it takes depends neither on
    /// the signature nor on which secret matches.
    ///
    /// # Errors
    ///
    /// Fails when no secret made this signature of these pieces.
    pub fn finish(self, signature: &Signature) -> Result<MatchedSecret, WrongSignature> {
        let mut matched = None;
        for (position, state) in self.states.into_iter().enumerate() {
            let same = state.verify_slice(&signature.0).is_ok();
            if same && matched.is_none() {
                matched = Some(MatchedSecret { position });
            }
        }
        matched.ok_or(WrongSignature)
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Verification").field("secrets", &self.states.len()).finish()
    }
}

/// Which of a verifier's secrets made a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchedSecret {
    position: usize,
}

impl MatchedSecret {
    /// The secret's place: 0 for the current one, 1 for the first given to [`Verifier::or`].
    #[must_use]
    pub fn position(self) -> usize {
        self.position
    }

    /// Whether it was the current secret.
    #[must_use]
    pub fn is_current(self) -> bool {
        self.position == 0
    }
}

/// No secret made this signature of this body. It does not tell what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrongSignature;

impl fmt::Display for WrongSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("wrong signature")
    }
}

impl std::error::Error for WrongSignature {}
