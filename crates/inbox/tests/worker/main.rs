//! The worker with real handlers, on all stores.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects by unwrapping it"
)]

mod blocking;
mod faulty;
mod lanes;
mod leases;
mod outcomes;
mod shutdown;
#[cfg(feature = "postgres")]
#[path = "../postgres/store.rs"]
mod store;
mod store_failures;
mod support;
