//! A log that has grown long is copied by a thread of its own.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::super::log_file::LogFile;
use super::super::schema;

const MIB: u64 = 1024 * 1024;

const USUAL_PAGES: i64 = 1024;

/// A file with its log.
struct Logged {
    connection: Connection,
    log: LogFile,
    file: PathBuf,
    _directory: tempfile::TempDir,
}

impl Logged {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("inbox.db");
        let connection = Connection::open(&file).unwrap();
        schema::prepare(&connection, Duration::from_secs(1)).unwrap();
        connection.execute_batch("CREATE TABLE large (bytes BLOB)").unwrap();
        let wal = directory.path().join("inbox.db-wal");
        let log = LogFile::new(wal, file.clone(), None, Duration::from_secs(1));
        log.set_up(&connection).unwrap();
        Self { connection, log, file, _directory: directory }
    }

    fn write(&self, mebibytes: u64) {
        for _ in 0..mebibytes {
            self.connection.execute("INSERT INTO large VALUES (randomblob(1048576))", []).unwrap();
        }
    }

    fn length(&self) -> u64 {
        std::fs::metadata(self.file.with_extension("db-wal")).unwrap().len()
    }

    /// After so many pages SQLite copies the log with a commit.
    fn copied_after(&self) -> i64 {
        let pragma = "PRAGMA wal_autocheckpoint";
        self.connection.query_row(pragma, [], |row| row.get("wal_autocheckpoint")).unwrap()
    }

    /// After each commit, as the thread that writes does it.
    fn tend_until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(Instant::now() < end, "{what}; its log has {} bytes", self.length());
            self.connection.execute("INSERT INTO large VALUES (x'')", []).unwrap();
            self.log.tend(&self.connection, false);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Reads what the file is now, until it is dropped.
fn reader(file: &PathBuf) -> Connection {
    let reader = Connection::open(file).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM large;").unwrap();
    reader
}

#[test]
fn nobody_waits_until_a_long_log_is_copied() {
    let it = Logged::new();
    let reader = reader(&it.file);
    it.write(160);
    assert_eq!(it.copied_after(), USUAL_PAGES);
    it.log.tend(&it.connection, false);
    assert_eq!(it.copied_after(), 0, "the next commit would copy it once the reader is gone");
    assert!(it.length() > 160 * MIB);
    drop(reader);
    it.write(1);
    let (mut last, mut most) = (it.length(), 0);
    it.tend_until("it stays long", || {
        let length = it.length();
        most = most.max(last.saturating_sub(length));
        last = length;
        length <= 8 * MIB
    });
    // A piece with a commit, and what is not long any more after it.
    assert!(most <= 96 * MIB, "{most} bytes were cut off at once");
    it.tend_until("SQLite never copies it again", || it.copied_after() == USUAL_PAGES);
    let other = Connection::open(&it.file).unwrap();
    let bytes = "SELECT sum(length(bytes)) AS bytes FROM large";
    let bytes: i64 = other.query_row(bytes, [], |row| row.get("bytes")).unwrap();
    assert_eq!(bytes.unsigned_abs(), 161 * MIB);
    let checked = |row: &rusqlite::Row<'_>| row.get::<_, String>("integrity_check");
    assert_eq!(other.query_row("PRAGMA integrity_check", [], checked).unwrap(), "ok");
}

#[test]
fn a_long_log_grows_while_somebody_reads_it() {
    let it = Logged::new();
    let reader = reader(&it.file);
    it.write(80);
    it.log.tend(&it.connection, false);
    it.write(10);
    assert!(it.length() > 90 * MIB);
    let seen: i64 =
        reader.query_row("SELECT count(*) AS seen FROM large", [], |row| row.get("seen")).unwrap();
    assert_eq!(seen, 0, "it reads what it read before");
    drop(reader);
    it.tend_until("it stays long", || it.length() <= 8 * MIB);
}

#[test]
fn what_copies_ends_with_the_store() {
    let it = Logged::new();
    let reader = reader(&it.file);
    it.write(80);
    drop(reader);
    it.log.tend(&it.connection, false);
    let Logged { connection, log, file, _directory } = it;
    // This waits for the thread.
    drop(log);
    drop(connection);
    let beside = std::fs::read_dir(file.parent().unwrap()).unwrap().count();
    assert_eq!(beside, 1, "somebody has the file open still");
}
