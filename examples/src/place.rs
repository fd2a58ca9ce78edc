use std::sync::Arc;

use hookstead::inbox::{Inbox, InboxError, SqliteInbox};

/// Opens the inbox at a place: a PostgreSQL database if it is a `postgres://` URL, else an SQLite
/// file.
///
/// # Errors
///
/// Fails when it cannot be opened, and for a URL when this is built without the feature `postgres`.
pub async fn open_inbox(place: &str) -> Result<Arc<dyn Inbox>, InboxError> {
    if is_postgres(place) {
        return connect(place).await;
    }
    Ok(Arc::new(SqliteInbox::open(place)?))
}

/// Whether the place is in PostgreSQL, not a file.
#[must_use]
pub fn is_postgres(place: &str) -> bool {
    place.starts_with("postgres://") || place.starts_with("postgresql://")
}

#[cfg(feature = "postgres")]
async fn connect(url: &str) -> Result<Arc<dyn Inbox>, InboxError> {
    Ok(Arc::new(hookstead::inbox::PostgresInbox::connect(url).await?))
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn connect(_: &str) -> Result<Arc<dyn Inbox>, InboxError> {
    Err(InboxError::open_at("in PostgreSQL", "this was built without `--features postgres`"))
}
