use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::InboxError;
use crate::store::contract::Store;

/// Where a store is, said in one word, as in the setting `INBOX` of a program: an SQLite file (`ci.db`) or a
/// PostgreSQL database (`postgres://ci:secret@db.example.com/ci`).
///
/// Every word that begins as a URL does (`mysql:`) and is no `postgres://` or `postgresql://` URL is refused,
/// so that a slip makes no file of that name. A file that is really called so is `./mysql:x`.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use hookstead_inbox::StorePlace;
///
/// # let folder = tempfile::tempdir()?;
/// # let word = folder.path().join("ci.db");
/// # let word = word.to_str().expect("a path");
/// let store = word.parse::<StorePlace>()?.open().await?;
/// assert_eq!(store.kind(), "sqlite");
///
/// let error = "mysql://ci:secret@db/ci".parse::<StorePlace>().unwrap_err();
/// assert!(error.to_string().contains("an SQLite file, or a URL that begins with postgres://"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct StorePlace(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    File(String),
    /// A URL, perhaps with a password.
    Postgres(String),
}

impl StorePlace {
    /// Whether it is in PostgreSQL, and not a file.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.0, Kind::Postgres(_))
    }

    /// Opens the store. A file that is not there is made; so are the tables of a database.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be opened, and when this crate was built without the feature that it needs,
    /// `sqlite` or `postgres`.
    pub async fn open(&self) -> Result<Arc<dyn Store>, InboxError> {
        match &self.0 {
            Kind::File(path) => open_file(Path::new(path)),
            Kind::Postgres(url) => connect(url).await,
        }
    }

    /// Opens a store that is there: for those who look into it. A new and empty file, made of a slip of
    /// the finger, would help nobody.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and when there is no such file.
    pub async fn open_existing(&self) -> Result<Arc<dyn Store>, InboxError> {
        match &self.0 {
            Kind::File(path) if !Path::new(path).is_file() => {
                Err(InboxError::open(Path::new(path), "there is no such file"))
            }
            _ => self.open().await,
        }
    }

    /// Brings the tables of a store to the version that this crate needs, or makes them: see
    /// `PostgresStore::migrate`. A file is brought there whenever it is opened, so this opens it.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and when the role may not change the tables.
    pub async fn migrate(&self) -> Result<(), InboxError> {
        match &self.0 {
            Kind::File(path) => open_file(Path::new(path)).map(drop),
            Kind::Postgres(url) => migrate(url).await,
        }
    }
}

/// A word that says where a store is.
impl FromStr for StorePlace {
    type Err = InboxError;

    fn from_str(word: &str) -> Result<Self, InboxError> {
        const KNOWN: &str = "an inbox is an SQLite file, or a URL that begins with postgres://";
        if word.is_empty() {
            return Err(InboxError::open_at("without a name", KNOWN));
        }
        match scheme(word) {
            None => Ok(Self(Kind::File(word.to_owned()))),
            Some("postgres" | "postgresql") if word.contains("://") => {
                Ok(Self(Kind::Postgres(word.to_owned())))
            }
            // What follows may hold a password.
            Some(scheme) => {
                let known = format!("nothing is known of {scheme:?}; {KNOWN}");
                let known = if scheme.starts_with("postgres") { KNOWN.to_owned() } else { known };
                Err(InboxError::open_at(&format!("{scheme}:..."), known))
            }
        }
    }
}

/// What stands before the colon of a URL. One letter is the drive of a file on Windows.
fn scheme(word: &str) -> Option<&str> {
    let (scheme, _) = word.split_once(':')?;
    let is_letter = |it: char| it.is_ascii_alphanumeric() || matches!(it, '+' | '-');
    let begins = scheme.starts_with(|it: char| it.is_ascii_alphabetic());
    (begins && scheme.len() > 1 && scheme.chars().all(is_letter)).then_some(scheme)
}

/// The file's name; of a database no more than that, for there may be a password in it.
impl fmt::Debug for StorePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::File(path) => formatter.debug_tuple("StorePlace").field(path).finish(),
            Kind::Postgres(_) => formatter.write_str("StorePlace(postgres://...)"),
        }
    }
}

#[cfg(feature = "sqlite")]
fn open_file(path: &Path) -> Result<Arc<dyn Store>, InboxError> {
    Ok(Arc::new(super::SqliteStore::open(path)?))
}

#[cfg(not(feature = "sqlite"))]
fn open_file(path: &Path) -> Result<Arc<dyn Store>, InboxError> {
    Err(InboxError::open(path, "this was built without the feature `sqlite`"))
}

#[cfg(feature = "postgres")]
async fn connect(url: &str) -> Result<Arc<dyn Store>, InboxError> {
    Ok(Arc::new(super::PostgresStore::connect(url).await?))
}

#[cfg(feature = "postgres")]
async fn migrate(url: &str) -> Result<(), InboxError> {
    super::PostgresStore::migrate(url).await
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn connect(_: &str) -> Result<Arc<dyn Store>, InboxError> {
    Err(InboxError::open_at("in PostgreSQL", "this was built without the feature `postgres`"))
}

#[cfg(not(feature = "postgres"))]
async fn migrate(url: &str) -> Result<(), InboxError> {
    connect(url).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_databases_are_told_apart() {
        for file in ["ci.db", "./mysql:x", "/var/lib/ci.db", "a.b:c", "C:\\ci.db", ":x", "é:x"] {
            let place = file.parse::<StorePlace>().unwrap();
            assert!(matches!(place.0, Kind::File(it) if it == file), "{file}");
        }
        for url in ["postgres://ci:hunter2@db/ci", "postgresql:///ci"] {
            let place = url.parse::<StorePlace>().unwrap();
            assert!(place.is_postgres(), "{url}");
            assert_eq!(format!("{place:?}"), "StorePlace(postgres://...)");
        }
    }

    #[test]
    fn other_schemes_are_refused_by_name_and_without_what_follows() {
        for (word, shown) in [
            ("mysql://ci:hunter2@db/ci", "mysql:..."),
            ("sqlite:hunter2.db", "sqlite:..."),
            ("POSTGRES://ci:hunter2@db/ci", "POSTGRES:..."),
            ("postgres:hunter2", "postgres:..."),
            ("", "without a name"),
        ] {
            let error = word.parse::<StorePlace>().unwrap_err();
            assert!(error.needs_a_person(), "{word}");
            let text = format!("{error} {error:?}");
            assert!(text.starts_with(&format!("cannot open the inbox {shown}: ")), "{text}");
            assert!(text.contains("a URL that begins with postgres://"), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }

    #[cfg(feature = "sqlite")]
    #[tokio::test]
    async fn what_is_only_looked_at_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ci.db");
        let place: StorePlace = path.to_str().unwrap().parse().unwrap();
        let Err(error) = place.open_existing().await else { unreachable!("there is none") };
        assert!(error.to_string().ends_with("ci.db: there is no such file"), "{error}");
        assert!(!path.exists());
        place.migrate().await.unwrap();
        assert!(path.exists());
        assert_eq!(place.open_existing().await.unwrap().kind(), "sqlite");
    }
}
