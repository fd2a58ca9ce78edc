//! What never arrived is fetched again: a server and an inbox on disk, GitHub's deliveries by the
//! hundred.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod failures;
mod outages;
mod rounds;
mod stage;
mod versions;
