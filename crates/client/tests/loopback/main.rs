//! The client against a scripted server, over real sockets on loopback.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod building;
mod deployments;
mod errors;
mod limits;
mod pages;
mod pull_requests;
mod redirects;
mod statuses;
mod support;
