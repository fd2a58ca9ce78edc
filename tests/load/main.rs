//! Crowds of strangers come to a server while good clients deliver; then it is told how the good
//! ones fared, what the server took of the machine, and whether it gave that back. And the books are
//! balanced: what was sent was accepted or refused, and what was accepted was handled, once.
//!
//! Each test prints a row of a table. `HOOKSTEAD_LOAD_SECONDS` says how long each crowd stays;
//! without it the crowds are small and short. The bounds are the promises of the receiver's limits.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

mod books;
mod burst;
mod crowd;
mod deed;
mod descriptors;
mod good_clients;
mod pool;
mod real_proxy;
mod row;
mod scenario;
mod server;
mod size;
mod watch;
mod wire;

use hookstead_tests::Postgres;

use pool::Manners;
use scenario::beside;
use server::{APART, Files, HOME};

/// Tests of a crowd beside good clients: with files in plenty, and with 256.
macro_rules! crowds {
    ($($test:ident, $few:ident: $crowd:ident;)*) => {$(
        #[test]
        fn $test() {
            beside(crowd::$crowd, Files::Plenty, HOME, crowd::$crowd.name);
        }

        #[test]
        fn $few() {
            beside(crowd::$crowd, Files::Few, HOME, crowd::$crowd.name);
        }
    )*};
}

crowds! {
    pipeliners, pipeliners_with_few_files: PIPELINERS;
    silent, silent_with_few_files: SILENT;
    idle, idle_with_few_files: IDLE;
    slow_heads, slow_heads_with_few_files: SLOW_HEADS;
    slow_bodies, slow_bodies_with_few_files: SLOW_BODIES;
    big_heads, big_heads_with_few_files: BIG_HEADS;
    refused, refused_with_few_files: REFUSED;
}

#[test]
fn pipeliners_at_another_address() {
    beside(crowd::PIPELINERS, Files::Plenty, APART, "pipeliners elsewhere");
}

#[test]
fn silent_at_another_address() {
    beside(crowd::SILENT, Files::Plenty, APART, "silent elsewhere");
}

#[test]
fn behind_a_proxy_like_nginx() {
    pool::behind_a_proxy("early answers, as by nginx", Manners::Close);
}

#[test]
fn behind_a_proxy_like_caddy() {
    pool::behind_a_proxy("early answers, as by Caddy", Manners::WriteOn);
}

#[test]
fn behind_nginx() {
    real_proxy::behind(real_proxy::NGINX);
}

#[test]
fn behind_caddy() {
    real_proxy::behind(real_proxy::CADDY);
}

#[test]
fn a_thousand_at_once() {
    burst::wave("a thousand at once");
}

#[test]
fn burst_on_sqlite() {
    burst::burst("a burst on SQLite", None);
}

#[test]
fn burst_on_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    burst::burst("a burst on PostgreSQL", Some(&postgres));
}
