//! The stores: ways to keep what the contract in `store/` says.

mod memory;
mod place;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use memory::MemoryStore;
pub use place::StorePlace;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresConnection, PostgresOptions, PostgresStore};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteOptions, SqliteStore, SqliteWriteTurn};
