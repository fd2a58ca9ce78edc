//! Acting as a GitHub App, whose tokens are made by calls.

#[cfg(feature = "app")]
pub(crate) mod app;
pub(crate) mod installation_token;

pub use installation_token::{InstallationToken, NewInstallationToken};
