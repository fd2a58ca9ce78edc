//! What a test needs to run an inbox without waiting.

use std::sync::Arc;
use std::time::Duration;

use hookstead_inbox::{Because, Inbox, MemoryStore, Settlement, Store};

use crate::support::{lease, push, router, tokens};

#[tokio::test(start_paused = true)]
async fn a_test_waits_until_nothing_is_due_and_sets_its_clock() {
    let store = Arc::new(MemoryStore::new());
    let inbox = Inbox::new(Arc::clone(&store), router());
    inbox.idle().await.unwrap();
    assert_eq!(inbox.next_due().await.unwrap(), None);

    for id in ["one", "two"] {
        inbox.accept(push(id, "1")).await.unwrap();
    }
    let minute = Duration::from_secs(60);
    let within = async |time| tokio::time::timeout(time, inbox.idle()).await.is_ok();
    assert!(!within(minute).await, "two are ready");
    let leased = tokens(&lease(&*store, &inbox).await);
    assert!(!within(Duration::from_secs(1)).await, "two run");
    for (token, minutes) in leased.into_iter().zip([7, 5]) {
        let (because, text) = (Because::Wait, "an approval".to_owned());
        let again = Settlement::Again { after: minutes * minute, because, text };
        store.settle(&[(token, again)]).await.unwrap();
    }
    inbox.idle().await.unwrap();
    let left = inbox.next_due().await.unwrap().unwrap();
    assert!(left > 4 * minute && left <= 5 * minute, "{left:?}");
    tokio::time::advance(left + Duration::from_millis(1)).await;
    assert_eq!(lease(&*store, &inbox).await.len(), 1);
}
