use std::sync::Arc;

use hookstead_inbox::{Filter, Inbox};

use crate::odd_store::OddStore;
use crate::support::{entry, push, router};

async fn filled(count: usize) -> (Arc<OddStore>, Inbox) {
    let store = Arc::new(OddStore::default());
    let inbox = Inbox::new(Arc::clone(&store), router());
    for number in 0..count {
        inbox.accept(push(&format!("d{number}"), "1")).await.unwrap();
    }
    (store, inbox)
}

#[tokio::test]
async fn a_long_list_is_read_in_pages() {
    let (store, inbox) = filled(1203).await;
    let mut listing = inbox.list(Filter::default().at_most(usize::MAX));
    let mut ids = Vec::new();
    while let Some(task) = listing.next().await.unwrap() {
        // What is accepted meanwhile is not in it, and moves nothing.
        if ids.len() == 700 {
            inbox.accept(push("late", "1")).await.unwrap();
        }
        ids.push(task.delivery.id.to_string());
    }
    let expected: Vec<String> = (0..1203).rev().map(|number| format!("d{number}")).collect();
    assert_eq!(ids, expected);
    assert_eq!(*store.limits.lock().unwrap(), [500, 500, 500]);
    assert!(listing.next().await.unwrap().is_none());
}

#[tokio::test]
async fn no_more_are_read_than_asked_for() {
    let (store, inbox) = filled(30).await;
    for (limit, pages) in [(0, vec![]), (7, vec![7]), (30, vec![30]), (31, vec![31])] {
        store.limits.lock().unwrap().clear();
        let all = inbox.list(Filter::default().at_most(limit)).all().await.unwrap();
        assert_eq!(all.len(), limit.min(30));
        assert_eq!(*store.limits.lock().unwrap(), pages);
    }
    store.limits.lock().unwrap().clear();
    // Bodies may be large, so that few are read at a time.
    let all = inbox.list(Filter::default().with_bodies()).all().await.unwrap();
    assert!(all.iter().all(|task| task.delivery.body == "1"));
    assert_eq!(*store.limits.lock().unwrap(), [20, 20]);
}

#[tokio::test]
async fn bodies_are_shown_only_to_those_who_ask() {
    let (_, inbox) = filled(1).await;
    let task = entry(&inbox, "d0").await;
    assert!(task.delivery.body.is_empty() && task.packed.is_none());
}
