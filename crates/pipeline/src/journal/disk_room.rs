use std::fmt;
use std::path::Path;

use super::error::JournalError;
use super::journal::{Database, Journal};

/// At most this part of a file system is kept free, so that a small one can be used, too.
const LARGEST_SHARE: u64 = 4;

/// Whether there is room for another build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiskRoom {
    /// There is.
    Enough,
    /// There is not.
    Short {
        /// The folder or file on the disk that is short of room.
        place: String,
        /// So many bytes are free there for this user.
        free: u64,
        /// So many bytes are kept free.
        reserve: u64,
    },
}

impl DiskRoom {
    /// Whether a build may begin.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        *self == Self::Enough
    }
}

/// For people: `enough`, or what is short.
impl fmt::Display for DiskRoom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enough => formatter.write_str("enough"),
            Self::Short { place, free, reserve } => {
                let mebibytes = |bytes: &u64| bytes / (1024 * 1024);
                let (free, reserve) = (mebibytes(free), mebibytes(reserve));
                write!(
                    formatter,
                    "the disk of {place} has {free} MiB free, and {reserve} MiB are kept free"
                )
            }
        }
    }
}

/// How much of a disk is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskSpace {
    /// Whether it is that of the database, else that of the folder in which builds are made.
    pub is_of_database: bool,
    /// So many bytes are free there for this user.
    pub free: u64,
    /// So many it has.
    pub total: u64,
    /// No build begins while fewer are free.
    pub reserve: u64,
}

impl Journal {
    /// How much is free on the disk of this folder, in which builds are made, and on that of the database, where it is a
    /// file. Empty where a system does not tell.
    ///
    /// # Errors
    ///
    /// Fails when there is no such folder.
    pub fn disks(&self, folder: &Path) -> Result<Vec<DiskSpace>, JournalError> {
        let file = match &self.shared.database {
            Database::Sqlite(database) => Some((database.file(), true)),
            Database::Postgres(_) => None,
        };
        let mut disks = Vec::new();
        for (place, is_of_database) in [Some((folder, false)), file].into_iter().flatten() {
            let told = free_space(place);
            let told =
                told.map_err(|error| JournalError::disk("look for room on a disk", error))?;
            let Some((free, total)) = told else { continue };
            let reserve = self.shared.reserve.min(total / LARGEST_SHARE);
            disks.push(DiskSpace { is_of_database, free, total, reserve });
        }
        Ok(disks)
    }

    /// Whether there is room for another build: on the disk of this folder, in which builds are made, and on that of the
    /// database, where it is a file. What is kept free is a [setting](super::JournalOptions::reserve).
    ///
    /// Where a system does not tell how much is free, there is always enough. Of a PostgreSQL server nobody here knows:
    /// what does not fit there is an error that [`is_full`](JournalError::is_full).
    ///
    /// # Errors
    ///
    /// Fails when there is no such folder.
    pub fn room(&self, folder: &Path) -> Result<DiskRoom, JournalError> {
        let file = match &self.shared.database {
            Database::Sqlite(database) => Some(database.file()),
            Database::Postgres(_) => None,
        };
        for place in [Some(folder), file].into_iter().flatten() {
            let told = free_space(place);
            let told =
                told.map_err(|error| JournalError::disk("look for room on a disk", error))?;
            let Some((free, total)) = told else { continue };
            let reserve = self.shared.reserve.min(total / LARGEST_SHARE);
            if free < reserve {
                let place = place.display().to_string();
                return Ok(DiskRoom::Short { place, free, reserve });
            }
        }
        Ok(DiskRoom::Enough)
    }
}

/// The bytes that are free on the disk of this file for this user, and all that it has.
#[cfg(unix)]
fn free_space(place: &Path) -> std::io::Result<Option<(u64, u64)>> {
    let told = rustix::fs::statvfs(place)?;
    let bytes = |blocks: u64| blocks.saturating_mul(told.f_frsize);
    Ok(Some((bytes(told.f_bavail), bytes(told.f_blocks))))
}

#[cfg(not(unix))]
fn free_space(place: &Path) -> std::io::Result<Option<(u64, u64)>> {
    std::fs::metadata(place).map(|_| None)
}
