//! The journal, on both databases: each test runs with SQLite, and with PostgreSQL where there is one.

mod builds;
mod facts;
mod logs;
mod many;
mod sharing;
mod submitting;
mod support;
