//! The file is deleted, moved or replaced while it is open.
#![cfg(unix)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use hookstead_inbox::{Accepted, Inbox, InboxError, Settlement, SqliteInbox};

use crate::{TestFile, delivery, lease_one};

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

/// Nothing is accepted once the file at `told` is gone, and what runs can end.
async fn refuses_all(place: &Place, told: PathBuf, spoil: impl FnOnce(&Place)) -> SqliteInbox {
    let inbox = SqliteInbox::open(place.file("")).unwrap();
    inbox.accept(delivery("before")).await.unwrap();
    let running = lease_one(&inbox).await;
    inbox.probe().await.unwrap();
    spoil(place);
    for id in ["one", "two", "three"] {
        expect_gone(&inbox.accept(delivery(id)).await.unwrap_err(), &told);
    }
    expect_gone(&inbox.probe().await.unwrap_err(), &told);
    expect_gone(&inbox.revive(&"before".parse().unwrap()).await.unwrap_err(), &told);
    // Not even into the file that is not there any more.
    assert_eq!(inbox.depth().await.unwrap().ready, 0);
    assert!(inbox.settle(running.token, Settlement::Done).await.unwrap());
    inbox
}

/// It goes on as if nothing had happened, and what was accepted is found again.
async fn goes_on(place: &Place, inbox: SqliteInbox) {
    inbox.probe().await.unwrap();
    assert_eq!(inbox.accept(delivery("one")).await.unwrap(), Accepted::New);
    drop(inbox);
    let inbox = SqliteInbox::open(place.file("")).unwrap();
    assert_eq!(inbox.accept(delivery("one")).await.unwrap(), Accepted::Duplicate);
    assert_ne!(inbox.accept(delivery("before")).await.unwrap(), Accepted::New);
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
        SqliteInbox::open(it.file("")).unwrap();
    };
    let told = place.file("");
    let _old = refuses_all(&place, told, spoil).await;
    let new = SqliteInbox::open(place.file("")).unwrap();
    assert_eq!(new.accept(delivery("before")).await.unwrap(), Accepted::New);
}

#[tokio::test]
async fn files_that_are_put_back_are_accepted_into() {
    for end in ["", "-wal", "-shm"] {
        let place = Place::new();
        let away = |it: &Place| fs::rename(it.file(end), it.elsewhere()).unwrap();
        let inbox = refuses_all(&place, place.file(end), away).await;
        fs::rename(place.elsewhere(), place.file(end)).unwrap();
        goes_on(&place, inbox).await;
    }
}

#[tokio::test]
async fn a_folder_that_is_put_back_is_accepted_into() {
    let place = Place::new();
    let away = |it: &Place| fs::rename(it.folder(), it.elsewhere()).unwrap();
    let inbox = refuses_all(&place, place.file(""), away).await;
    fs::rename(place.elsewhere(), place.folder()).unwrap();
    goes_on(&place, inbox).await;
}

#[tokio::test]
async fn a_file_with_another_name_beside_its_own_is_in_its_place() {
    let place = Place::new();
    let inbox = SqliteInbox::open(place.file("")).unwrap();
    fs::hard_link(place.file(""), place.elsewhere()).unwrap();
    inbox.accept(delivery("before")).await.unwrap();
    goes_on(&place, inbox).await;
}
