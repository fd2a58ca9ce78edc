//! Which files can be opened, and by which versions.

use hookstead_inbox::{InboxError, Settlement, SqliteStore, Store};
use rusqlite::Connection;

use crate::support::{TestFile, cause};

fn refused(file: &TestFile) -> String {
    refused_at(&file.path())
}

fn refused_at(path: &std::path::Path) -> String {
    let error: InboxError = SqliteStore::open(path).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&path.display().to_string()), "the file should be named: {text}");
    text
}

/// Has this done by hand, and the file refused for this reason, as it is.
fn refused_and_left_alone(file: &TestFile, sql: &str, reasons: &[&str]) {
    Connection::open(file.path()).unwrap().execute_batch(sql).unwrap();
    let before = std::fs::read(file.path()).unwrap();
    let error = refused(file);
    for reason in reasons {
        assert!(error.contains(reason), "{error}");
    }
    assert!(std::fs::read(file.path()).unwrap() == before, "it should be as it was: {error}");
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let file = TestFile::new();
    let text = "Dear diary, ".repeat(1000);
    std::fs::write(file.path(), &text).unwrap();
    let error = refused(&file);
    assert!(error.contains("not a database"), "{error}");
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), text);
}

#[test]
fn another_programs_database_is_refused_and_left_alone() {
    for sql in
        ["CREATE TABLE recipes (name TEXT)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"]
    {
        refused_and_left_alone(&TestFile::new(), sql, &["another program's"]);
    }
}

#[test]
fn a_file_of_before_tasks_is_refused_with_a_sentence() {
    let before_tasks = "
        CREATE TABLE deliveries (place INTEGER PRIMARY KEY, guid TEXT NOT NULL, state TEXT NOT NULL);
        INSERT INTO deliveries VALUES (1, 'one', 'pending');
        PRAGMA application_id = 1215262571;
        PRAGMA user_version = 1;";
    let reasons = ["before Hookstead kept a task for each handler", "begin with a new file"];
    refused_and_left_alone(&TestFile::new(), before_tasks, &reasons);
}

#[test]
fn a_missing_directory_is_named() {
    let file = TestFile::new();
    refused_at(&file.0.path().join("missing").join("inbox.db"));
    refused_at(file.0.path());
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let file = TestFile::new();
    std::thread::scope(|scope| {
        let opening: Vec<_> =
            (0..8).map(|_| scope.spawn(|| SqliteStore::open(file.path()).map(drop))).collect();
        for opened in opening {
            opened.join().unwrap().unwrap();
        }
    });
}

/// What the next version of the schema may bring that this one can live with.
const NEXT: &str = "
    ALTER TABLE tasks ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';
    CREATE TABLE colours (colour TEXT PRIMARY KEY);
    PRAGMA user_version = 3;";

/// The same, and from now on older programs would do harm.
const WITHOUT_OLD_ONES: &str = "
    UPDATE meta SET oldest_version = 3;
    PRAGMA user_version = 3;";

#[tokio::test]
async fn an_old_program_works_beside_a_newer_schema_that_allows_it() {
    let file = TestFile::new();
    let running = file.open().await;
    running.accept("before").await;
    file.raw().execute_batch(NEXT).unwrap();
    // Both that had it open, and that opens it now.
    let new = file.open().await;
    for ci in [&running, &new] {
        let id = format!("{:?}", ci.process.id);
        ci.accept(&id.replace('"', "")).await;
        ci.done(&ci.lease_one().await).await;
        ci.store.probe().await.unwrap();
    }
    assert_eq!(new.depth().await.ready, 1);
    // It left alone what it does not know.
    let raw = file.raw();
    let version: i64 = raw.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 3);
}

#[tokio::test]
async fn an_old_program_is_refused_by_a_newer_schema_that_does_not_allow_it() {
    let file = TestFile::new();
    let running = file.open().await;
    running.accept("before").await;
    let leased = running.lease_one().await;
    file.raw().execute_batch(&format!("{NEXT} {WITHOUT_OLD_ONES}")).unwrap();
    // Who has it open already does nothing more.
    let error = running.try_accept(running.new_delivery("after")).await.unwrap_err();
    assert!(cause(&error).contains("newer version of Hookstead"), "{error:?}");
    assert!(running.store.settle(&[(leased.token, Settlement::Done)]).await.is_err());
    assert!(running.store.probe().await.is_err());
    assert!(running.store.depth().await.is_err());
    drop(running);
    let reasons = ["newer version", "schema 3", "at least 3", "knows 2"];
    refused_and_left_alone(&file, "", &reasons);
}
