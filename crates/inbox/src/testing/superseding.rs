use std::sync::Arc;

use hookstead_handler::{Heads, Interruption, Lane};

use super::support::{
    LONG, SHORT, accept_in, delivery, entry, expect_nothing_ready, id, in_lane, lease, lease_one,
    lease_when_ready, retry, settle,
};
use crate::{Accepted, EntryState, Inbox, Leased, Renewal, Settlement};

fn version(version: i64) -> Lane {
    Lane::new("octocat/hello-world#1").latest_only(version)
}

/// Of a push from one commit to another; all of the same moment.
fn push(before: &str, after: &str) -> Lane {
    let before = (!before.is_empty()).then(|| before.to_owned());
    version(7).heads(Heads::from_names(before, after.to_owned()))
}

fn is_superseded(leased: &Leased) -> bool {
    leased.delivery.interruption() == Some(Interruption::Superseded)
}

async fn superseded_by(inbox: &Arc<dyn Inbox>, text: &str) -> Option<String> {
    entry(inbox, text).await.superseded_by.map(|id| id.to_string())
}

pub(super) async fn a_newer_delivery_supersedes_those_that_wait(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "delayed", version(1)).await;
    let leased = lease_one(inbox).await;
    settle(inbox, leased.token, retry(LONG)).await;
    accept_in(inbox, "ready", version(1)).await;
    accept_in(inbox, "new", version(2)).await;

    assert_eq!(superseded_by(inbox, "delayed").await.as_deref(), Some("ready"));
    assert_eq!(superseded_by(inbox, "ready").await.as_deref(), Some("new"));
    assert_eq!(superseded_by(inbox, "new").await, None);
    // What is superseded is leased beside the one that holds the lane, for its other handlers.
    let leased = lease(inbox, 10, LONG).await;
    assert_eq!(leased.len(), 2);
    assert!(leased[0].delivery.id == id("ready") && is_superseded(&leased[0]));
    assert!(leased[1].delivery.id == id("new") && !is_superseded(&leased[1]));
    settle(inbox, leased[0].token, Settlement::Superseded).await;
    let known = entry(inbox, "ready").await;
    assert_eq!(known.state, EntryState::Superseded);
    assert!(known.settled_at.is_some() && known.delivery.body.is_empty());
    assert_eq!(inbox.depth().await.unwrap().superseded, 1);
    // It did not hold the lane, so it did not free it either.
    accept_in(inbox, "plain", Lane::new("octocat/hello-world#1")).await;
    expect_nothing_ready(inbox).await;
}

pub(super) async fn a_newer_delivery_supersedes_the_one_that_runs(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "old", version(1)).await;
    let old = lease_one(inbox).await;
    assert_eq!(inbox.renew(old.token, LONG).await.unwrap(), Renewal::Renewed);
    accept_in(inbox, "new", version(2)).await;
    assert_eq!(inbox.renew(old.token, LONG).await.unwrap(), Renewal::Superseded);
    // It is said as often as it is asked.
    assert_eq!(inbox.renew(old.token, LONG).await.unwrap(), Renewal::Superseded);
    settle(inbox, old.token, Settlement::Superseded).await;
    assert_eq!(inbox.renew(old.token, LONG).await.unwrap(), Renewal::Lost);
    assert_eq!(lease_one(inbox).await.delivery.id, id("new"));
}

pub(super) async fn the_running_one_holds_the_lane_until_it_is_settled(inbox: &Arc<dyn Inbox>) {
    for settlement in [Settlement::Superseded, Settlement::Done, Settlement::Release] {
        accept_in(inbox, "old", version(1)).await;
        let old = lease_one(inbox).await;
        accept_in(inbox, "new", version(1)).await;
        expect_nothing_ready(inbox).await;
        assert_eq!(entry(inbox, "new").await.state, EntryState::Blocked, "{settlement:?}");
        settle(inbox, old.token, settlement.clone()).await;
        for leased in lease(inbox, 10, LONG).await {
            assert_eq!(is_superseded(&leased), leased.delivery.id == id("old"));
            settle(inbox, leased.token, Settlement::Done).await;
        }
        assert_eq!(entry(inbox, "new").await.state, EntryState::Done, "{settlement:?}");
    }
}

pub(super) async fn a_superseded_delivery_can_be_tried_again(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "old", version(1)).await;
    let old = lease_one(inbox).await;
    accept_in(inbox, "new", version(2)).await;
    settle(inbox, old.token, retry(SHORT)).await;
    let new = lease_one(inbox).await;
    assert_eq!(new.delivery.id, id("new"));
    let old = lease_when_ready(inbox, LONG).await;
    assert!(old.delivery.id == id("old") && is_superseded(&old));
    assert_eq!(old.delivery.attempt, 2);
}

pub(super) async fn a_superseded_delivery_whose_lease_ended_is_leased_again(
    inbox: &Arc<dyn Inbox>,
) {
    accept_in(inbox, "old", version(1)).await;
    assert_eq!(lease(inbox, 1, SHORT).await.len(), 1);
    accept_in(inbox, "new", version(2)).await;
    // Its process died. Nobody is at it, so it leaves the lane to the newer.
    let old = lease_when_ready(inbox, LONG).await;
    assert!(old.delivery.id == id("old") && is_superseded(&old));
    assert_eq!(lease_one(inbox).await.delivery.id, id("new"));
}

pub(super) async fn an_older_version_is_superseded_when_it_comes(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "new", version(7)).await;
    let new = lease_one(inbox).await;
    accept_in(inbox, "old", version(-7)).await;
    assert_eq!(superseded_by(inbox, "old").await.as_deref(), Some("new"));
    assert_eq!(inbox.renew(new.token, LONG).await.unwrap(), Renewal::Renewed);
    assert!(is_superseded(&lease_one(inbox).await));
    settle(inbox, new.token, Settlement::Done).await;
    // A newer one that is done is a newer one.
    accept_in(inbox, "late", version(6)).await;
    assert!(is_superseded(&lease_one(inbox).await));
}

pub(super) async fn of_equal_versions_the_later_is_newer(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "first", version(0)).await;
    accept_in(inbox, "second", version(0)).await;
    assert_eq!(superseded_by(inbox, "first").await.as_deref(), Some("second"));
    assert_eq!(superseded_by(inbox, "second").await, None);
}

pub(super) async fn only_deliveries_with_a_version_are_superseded(inbox: &Arc<dyn Inbox>) {
    let plain = Lane::new("octocat/hello-world#1");
    accept_in(inbox, "plain", plain.clone()).await;
    accept_in(inbox, "versioned", version(1)).await;
    accept_in(inbox, "another", plain).await;
    for text in ["plain", "versioned", "another"] {
        assert_eq!(superseded_by(inbox, text).await, None, "{text}");
        let leased = lease_one(inbox).await;
        assert_eq!(leased.delivery.id, id(text));
        expect_nothing_ready(inbox).await;
        settle(inbox, leased.token, Settlement::Done).await;
    }
}

pub(super) async fn other_lanes_are_not_superseded(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "one", Lane::new("one").latest_only(1)).await;
    accept_in(inbox, "two", Lane::new("two").latest_only(2)).await;
    inbox.accept(delivery("none")).await.unwrap();
    for leased in lease(inbox, 10, LONG).await {
        assert!(!is_superseded(&leased), "{leased:?}");
    }
}

pub(super) async fn what_is_accepted_again_supersedes(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "redelivered", version(1)).await;
    let leased = lease_one(inbox).await;
    settle(inbox, leased.token, Settlement::Done).await;
    accept_in(inbox, "running", version(1)).await;
    let running = lease_one(inbox).await;
    let again = inbox.accept(in_lane("redelivered", version(1))).await.unwrap();
    assert_eq!(again, Accepted::Again);
    assert_eq!(inbox.renew(running.token, LONG).await.unwrap(), Renewal::Superseded);
    settle(inbox, running.token, Settlement::Superseded).await;
    assert!(!is_superseded(&lease_one(inbox).await));
}

pub(super) async fn a_duplicate_supersedes_nothing(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "old", version(1)).await;
    accept_in(inbox, "new", version(1)).await;
    let duplicate = inbox.accept(in_lane("old", version(1))).await.unwrap();
    assert_eq!(duplicate, Accepted::Duplicate);
    assert_eq!(superseded_by(inbox, "old").await.as_deref(), Some("new"));
    assert_eq!(superseded_by(inbox, "new").await, None);
}

/// Three pushes of the same moment, the last one the newest. Of the first it is not known what was
/// before, as of a pull request that is opened.
const PUSHES: [(&str, &str, &str); 3] =
    [("first", "", "a"), ("second", "a", "b"), ("third", "b", "c")];

/// All orders in which three deliveries can come.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

pub(super) async fn of_equal_versions_the_newest_is_left_in_whatever_order_they_come(
    inbox: &Arc<dyn Inbox>,
) {
    for (number, order) in ORDERS.into_iter().enumerate() {
        for is_first_known in [true, false] {
            let name = |text: &str| format!("{text}-{number}-{is_first_known}");
            let mut tokens = Vec::new();
            for place in order {
                let (text, before, after) = PUSHES[place];
                let before = if place == 0 && is_first_known { "root" } else { before };
                let mut lane = push(before, after);
                lane.key = name("lane");
                accept_in(inbox, &name(text), lane).await;
                // The first to come runs, the others find it so.
                if tokens.is_empty() {
                    let leased = lease_one(inbox).await;
                    assert!(!is_superseded(&leased), "{order:?}");
                    tokens.push((place, leased.token));
                }
            }
            let by = [Some(name("second")), Some(name("third")), None];
            for ((text, ..), by) in PUSHES.into_iter().zip(by) {
                assert_eq!(superseded_by(inbox, &name(text)).await, by, "{text} of {order:?}");
            }
            for (place, token) in tokens {
                let told = if place == 2 { Renewal::Renewed } else { Renewal::Superseded };
                assert_eq!(inbox.renew(token, LONG).await.unwrap(), told, "{order:?}");
                settle(inbox, token, Settlement::Done).await;
            }
            for leased in lease(inbox, 10, LONG).await {
                settle(inbox, leased.token, Settlement::Done).await;
            }
        }
    }
}

pub(super) async fn what_is_known_to_be_older_is_superseded_when_it_is_accepted_again(
    inbox: &Arc<dyn Inbox>,
) {
    for (text, before, after) in PUSHES {
        accept_in(inbox, text, push(before, after)).await;
        for leased in lease(inbox, 10, LONG).await {
            settle(inbox, leased.token, Settlement::Done).await;
        }
    }
    for (text, before, after) in &PUSHES[..2] {
        let again = inbox.accept(in_lane(text, push(before, after))).await.unwrap();
        assert_eq!(again, Accepted::Again);
        assert!(is_superseded(&lease_one(inbox).await), "{text}");
    }
    let (text, before, after) = PUSHES[2];
    assert_eq!(inbox.accept(in_lane(text, push(before, after))).await.unwrap(), Accepted::Again);
    assert!(!is_superseded(&lease_one(inbox).await));
}

pub(super) async fn of_equal_versions_that_nothing_orders_all_are_handled(inbox: &Arc<dyn Inbox>) {
    for (number, (one, other)) in [
        // One between them is missing.
        (("a", "b"), ("c", "d")),
        // Pushed, and by force back to where it was; or the other way round.
        (("a", "b"), ("b", "a")),
        // Two that nobody knows the beginning of.
        (("", "a"), ("", "b")),
    ]
    .into_iter()
    .enumerate()
    {
        for (text, heads) in [("one", one), ("other", other)] {
            let mut lane = push(heads.0, heads.1);
            lane.key = number.to_string();
            accept_in(inbox, &format!("{text}-{number}"), lane).await;
        }
        // One after the other.
        for text in ["one", "other"] {
            let leased = lease_one(inbox).await;
            assert_eq!(leased.delivery.id, id(&format!("{text}-{number}")));
            assert!(!is_superseded(&leased), "{text}-{number}");
            expect_nothing_ready(inbox).await;
            settle(inbox, leased.token, Settlement::Done).await;
        }
    }
}

pub(super) async fn of_equal_versions_with_one_head_the_later_is_newer(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "opened", push("", "a")).await;
    accept_in(inbox, "reopened", push("", "a")).await;
    assert_eq!(superseded_by(inbox, "opened").await.as_deref(), Some("reopened"));
    // Also where one of them says nothing of its head.
    accept_in(inbox, "silent", version(7)).await;
    assert_eq!(superseded_by(inbox, "reopened").await.as_deref(), Some("silent"));
    accept_in(inbox, "pushed", push("a", "b")).await;
    assert_eq!(superseded_by(inbox, "silent").await.as_deref(), Some("pushed"));
    assert_eq!(superseded_by(inbox, "pushed").await, None);
}

/// Opened, pushed to, and by force moved back: its head is what it was at first.
pub(super) async fn a_branch_that_was_moved_back_is_built_where_it_is(inbox: &Arc<dyn Inbox>) {
    let moves = [("opened", "", "a"), ("pushed", "a", "b"), ("back", "b", "a")];
    for (number, order) in ORDERS.into_iter().enumerate() {
        for is_first_known in [true, false] {
            let name = |text: &str| format!("{text}-{number}-{is_first_known}");
            for place in order {
                let (text, before, after) = moves[place];
                let before = if place == 0 && is_first_known { "root" } else { before };
                let mut lane = push(before, after);
                lane.key = name("lane");
                accept_in(inbox, &name(text), lane).await;
            }
            let by = superseded_by(inbox, &name("opened")).await;
            assert_eq!(by, Some(name("pushed")), "{order:?}");
            assert_eq!(superseded_by(inbox, &name("back")).await, None, "{order:?}");
        }
    }
}

pub(super) async fn a_larger_version_is_newer_whatever_its_head(inbox: &Arc<dyn Inbox>) {
    accept_in(inbox, "old", push("a", "b")).await;
    let mut newer = push("x", "a");
    newer.version = Some(8);
    accept_in(inbox, "new", newer).await;
    assert_eq!(superseded_by(inbox, "old").await.as_deref(), Some("new"));
    assert_eq!(superseded_by(inbox, "new").await, None);
    let mut older = push("a", "x");
    older.version = Some(6);
    accept_in(inbox, "late", older).await;
    assert_eq!(superseded_by(inbox, "late").await.as_deref(), Some("new"));
    assert_eq!(superseded_by(inbox, "new").await, None);
}
