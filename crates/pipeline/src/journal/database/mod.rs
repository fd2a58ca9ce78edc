//! The two databases, as one: a [`Session`] is a transaction in either, and each statement is written once.

mod postgres;
mod postgres_session;
mod problem;
mod row;
mod schema;
mod session;
mod sqlite;
mod sqlite_session;
mod value;

pub(super) use postgres::{PostgresDatabase, PostgresLimits};
pub(super) use problem::{Kind, Problem};
pub(super) use row::{Row, columns};
pub(super) use session::Session;
pub(super) use sqlite::SqliteDatabase;
#[cfg(test)]
pub(super) use sqlite_session::PREPARED;
pub(super) use value::Value;
