//! The two databases, as one: a [`Session`] is a transaction in either, and each statement is written once.

mod postgres;
mod problem;
mod row;
mod schema;
mod session;
mod sqlite;
mod value;

pub(super) use postgres::PostgresDatabase;
pub(super) use problem::{Kind, Problem};
pub(super) use row::{Row, columns};
pub(super) use session::Session;
#[cfg(test)]
pub(super) use sqlite::PREPARED;
pub(super) use sqlite::SqliteDatabase;
pub(super) use value::Value;
