//! Acting as a GitHub App: it makes its installations' tokens by calls, keeps them and renews them.
//!
//! It leans on `engine`, which sends these calls, and on `identity`. `client` leans on it.

#[cfg(feature = "app")]
pub(crate) mod app;
pub(crate) mod installation_token;

pub use installation_token::{InstallationToken, NewInstallationToken};
