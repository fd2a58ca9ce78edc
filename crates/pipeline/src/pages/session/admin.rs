use std::fs::File;
use std::io::{self, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hookstead::signature::{Signature, sign};
use hookstead::{Verifier, WebhookSecret};

use crate::build::Pipeline;

/// A cookie holds so many random bytes: 256 bits.
const RANDOM_BYTES: usize = 32;

/// The admin's token, as a key.
pub(super) struct Admin {
    key: WebhookSecret,
    /// The token, signed by itself.
    signed: Signature,
}

/// The admin's token cannot be read. Why stands in the server's log.
#[derive(Debug)]
pub(super) struct Unreadable;

impl Admin {
    /// The token that counts now; none, if the config names none.
    pub(super) fn now(pipeline: &Pipeline) -> Result<Option<Self>, Unreadable> {
        let current = pipeline.current();
        let Some(source) = &current.config.admin else { return Ok(None) };
        let unreadable = |why: String| {
            tracing::error!(why, "the admin's token cannot be read");
            Unreadable
        };
        let token = source.read().map_err(|error| unreadable(error.to_string()))?;
        Self::of(token.expose()).map(Some).map_err(|error| unreadable(error.to_string()))
    }

    fn of(token: &str) -> Result<Self, hookstead::signature::InvalidSecret> {
        let key = WebhookSecret::new(token)?;
        let signed = sign(&key, token.as_bytes());
        Ok(Self { key, signed })
    }

    /// Whether this is the token. Signatures of both are compared, in constant time, so how long it takes tells nothing of
    /// how much is right.
    pub(super) fn is(&self, token: &str) -> bool {
        Verifier::new(self.key.clone()).verify(token.as_bytes(), &self.signed).is_ok()
    }

    /// By what the journal knows the session of this cookie.
    pub(super) fn key_of(&self, cookie: &str) -> String {
        // No token is signed so: it would begin with this word, and be no cookie.
        sign(&self.key, format!("session {cookie}").as_bytes()).to_string()
    }
}

/// What a cookie holds: nobody can guess it.
pub(super) fn new_cookie() -> io::Result<String> {
    let mut bytes = [0; RANDOM_BYTES];
    // The generator of the system, on each system that runs builds.
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_is_the_token() {
        let admin = Admin::of("hunter2").unwrap();
        assert!(admin.is("hunter2"));
        for wrong in ["", "hunter", "hunter22", "Hunter2", "hunter2 ", "session hunter2"] {
            assert!(!admin.is(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_session_belongs_to_the_token_and_the_cookie() {
        let (one, other) = (Admin::of("one").unwrap(), Admin::of("other").unwrap());
        let (cookie, another) = (new_cookie().unwrap(), new_cookie().unwrap());
        assert_ne!(cookie, another);
        assert_eq!(cookie.len(), 43);
        assert_eq!(one.key_of(&cookie), one.key_of(&cookie));
        assert_ne!(one.key_of(&cookie), one.key_of(&another));
        assert_ne!(one.key_of(&cookie), other.key_of(&cookie));
        assert!(!one.key_of(&cookie).contains(&cookie));
    }
}
