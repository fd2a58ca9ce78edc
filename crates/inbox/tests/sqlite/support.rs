use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

/// A lease or a pause that does not end during a test.
pub const LONG: Duration = Duration::from_secs(60 * 60);

/// A file in a directory of its own.
pub struct TestFile(pub TempDir);

impl TestFile {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("inbox.db")
    }
}
