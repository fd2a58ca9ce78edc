//! The file is deleted, moved or replaced while it is open.
#![cfg(unix)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use hookstead_inbox::{Accepted, InboxError, Store, TaskChange};

use crate::support::{Ci, NEW, TestFile};
use hookstead_inbox::SqliteStore;

/// A file in a folder of its own, so that the folder can be moved, too.
struct Place(TestFile);

impl Place {
    fn new() -> Self {
        let place = Self(TestFile::new());
        fs::create_dir(place.folder()).unwrap();
        place
    }

    fn root(&self) -> PathBuf {
        self.0.path().parent().unwrap().to_owned()
    }

    fn folder(&self) -> PathBuf {
        self.root().join("data")
    }

    fn file(&self, end: &str) -> PathBuf {
        self.folder().join(format!("inbox.db{end}"))
    }

    fn elsewhere(&self) -> PathBuf {
        self.root().join("elsewhere")
    }
}

fn expect_gone(error: &InboxError, path: &Path) {
    assert!(!error.is_full(), "{error:?}");
    let source = error.source().unwrap().to_string();
    let told = format!("{} is not the file that was opened", path.display());
    assert!(source.contains(&told) && source.contains("deleted, moved or replaced"), "{source}");
}

async fn open(place: &Place) -> Ci {
    Ci::start(SqliteStore::open(place.file("")).unwrap()).await
}

/// Nothing is accepted once the file at `told` is gone, and what runs can end.
async fn refuses_all(place: &Place, told: PathBuf, spoil: impl FnOnce(&Place)) -> Ci {
    let ci = open(place).await;
    ci.accept("before").await;
    let running = ci.lease_one().await;
    ci.store.probe().await.unwrap();
    spoil(place);
    for id in ["one", "two", "three"] {
        expect_gone(&ci.try_accept(ci.new_delivery(id)).await.unwrap_err(), &told);
    }
    expect_gone(&ci.store.probe().await.unwrap_err(), &told);
    expect_gone(&ci.store.change(running.task, &TaskChange::Wake).await.unwrap_err(), &told);
    // Not even into the file that is not there any more.
    assert_eq!(ci.depth().await.ready, 0);
    ci.done(&running).await;
    ci
}

/// It goes on as if nothing had happened, and what was accepted is found again.
async fn goes_on(place: &Place, ci: Ci) {
    ci.store.probe().await.unwrap();
    ci.accept("one").await;
    drop(ci);
    let ci = open(place).await;
    let again = ci.try_accept(ci.new_delivery("one")).await.unwrap();
    assert_eq!(again, Accepted::Duplicate { at_work: 1, tasks: 1 });
    assert_ne!(ci.try_accept(ci.new_delivery("before")).await.unwrap(), NEW);
}

#[tokio::test]
async fn nothing_is_accepted_into_files_that_were_deleted() {
    for end in ["", "-wal", "-shm"] {
        let place = Place::new();
        refuses_all(&place, place.file(end), |it| fs::remove_file(it.file(end)).unwrap()).await;
    }
    let place = Place::new();
    refuses_all(&place, place.file(""), |it| fs::remove_dir_all(it.folder()).unwrap()).await;
}

#[tokio::test]
async fn nothing_is_accepted_into_files_that_were_replaced() {
    for end in ["", "-wal", "-shm"] {
        // By an empty one, and by a copy.
        for is_copy in [false, true] {
            let place = Place::new();
            let spoil = |it: &Place| {
                let content = if is_copy { fs::read(it.file(end)).unwrap() } else { Vec::new() };
                fs::write(it.elsewhere(), content).unwrap();
                fs::rename(it.elsewhere(), it.file(end)).unwrap();
            };
            refuses_all(&place, place.file(end), spoil).await;
        }
    }
    // By another inbox, which goes on by itself.
    let place = Place::new();
    let spoil = |it: &Place| {
        fs::rename(it.folder(), it.elsewhere()).unwrap();
        fs::create_dir(it.folder()).unwrap();
        SqliteStore::open(it.file("")).unwrap();
    };
    let told = place.file("");
    let _old = refuses_all(&place, told, spoil).await;
    open(&place).await.accept("before").await;
}

#[tokio::test]
async fn files_that_are_put_back_are_accepted_into() {
    for end in ["", "-wal", "-shm"] {
        let place = Place::new();
        let away = |it: &Place| fs::rename(it.file(end), it.elsewhere()).unwrap();
        let ci = refuses_all(&place, place.file(end), away).await;
        fs::rename(place.elsewhere(), place.file(end)).unwrap();
        goes_on(&place, ci).await;
    }
}

#[tokio::test]
async fn a_folder_that_is_put_back_is_accepted_into() {
    let place = Place::new();
    let away = |it: &Place| fs::rename(it.folder(), it.elsewhere()).unwrap();
    let ci = refuses_all(&place, place.file(""), away).await;
    fs::rename(place.elsewhere(), place.folder()).unwrap();
    goes_on(&place, ci).await;
}

#[tokio::test]
async fn a_file_with_another_name_beside_its_own_is_in_its_place() {
    let place = Place::new();
    let ci = open(&place).await;
    fs::hard_link(place.file(""), place.elsewhere()).unwrap();
    ci.accept("before").await;
    goes_on(&place, ci).await;
}
