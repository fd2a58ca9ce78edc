use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hookstead_inbox::{Accepted, Inbox, Purged};

use crate::odd_store::OddStore;
use crate::support::{Lines, push, router};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn full(times: usize, forgets: &[u64]) -> (Arc<OddStore>, Inbox) {
    let store = Arc::new(OddStore::default());
    store.full.store(times, Ordering::SeqCst);
    *store.forgets.lock().unwrap() = forgets.to_vec();
    let inbox = Inbox::new(Arc::clone(&store), router());
    (store, inbox)
}

#[tokio::test]
async fn bodies_of_settled_tasks_go_first_when_room_runs_short() {
    let lines = Lines::collect();
    let (store, inbox) = full(1, &[5]);
    assert_eq!(inbox.accept(push("one", "1")).await.unwrap(), Accepted::New { tasks: 1 });
    let purges = store.purges.lock().unwrap();
    assert_eq!(purges.len(), 1);
    assert_eq!(purges[0].bodies_after, Duration::ZERO);
    assert_eq!(purges[0].dead_bodies_after, 35 * DAY);
    assert_eq!(purges[0].settled_after, 35 * DAY);
    assert_eq!(lines.saying("the inbox is full, forgot old bodies bodies=5").len(), 1);
}

#[tokio::test]
async fn those_of_dead_tasks_go_last() {
    let (store, inbox) = full(1, &[0, 2]);
    assert_eq!(inbox.accept(push("one", "1")).await.unwrap(), Accepted::New { tasks: 1 });
    let purges = store.purges.lock().unwrap();
    assert_eq!(purges.len(), 2);
    assert_eq!(purges[1].dead_bodies_after, Duration::ZERO);
    assert_eq!(purges[1].settled_after, 35 * DAY);
}

#[tokio::test]
async fn where_nothing_can_go_it_is_full() {
    let (store, inbox) = full(100, &[]);
    for _ in 0..10 {
        assert!(inbox.accept(push("one", "1")).await.unwrap_err().is_full());
    }
    // Room is not looked for at every delivery.
    assert_eq!(store.purges.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn those_who_come_meanwhile_need_not_purge_as_well() {
    let (store, inbox) = full(20, &[7]);
    let mut accepting = tokio::task::JoinSet::new();
    for number in 0..20 {
        let inbox = inbox.clone();
        accepting.spawn(async move { inbox.accept(push(&format!("d{number}"), "1")).await });
    }
    while let Some(accepted) = accepting.join_next().await {
        accepted.unwrap().unwrap();
    }
    assert_eq!(store.purges.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_kept_for_how_long_is_a_setting() {
    let usual = Inbox::new(OddStore::default(), router()).usual_purge();
    assert_eq!(usual.bodies_after, 3 * DAY);
    for kept in [usual.dead_bodies_after, usual.settled_after, usual.untaken_after] {
        assert_eq!(kept, 35 * DAY);
    }
    let inbox = Inbox::new(OddStore::default(), router()).keep_bodies(DAY).keep_settled(9 * DAY);
    let purge = inbox.usual_purge();
    assert_eq!((purge.bodies_after, purge.settled_after), (DAY, 9 * DAY));
    assert_eq!(inbox.keeps_settled(), 9 * DAY);
}

#[tokio::test(start_paused = true)]
async fn purging_goes_on_until_nothing_is_left() {
    let (store, inbox) = full(0, &[1000, 1000, 17]);
    let purged = inbox.purge(inbox.usual_purge()).await.unwrap();
    assert_eq!(purged.bodies, 2017);
    assert_eq!(store.purges.lock().unwrap().len(), 3);
    assert_eq!(inbox.purge(inbox.usual_purge()).await.unwrap(), Purged::default());
    // One that always says that there is more does not keep it for ever.
    *store.forgets.lock().unwrap() = vec![0, 0, 0];
    assert_eq!(inbox.purge(inbox.usual_purge()).await.unwrap(), Purged::default());
}
