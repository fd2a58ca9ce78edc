use std::sync::Arc;

use hookstead::inbox::{InboxError, SqliteStore, Store};

/// Opens the store of an inbox at a place: a PostgreSQL database if it is a `postgres://` URL, else an SQLite
/// file.
///
/// # Errors
///
/// Fails when it cannot be opened, and for a URL when this is built without the feature `postgres`.
pub async fn open_store(place: &str) -> Result<Arc<dyn Store>, InboxError> {
    if is_postgres(place) {
        return connect(place).await;
    }
    Ok(Arc::new(SqliteStore::open(place)?))
}

/// Whether the place is in PostgreSQL, not a file.
#[must_use]
pub fn is_postgres(place: &str) -> bool {
    place.starts_with("postgres://") || place.starts_with("postgresql://")
}

#[cfg(feature = "postgres")]
async fn connect(url: &str) -> Result<Arc<dyn Store>, InboxError> {
    Ok(Arc::new(hookstead::inbox::PostgresStore::connect(url).await?))
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn connect(_: &str) -> Result<Arc<dyn Store>, InboxError> {
    Err(InboxError::open_at("in PostgreSQL", "this was built without `--features postgres`"))
}
