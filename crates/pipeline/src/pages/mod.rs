//! The pages: what runs, what waits and for whom, what ran, logs, and why. HTML made on the server, readable without script.
//!
//! | path | what is there |
//! |---|---|
//! | `/` | what runs and waits, how the projects stand, the last builds; `?before=N` for older ones |
//! | `/P` | the project `P`: its jobs, what was built for, its builds; `?state=`, `?job=`, `?before=N`, `?after=N` |
//! | `/P/pr/N`, `/P/branch/B` | a pull request or branch: each job's last word, what waits for whom, its builds |
//! | `/P/tag/T`, `/P/queue/B`, `/P/commit/C` | the same of what else is built |
//! | `/P/builds/N` | a build: why, where it stands, its steps, the end of its log, what it kept, its entries in the journal |
//! | `/P/builds/N?line=L` | the same, with the lines around this one: `?line=L#L` is its address for ever |
//! | `/P/builds/N?find=TEXT` | the lines of the whole log that say this, in capitals or not |
//! | `/P/builds/N/log` | the whole log as the command wrote it; `?from=BYTE` and `Range` for a part |
//! | `/P/builds/N/artifacts/PATH` | a file that it kept, as an attachment, with ranges |
//! | `/P/builds/N/events` | what comes of its log and its state, as server-sent events from `?from=BYTE` or `Last-Event-ID` on |
//! | `/events`, `/P/events` | an event whenever something has changed |
//! | `/journal` | the journal; `?delivery=`, `?sha=`, `?build=`, or `?project=P` with `&pr=` or `&branch=` for a part |
//! | `/server` | the server itself: queue, slots, disks, the hook, the config, what was put right |
//! | `/badge/P.svg` | how the default branch stands, as a picture; `?branch=` for another one, `?job=` for one job |
//! | `/sign-in` | for whoever has the admin's token |
//!
//! # For programs
//!
//! Names of fields stay as they are; more may come.
//!
#![doc = include_str!("../../docs/pages-json.md")]
//!
//! # Buttons, and who may press them
//!
//! Buttons are forms: `POST /P/builds/N/again`, `/cancel` and `/approve`. They are for whoever signed in at `/sign-in` with
//! the admin's token, and for programs that send `Authorization: Bearer TOKEN`. The first is a session: the browser keeps
//! 256 random bits in a cookie, and no other site can press a button. It lasts for [a while](SignInLimits), until
//! sign-out, or until the admin's token changes, and holds for all servers of a journal. Where the config says
//! `read = "login"`, whatever is read needs the same.
//!
//! # Logs, and what is live
//!
//! A log is shown as a terminal shows it. Colours are classes of a fixed set and go on over lines. A carriage return
//! writes over a line, and other sequences are dropped, links among them. Groups of lines fold, whether GitHub's
//! `::group::` or GitLab's sections mark them. The number of a line counts from the log's first line, whichever part
//! of it a page shows.
//!
//! A log that is watched is read once in each process, however many watch it, also while another machine builds. So
//! many watch [at most](Pages::DEFAULT_WATCHERS). Each 15 s they get a comment at least, and these events:
//!
//! | event | what it says |
//! |---|---|
//! | `log` | lines, as JSON; its id is the byte where the line begins that has not ended |
//! | `change` | the page is to be fetched again |
//! | `reset` | too much has come to send it: the page is to be fetched again, with its log |
//! | `end` | nothing more comes (`over`), or the server leaves (`leaving`) |
//!
//! Whom no events reach asks for the same at `/P/builds/N/events.json?from=BYTE`.
//!
//! All that strangers wrote is escaped, and the policy that comes with each page lets nothing run.

// What each leans on, never the other way:
//
//   pages -> overview, project_page, build_page, journal_page, press -> session, layout, parts -> words, state, address, answer
mod address;
mod answer;
mod artifacts;
mod assets;
mod badge;
mod build_list;
mod build_page;
mod compressing;
mod empty;
mod journal_page;
mod layout;
mod log;
mod overview;
#[expect(clippy::module_inception, reason = "the room's front has the room's name")]
mod pages;
mod paging;
mod press;
mod problem;
mod project_page;
mod query;
mod queue;
mod range;
mod server;
mod session;
mod sparkline;
mod state;
mod target_page;
mod view;
mod words;

pub use pages::Pages;
pub use session::SignInLimits;
