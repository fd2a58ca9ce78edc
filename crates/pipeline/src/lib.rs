//! Builds what GitHub's webhooks tell of: a pull request is opened, its jobs run as real processes on a real
//! checkout, and their statuses say what happened.
//!
//! The inbox is the queue: a build is [work](hookstead::inbox::Work) that the handler of a delivery submits, with
//! a lane of its own. Everything that was decided, also that nothing was, stands in the journal.
//!
//! Its pages show it live:
//!
#![cfg_attr(doc, doc = include_str!("../docs/pictures.md"))]

// What each leans on, never the other way:
//
//   record <- config <- plan
//   record <- journal, notify, runner, checkout
//   build, pages, serve stand on top
pub mod build;
pub mod checkout;
pub mod config;
pub mod journal;
pub mod notify;
pub mod pages;
pub mod plan;
pub mod record;
pub mod runner;
pub mod serve;
