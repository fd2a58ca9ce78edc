//! Who calls: tokens, where they come from, an App's key, and the clock that its claims are dated by.
//!
//! It leans on `transport` for one thing: an App's key signs by the cryptography of TLS.

#[cfg(feature = "app")]
pub(crate) mod app_key;
#[cfg(feature = "app")]
pub(crate) mod clock;
pub(crate) mod git_credential;
pub(crate) mod token;
pub(crate) mod token_provider;

#[cfg(feature = "app")]
pub use app_key::{AppKey, InvalidAppKey};
pub use git_credential::GitCredential;
pub use token::{InvalidToken, Token};
pub use token_provider::{Credentials, TokenProvider};
