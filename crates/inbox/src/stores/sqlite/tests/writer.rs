use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::super::writer::Kind;
use super::{accept_into, new_delivery, register, store};
use crate::store::accept::Accepted;
use crate::store::contract::Store;

const NEW: Accepted = Accepted::New { tasks: 1 };

#[tokio::test]
async fn a_panic_in_the_writer_is_an_error_and_the_writer_goes_on() {
    let (store, _directory) = store();
    register(&store).await;
    let room = Arc::clone(&store.room);
    let panicking = store.writer.submit::<()>(Kind::new("panic"), move |session| {
        accept_into(&room, session, "half-done")?;
        panic!("as the test wants it");
    });
    let error = panicking.await.unwrap_err();
    assert_eq!(error.to_string(), "the inbox failed to panic");
    assert_eq!(store.accept(new_delivery("half-done")).await.unwrap().accepted, NEW);
}

#[tokio::test]
async fn a_panic_while_reading_is_an_error_and_reading_goes_on() {
    let (store, _directory) = store();
    let error = store.reader.read::<()>("panic", |_| panic!("as the test wants it")).await;
    assert_eq!(error.unwrap_err().to_string(), "the inbox failed to panic");
    assert!(store.depth().await.unwrap().names.is_empty());
}

#[tokio::test]
async fn work_that_fails_takes_no_other_with_it() {
    let (store, _directory) = store();
    register(&store).await;
    // While this one occupies the thread, the others gather behind it into one batch.
    let (release, released) = std::sync::mpsc::channel::<()>();
    let occupying = store.writer.submit(Kind::new("occupy"), move |_| {
        let _: Result<(), _> = released.recv();
        Ok(())
    });
    let room = Arc::clone(&store.room);
    let failing = store.writer.submit::<()>(Kind::new("fail"), move |session| {
        accept_into(&room, session, "half-done")?;
        session.execute("INSERT INTO bodies (delivery, body) VALUES (-1, NULL)", []).map(drop)
    });
    let accepting = async {
        let (one, two) =
            tokio::join!(store.accept(new_delivery("one")), store.accept(new_delivery("two")));
        (one.unwrap().accepted, two.unwrap().accepted)
    };
    let releasing = async move { drop(release) };
    let (_, failed, accepted, ()) = tokio::join!(occupying, failing, accepting, releasing);
    assert_eq!(failed.unwrap_err().to_string(), "the inbox failed to fail");
    assert_eq!(accepted, (NEW, NEW));
    assert_eq!(store.depth().await.unwrap().names[0].ready, 2);
}

#[cfg(unix)]
#[tokio::test]
async fn what_was_committed_to_a_file_that_went_meanwhile_is_not_accepted() {
    let (store, directory) = store();
    register(&store).await;
    let file = directory.path().join("inbox.db");
    let room = Arc::clone(&store.room);
    let going = store.writer.submit(Kind::new("stay").must_stay(), move |session| {
        std::fs::rename(&file, file.with_extension("away")).unwrap();
        accept_into(&room, session, "late")
    });
    let error = going.await.unwrap_err();
    assert_eq!(error.to_string(), "the inbox failed to stay");
    // It was committed, before anybody could notice.
    assert_eq!(store.depth().await.unwrap().names[0].ready, 1);
}

#[tokio::test]
async fn abandoned_work_is_not_done() {
    let (store, _directory) = store();
    register(&store).await;
    let (release, released) = std::sync::mpsc::channel::<()>();
    let occupying = store.writer.submit(Kind::new("occupy"), move |_| {
        let _: Result<(), _> = released.recv();
        Ok(())
    });
    let late = async {
        let release = release;
        let given_up = timeout(Duration::from_millis(50), store.accept(new_delivery("late"))).await;
        assert!(given_up.is_err());
        drop(release);
    };
    let (_, ()) = tokio::join!(occupying, late);
    assert_eq!(store.accept(new_delivery("late")).await.unwrap().accepted, NEW);
}
