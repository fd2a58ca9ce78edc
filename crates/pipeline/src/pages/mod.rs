//! Plain pages: what runs, what ran, logs, and why. HTML made on the server, readable without script.
//!
//! | path | what is there |
//! |---|---|
//! | `/` | what waits and runs, and the last builds |
//! | `/P` | the builds of the project `P` |
//! | `/P/builds/N` | a build: why, where it stands, its steps, the end of its log, its entries in the journal |
//! | `/P/builds/N/log` | the whole log as the command wrote it; `?from=BYTE` for a part |
//! | `/journal` | the journal; `?delivery=`, `?sha=`, `?build=` for a part |
//!
//! Each but the log is also there as JSON: `/index.json`, `/P.json`, `/P/builds/N.json`, `/journal.json`.
//!
//! Buttons are forms: `POST /P/builds/N/again`, `/cancel` and `/approve`, with the admin's token in the field `token`.
//! The token is in no cookie, so no other site can press a button.
//!
//! All that strangers wrote is escaped, and the policy that comes with each page lets nothing run.

// What each leans on, never the other way:
//
//   pages -> overview, project, build_page, journal_page, pressing -> layout, answer
mod answer;
mod build_page;
mod journal_page;
mod layout;
mod overview;
#[expect(clippy::module_inception, reason = "the room's front has the room's name")]
mod pages;
mod pressing;
mod query;
mod raw_log;

pub use pages::Pages;
