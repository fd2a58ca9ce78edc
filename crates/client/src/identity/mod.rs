//! Who calls: tokens, where they come from, and an App's key.

#[cfg(feature = "app")]
pub(crate) mod app_key;
#[cfg(feature = "app")]
pub(crate) mod clock;
pub(crate) mod token;
pub(crate) mod token_provider;

#[cfg(feature = "app")]
pub use app_key::{AppKey, InvalidAppKey};
pub use token::{InvalidToken, Token};
pub use token_provider::{Credentials, TokenProvider};
