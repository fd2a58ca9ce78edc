//! The client against a scripted server, over real sockets on loopback.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[cfg(all(feature = "app", any(feature = "aws-lc-rs", feature = "ring")))]
mod apps;
mod building;
mod calls;
mod checks;
mod code;
mod decoration;
mod deployments;
mod ensuring;
mod errors;
mod foreign;
mod hooks;
mod http_client;
mod issues;
mod limits;
mod outages;
mod pages;
mod pull_requests;
mod rate_limits;
mod redirects;
mod requests;
mod retries;
mod statuses;
mod support;
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
mod tls;
mod tokens;
mod transport;
#[cfg(all(feature = "app", any(feature = "aws-lc-rs", feature = "ring")))]
mod young_tokens;
