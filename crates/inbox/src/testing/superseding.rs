//! Where only the latest counts, newer tasks take the place of older ones.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{LONG, Program, SHORT, ci, delivery, ends, failure, free, id, latest, moved};
use crate::store::accept::{Accepted, NewDelivery, NewTask, TaskLane};
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::lease::Leased;
use crate::store::settlement::{Because, Settlement};

const LANE: &str = "octocat/hello-world#1";

fn version(version: i64) -> TaskLane {
    latest(LANE, version)
}

/// Of a push from one commit to another; all of the same moment.
fn push(before: &str, after: &str) -> TaskLane {
    moved(LANE, before, after)
}

async fn superseded_by(ci: &Program, text: &str) -> Option<String> {
    ci.entry(text).await.superseded_by.map(|id| id.to_string())
}

/// What is due: what is to be done, and what is to be ended.
async fn due(ci: &Program) -> (Vec<Leased>, Vec<Leased>) {
    ci.lease(100, LONG).await.into_iter().partition(|leased| leased.end.is_none())
}

/// Handles all that is due until nothing is.
async fn handle_all(ci: &Program) {
    loop {
        let leased = ci.lease(100, LONG).await;
        if leased.is_empty() {
            return;
        }
        for leased in leased {
            let settlement =
                if leased.end.is_some() { Settlement::Ended } else { Settlement::Done };
            ci.settle(leased.token, settlement).await;
        }
    }
}

pub(super) async fn a_newer_task_supersedes_those_that_wait(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("delayed", &version(1)).await;
    ci.settle(ci.lease_one().await.token, failure(LONG)).await;
    ci.accept_in("ready", &version(1)).await;
    ci.accept_in("new", &version(2)).await;

    assert_eq!(superseded_by(&ci, "delayed").await.as_deref(), Some("ready"));
    assert_eq!(superseded_by(&ci, "ready").await.as_deref(), Some("new"));
    assert_eq!(superseded_by(&ci, "new").await, None);
    for text in ["delayed", "ready"] {
        let entry = ci.entry(text).await;
        assert_eq!((entry.state, entry.is_ending), (TaskState::Superseded, true), "{text}");
    }
    // What is superseded has left the line: it is ended beside the one that holds the lane.
    let (work, ending) = due(&ci).await;
    assert_eq!((work.len(), ending.len()), (1, 2));
    assert_eq!(work[0].delivery.id, id("new"));
    for leased in ending {
        assert_eq!(leased.end, Some(End::Superseded));
        assert!(leased.marks.superseded_by.is_some() || leased.delivery.id != id("new"));
        ci.settle(leased.token, Settlement::Ended).await;
    }
    for text in ["delayed", "ready"] {
        let entry = ci.entry(text).await;
        assert_eq!((entry.state, entry.is_ending), (TaskState::Superseded, false));
        assert!(entry.settled_at.is_some() && entry.superseded_by.is_some(), "{text}");
    }
    assert_eq!(store.depth().await.unwrap().superseded, 2);
    // It did not hold the lane, so it did not free it either.
    ci.accept_in("plain", &free(LANE)).await;
    ci.expect_nothing_due().await;
}

pub(super) async fn a_newer_task_supersedes_the_one_that_runs(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("old", &version(1)).await;
    let old = ci.lease_one().await;
    assert_eq!(ci.renew(old.token, LONG).await.unwrap().superseded_by, None);
    ci.accept_in("new", &version(2)).await;
    // It is said as often as it is asked.
    for _ in 0..2 {
        let marks = ci.renew(old.token, LONG).await.unwrap();
        assert_eq!(marks.superseded_by, Some(id("new")));
    }
    assert_eq!(ci.entry("new").await.state, TaskState::Blocked);
    ci.expect_nothing_due().await;
    ci.must_end(old.token, failure(Duration::ZERO), End::Superseded).await;
    let entry = ci.entry("old").await;
    assert_eq!((entry.state, entry.is_ending), (TaskState::Superseded, false));
    assert_eq!(entry.superseded_by, Some(id("new")));
    assert_eq!(ci.lease_one().await.delivery.id, id("new"));
}

pub(super) async fn the_last_newer_one_is_named(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("old", &version(1)).await;
    let old = ci.lease_one().await;
    for number in 2..5 {
        ci.accept_in(&number.to_string(), &version(number)).await;
    }
    // Those between them never run.
    let marks = ci.renew(old.token, LONG).await.unwrap();
    assert!(marks.superseded_by.is_some());
    ci.must_end(
        old.token,
        Settlement::Again { after: LONG, because: Because::Outage, text: String::new() },
        End::Superseded,
    )
    .await;
    let (work, ending) = due(&ci).await;
    assert_eq!((work.len(), ending.len()), (1, 2));
    assert_eq!(work[0].delivery.id, id("4"));
}

pub(super) async fn what_supersedes_takes_over_the_due_moment(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("old", &version(1)).await;
    tokio::time::sleep(SHORT / 5).await;
    ci.accept("other").await;
    tokio::time::sleep(SHORT / 5).await;
    ci.accept_in("new", &version(2)).await;
    ci.accept_in("newest", &version(3)).await;
    // Else a lane that is busier than it is served would never get its turn.
    assert_eq!(ci.lease_one().await.delivery.id, id("newest"));
    assert_eq!(ci.lease_one().await.delivery.id, id("other"));
}

pub(super) async fn what_supersedes_a_task_that_waits_is_due_now(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("old", &version(1)).await;
    ci.settle(ci.lease_one().await.token, failure(LONG)).await;
    ci.accept_in("new", &version(2)).await;
    let leased = ci.lease_one().await;
    assert_eq!((leased.delivery.id, leased.end), (id("new"), None));
}

pub(super) async fn many_that_wait_are_superseded_at_once(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    // Behind one that runs, so that they all wait.
    ci.accept_in("runs", &free(LANE)).await;
    let runs = ci.lease_one().await;
    for number in 0..200 {
        // None is newer than another, so all stay.
        let lane = push(&format!("{number}-a"), &format!("{number}-b"));
        ci.accept_in(&number.to_string(), &lane).await;
    }
    assert_eq!(store.depth().await.unwrap().names[0].blocked, 200);
    ci.accept_in("new", &version(8)).await;
    let depth = store.depth().await.unwrap().names.remove(0);
    assert_eq!((depth.blocked, depth.ready), (1, 200), "{depth:?}");
    ci.done(runs.token).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("new"), "it ranks above their ends");
}

pub(super) async fn an_older_version_is_superseded_when_it_comes(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("new", &version(7)).await;
    let new = ci.lease_one().await;
    ci.accept_in("old", &version(-7)).await;
    assert_eq!(superseded_by(&ci, "old").await.as_deref(), Some("new"));
    assert_eq!(ci.renew(new.token, LONG).await.unwrap().superseded_by, None);
    let old = ci.lease_one().await;
    assert_eq!((old.delivery.id, old.end), (id("old"), Some(End::Superseded)));
    ci.settle(old.token, Settlement::Ended).await;
    ci.done(new.token).await;
    // A newer one that is settled is a newer one, however it ended.
    for (text, end) in [("late", None), ("later", Some(End::Dead)), ("last", Some(End::Canceled))] {
        let newer = format!("newer-than-{text}");
        ci.accept_in(&newer, &version(8)).await;
        let leased = ci.lease_one().await;
        match end {
            None => ci.done(leased.token).await,
            Some(end) => ci.end(leased.token, end).await,
        }
        ci.accept_in(text, &version(6)).await;
        assert_eq!(ci.entry(text).await.state, TaskState::Superseded);
        assert!(superseded_by(&ci, text).await.is_some());
        let leased = ci.lease_one().await;
        assert_eq!(leased.end, Some(End::Superseded), "{text}");
        ci.settle(leased.token, Settlement::Ended).await;
    }
}

pub(super) async fn of_equal_versions_the_later_is_newer(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("first", &version(0)).await;
    ci.accept_in("second", &version(0)).await;
    assert_eq!(superseded_by(&ci, "first").await.as_deref(), Some("second"));
    assert_eq!(superseded_by(&ci, "second").await, None);
}

pub(super) async fn only_where_the_latest_counts_tasks_are_superseded(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("plain", &free(LANE)).await;
    ci.accept_in("versioned", &version(1)).await;
    ci.accept_in("another", &free(LANE)).await;
    for text in ["plain", "versioned", "another"] {
        assert_eq!(superseded_by(&ci, text).await, None, "{text}");
        let leased = ci.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        ci.expect_nothing_due().await;
        ci.done(leased.token).await;
    }
}

pub(super) async fn other_lanes_are_not_superseded(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &latest("one", 1)).await;
    ci.accept_in("two", &latest("two", 2)).await;
    ci.accept("none").await;
    assert_eq!(due(&ci).await.0.len(), 3);
}

pub(super) async fn tasks_of_one_delivery_do_not_supersede_each_other(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    ci.accept_in("one", &version(1)).await;
    let first = ci.lease(10, LONG).await;
    assert_eq!((first.len(), first[0].end), (1, None));
    ci.done(first[0].token).await;
    let second = ci.lease(10, LONG).await;
    assert_eq!((second.len(), second[0].end), (1, None));
    assert_ne!(second[0].taker, first[0].taker);
    // Those of a newer one supersede both.
    ci.settle(second[0].token, failure(LONG)).await;
    ci.accept_in("two", &version(1)).await;
    let entry =
        ci.entry_of("one", if second[0].taker == ci.takers[0] { "ci.build" } else { "ci.audit" });
    assert_eq!(entry.await.superseded_by, Some(id("two")));
}

pub(super) async fn a_newer_task_supersedes_all_tasks_of_an_older_delivery(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    for (text, versions) in [("old", [1, 0]), ("new", [1, 1])] {
        let mut new = ci.new_delivery(text);
        for (task, version) in new.tasks.iter_mut().zip(versions) {
            task.lane = Some(latest("@group:main", version));
        }
        ci.accept_new(new).await;
    }
    // The first of the old ones is newer than the other, but has not superseded it.
    for handler in ["ci.build", "ci.audit"] {
        let entry = ci.entry_of("old", handler).await;
        assert_eq!((entry.state, entry.is_ending), (TaskState::Superseded, true), "{handler}");
        assert_eq!(ci.entry_of("new", handler).await.superseded_by, None, "{handler}");
    }
}

pub(super) async fn a_shared_lane_supersedes_across_names(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    for (text, taker) in [("old", 0), ("new", 1)] {
        let mut new = NewDelivery::new(delivery(text), super::support::body(text), "ci");
        new.declined = vec![ci.takers[1 - taker]];
        new.tasks = vec![NewTask::new(ci.takers[taker]).in_lane(latest("@group:main", 1))];
        ci.accept_new(new).await;
    }
    assert_eq!(superseded_by(&ci, "old").await.as_deref(), Some("new"));
}

pub(super) async fn a_duplicate_supersedes_nothing(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("old", &version(1)).await;
    ci.accept_in("new", &version(1)).await;
    let duplicate = ci.redeliver_in("old", &version(1)).await;
    assert_eq!(duplicate, Accepted::Duplicate { at_work: 1, tasks: 1 }, "it is not ended yet");
    assert_eq!(superseded_by(&ci, "old").await.as_deref(), Some("new"));
    assert_eq!(superseded_by(&ci, "new").await, None);
}

pub(super) async fn what_is_ending_is_not_superseded(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("old", &version(1)).await;
    let old = ci.lease_one_for(SHORT).await;
    ci.settle(old.token, ends(End::Dead)).await;
    ci.accept_in("new", &version(2)).await;
    let again = ci.lease_when_due(LONG).await;
    assert_eq!((again.task, again.end), (old.task, Some(End::Dead)));
    ci.settle(again.token, Settlement::Ended).await;
    assert_eq!(ci.entry("old").await.state, TaskState::Dead);
}

/// Three pushes of the same moment, the last one the newest. Of the first it is not known what was
/// before, as of a pull request that is opened.
const PUSHES: [(&str, &str, &str); 3] =
    [("first", "", "a"), ("second", "a", "b"), ("third", "b", "c")];

/// All orders in which three deliveries can come.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

pub(super) async fn of_equal_versions_the_newest_is_left_in_whatever_order_they_come(
    store: &Arc<dyn Store>,
) {
    let ci = ci(store).await;
    for (number, order) in ORDERS.into_iter().enumerate() {
        for is_first_known in [true, false] {
            let name = |text: &str| format!("{text}-{number}-{is_first_known}");
            let mut tokens = Vec::new();
            for place in order {
                let (text, before, after) = PUSHES[place];
                let before = if place == 0 && is_first_known { "root" } else { before };
                ci.accept_in(&name(text), &moved(&name("lane"), before, after)).await;
                // The first to come runs, the others find it so.
                if tokens.is_empty() {
                    let leased = ci.lease_one().await;
                    assert_eq!(leased.end, None, "{order:?}");
                    tokens.push((place, leased.token));
                }
            }
            for ((text, ..), is_left) in PUSHES.into_iter().zip([false, false, true]) {
                let by = superseded_by(&ci, &name(text)).await;
                assert_eq!(by.is_none(), is_left, "{text} of {order:?}");
            }
            for (place, token) in tokens {
                let marks = ci.renew(token, LONG).await.unwrap();
                assert_eq!(marks.superseded_by.is_none(), place == 2, "{order:?}");
                ci.done(token).await;
            }
            handle_all(&ci).await;
        }
    }
}

pub(super) async fn of_equal_versions_that_nothing_orders_all_are_handled(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
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
            let lane = moved(&number.to_string(), heads.0, heads.1);
            ci.accept_in(&format!("{text}-{number}"), &lane).await;
        }
        // One after the other.
        for text in ["one", "other"] {
            let leased = ci.lease_one().await;
            assert_eq!(leased.delivery.id, id(&format!("{text}-{number}")));
            assert_eq!(leased.end, None, "{text}-{number}");
            ci.expect_nothing_due().await;
            ci.done(leased.token).await;
        }
    }
}

pub(super) async fn of_equal_versions_with_one_head_the_later_is_newer(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("opened", &push("", "a")).await;
    ci.accept_in("reopened", &push("", "a")).await;
    assert_eq!(superseded_by(&ci, "opened").await.as_deref(), Some("reopened"));
    // Also where one of them says nothing of its head.
    ci.accept_in("silent", &version(7)).await;
    assert_eq!(superseded_by(&ci, "reopened").await.as_deref(), Some("silent"));
    ci.accept_in("pushed", &push("a", "b")).await;
    assert_eq!(superseded_by(&ci, "silent").await.as_deref(), Some("pushed"));
    assert_eq!(superseded_by(&ci, "pushed").await, None);
}

/// Opened, pushed to, and by force moved back: its head is what it was at first.
pub(super) async fn a_branch_that_was_moved_back_is_built_where_it_is(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let moves = [("opened", "", "a"), ("pushed", "a", "b"), ("back", "b", "a")];
    for (number, order) in ORDERS.into_iter().enumerate() {
        for is_first_known in [true, false] {
            let name = |text: &str| format!("{text}-{number}-{is_first_known}");
            for place in order {
                let (text, before, after) = moves[place];
                let before = if place == 0 && is_first_known { "root" } else { before };
                ci.accept_in(&name(text), &moved(&name("lane"), before, after)).await;
            }
            let by = superseded_by(&ci, &name("opened")).await;
            assert_eq!(by, Some(name("pushed")), "{order:?}");
            assert_eq!(superseded_by(&ci, &name("back")).await, None, "{order:?}");
        }
    }
}

pub(super) async fn a_larger_version_is_newer_whatever_its_head(store: &Arc<dyn Store>) {
    use hookstead_handler::LaneMode;

    let of = |version: i64, before, after| {
        let mut lane = push(before, after);
        if let LaneMode::Latest { version: it, .. } = &mut lane.mode {
            *it = version;
        }
        lane
    };
    let ci = ci(store).await;
    ci.accept_in("old", &of(7, "a", "b")).await;
    ci.accept_in("new", &of(8, "x", "a")).await;
    assert_eq!(superseded_by(&ci, "old").await.as_deref(), Some("new"));
    assert_eq!(superseded_by(&ci, "new").await, None);
    ci.accept_in("late", &of(6, "a", "x")).await;
    assert_eq!(superseded_by(&ci, "late").await.as_deref(), Some("new"));
    assert_eq!(superseded_by(&ci, "new").await, None);
}
