use std::sync::Arc;

use hookstead::inbox::{InboxError, SqliteStore, Store};

/// Opens the store of an inbox at a place: a PostgreSQL database if it is a `postgres://` URL, an SQLite file
/// if it is no URL.
///
/// # Errors
///
/// Fails when it cannot be opened; for a URL of any other kind; and for one of PostgreSQL when this is
/// built without the feature `postgres`.
pub async fn open_store(place: &str) -> Result<Arc<dyn Store>, InboxError> {
    is_known(place)?;
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

/// Whether this is a kind of place that there is a store for.
///
/// # Errors
///
/// Fails for a URL that is none of PostgreSQL's, which would else become the name of a file. The error
/// shows only its scheme, as passwords stand behind it.
pub fn is_known(place: &str) -> Result<(), InboxError> {
    match place.split_once("://") {
        Some((scheme, _)) if !is_postgres(place) => {
            let known = "known are a file of SQLite, such as ci.db, and postgres://USER:PASSWORD@HOST/DATABASE";
            // Whatever stands there, it is short and can be read.
            let scheme: String = scheme.escape_debug().take(20).collect();
            Err(InboxError::open_at(&format!("at {scheme}://..."), known))
        }
        _ => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_url_of_another_kind_is_refused_and_not_shown() {
        for place in [
            "mysql://root:s3cret@localhost/ci",
            "POSTGRES://root:s3cret@localhost/ci",
            "jdbc:postgresql://localhost/ci?password=s3cret",
            "sqlite://s3cret.db",
            "\u{1b}[2J://s3cret",
            "://s3cret",
        ] {
            let error = is_known(place).unwrap_err();
            let source = error.source().map(ToString::to_string).unwrap_or_default();
            let told = format!("{error} {source}");
            assert!(told.contains("postgres://") && told.contains("SQLite"), "{told}");
            assert!(!told.contains("s3cret") && !told.contains('\u{1b}'), "{told}");
        }
        assert!(is_known("mysql://localhost").unwrap_err().to_string().contains("mysql://..."));
        for place in [
            "ci.db",
            "./ci.db",
            "/var/lib/ci.db",
            "C:\\ci.db",
            "postgres://localhost/ci",
            "postgresql://x",
        ] {
            assert!(is_known(place).is_ok(), "{place}");
        }
    }
}
