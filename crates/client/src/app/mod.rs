//! Acting as a GitHub App, whose tokens are made by calls.

#[cfg(feature = "app")]
pub(crate) mod app;
pub(crate) mod installation;

pub use installation::{Installation, InstallationToken, NewInstallationToken};
