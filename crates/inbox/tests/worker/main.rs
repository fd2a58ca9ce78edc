//! The worker with real handlers, on all stores.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects by unwrapping it"
)]

mod blocking;
mod bodies;
mod deadlines;
mod ends;
mod faulty;
mod handing_over;
mod lanes;
mod leases;
mod names;
mod outages;
mod outcomes;
mod poison;
mod pools;
mod shutdown;
mod steps;
#[cfg(feature = "postgres")]
#[allow(dead_code, reason = "the other tests with PostgreSQL need more of it")]
#[path = "../postgres/store.rs"]
mod store;
mod store_failures;
mod support;
mod waits;
