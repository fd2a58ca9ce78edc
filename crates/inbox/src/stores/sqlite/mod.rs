//! The store in an SQLite file. [`SqliteStore`] is the front; behind it, `writer` is the one thread that
//! writes and `reader` the one that reads. What they do in their transactions: `accepting`,
//! `redelivering`, `placing`, `leasing`, `settling`, `changing`, `purging`, `looking`, `naming`, and
//! `lanes` and `takers`, which most of them lean on. `schema` is the file's form, `row` and `columns` read it; `files`
//! notices when the file is gone, `room` when there is none left, `watch` what other processes write, and
//! `log_file` keeps the log short, which `copying` helps with where it has grown long.

mod accepting;
mod changing;
mod columns;
mod copying;
mod files;
mod known_takers;
mod lanes;
mod leasing;
mod log_file;
mod looking;
mod mending;
mod moments;
mod naming;
mod options;
mod placing;
mod purging;
mod reader;
mod redelivering;
mod room;
mod row;
mod schema;
mod session;
mod settling;
mod sqlite_store;
mod store;
mod takers;
mod waiting;
mod watch;
mod write_turn;
mod writer;
mod writing;

#[cfg(test)]
mod tests;

pub use options::SqliteOptions;
pub use sqlite_store::SqliteStore;
pub use write_turn::SqliteWriteTurn;
