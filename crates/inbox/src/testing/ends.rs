//! How a run ends other than done, and `ended`.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{
    LONG, SHORT, body, cancel, ci, ends, failure, free, id, latest, outage, waits,
};
use crate::store::change::Changed;
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::settlement::{Settled, Settlement};

pub(super) async fn a_done_task_is_settled(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("one", Settlement::Done).await;
    ci.expect_nothing_due().await;
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.is_ending, entry.number), (TaskState::Done, false, 1));
    assert!(entry.settled_at.is_some());
    assert_eq!(entry.packed, Some(body("one")), "for whoever runs it again");
}

pub(super) async fn an_end_keeps_lease_and_lane(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (number, (end, state)) in [
        (End::Dead, TaskState::Dead),
        (End::Superseded, TaskState::Superseded),
        (End::Canceled, TaskState::Canceled),
    ]
    .into_iter()
    .enumerate()
    {
        let (one, two) = (format!("one-{number}"), format!("two-{number}"));
        ci.accept_in(&one, &free(&number.to_string())).await;
        ci.accept_in(&two, &free(&number.to_string())).await;
        let token = ci.lease_one().await.token;
        ci.settle(token, ends(end)).await;
        assert!(ci.entry(&one).await.is_ending, "{end}");
        assert!(ci.renew(token, LONG).await.is_some(), "{end}");
        ci.expect_nothing_due().await;
        ci.settle(token, Settlement::Ended).await;
        let entry = ci.entry(&one).await;
        assert_eq!((entry.state, entry.is_ending, entry.number), (state, false, 1), "{end}");
        assert_eq!(entry.text.as_deref(), Some("a lasting trouble"));
        assert!(entry.settled_at.is_some() && entry.packed.is_some());
        let two_leased = ci.lease_one().await;
        assert_eq!(two_leased.delivery.id, id(&two), "{end}");
        ci.done(two_leased.token).await;
    }
}

pub(super) async fn whose_end_was_not_told_is_leased_to_be_ended(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.accept_in("two", &free("main")).await;
    let crashed = ci.lease_one_for(SHORT).await;
    ci.settle(crashed.token, ends(End::Dead)).await;
    // Here its process dies. Its lane waits until somebody has ended it.
    let again = ci.lease_when_due(LONG).await;
    assert_eq!((again.task, again.end), (crashed.task, Some(End::Dead)));
    assert_eq!(again.number, 1, "how many attempts there were");
    assert_eq!(again.abandoned, 1);
    assert_eq!(again.body, Some(body("one")));
    assert_eq!(ci.settled(crashed.token, Settlement::Ended).await, Settled::Lost);
    ci.expect_nothing_due().await;
    ci.settle(again.token, Settlement::Ended).await;
    assert_eq!(ci.entry("one").await.state, TaskState::Dead);
    assert_eq!(ci.lease_one().await.delivery.id, id("two"));
}

pub(super) async fn an_end_forgets_the_leases_abandoned_before(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    for _ in 0..2 {
        ci.lease_when_due(SHORT / 5).await;
    }
    let leased = ci.lease_when_due(SHORT).await;
    assert_eq!(leased.abandoned, 2);
    ci.settle(leased.token, ends(End::Dead)).await;
    assert_eq!(ci.entry("one").await.abandoned, 0);
    // From here on those of `ended` are counted.
    for abandoned in 1..=3 {
        let leased = ci.lease_when_due(SHORT / 5).await;
        assert_eq!((leased.end, leased.abandoned), (Some(End::Dead), abandoned));
        assert_eq!(leased.number, 3);
    }
}

pub(super) async fn a_failure_of_ended_counts_as_abandoned(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let token = ci.lease_one().await.token;
    ci.settle(token, ends(End::Dead)).await;
    ci.settle(token, failure(Duration::ZERO)).await;
    for abandoned in 1..=2 {
        let leased = ci.lease_one().await;
        assert_eq!((leased.end, leased.abandoned), (Some(End::Dead), abandoned));
        assert_eq!(leased.failures, 0);
        ci.settle(leased.token, failure(Duration::ZERO)).await;
    }
    let leased = ci.lease_one().await;
    assert_eq!(leased.abandoned, 3);
    // It is given up: the worker says so in its log.
    ci.settle(leased.token, Settlement::Ended).await;
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.is_ending), (TaskState::Dead, false));
    assert_eq!(entry.text.as_deref(), Some("a lasting trouble"), "why it is dead");
}

pub(super) async fn a_pause_of_ended_holds_the_lane(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.accept_in("two", &free("main")).await;
    let token = ci.lease_one().await.token;
    ci.settle(token, ends(End::Dead)).await;
    ci.settle(token, failure(SHORT)).await;
    ci.expect_nothing_due().await;
    let again = ci.lease_when_due(LONG).await;
    assert_eq!((again.delivery.id.clone(), again.end), (id("one"), Some(End::Dead)));
    ci.settle(again.token, Settlement::Ended).await;
    assert_eq!(ci.lease_one().await.delivery.id, id("two"));
}

pub(super) async fn what_is_released_while_it_ends_is_ended_by_another(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let token = ci.lease_one().await.token;
    ci.settle(token, ends(End::Dead)).await;
    ci.settle(token, Settlement::Release).await;
    let leased = ci.lease_one().await;
    assert_eq!((leased.end, leased.abandoned, leased.number), (Some(End::Dead), 0, 1));
    ci.settle(leased.token, Settlement::Ended).await;
    ci.expect_nothing_due().await;
}

pub(super) async fn a_marked_task_ends_however_its_lease_ends(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (number, settlement) in
        [failure(Duration::ZERO), outage(LONG), waits(LONG), ends(End::Dead)]
            .into_iter()
            .enumerate()
    {
        for end in [End::Superseded, End::Canceled] {
            let text = format!("{end}-{number}");
            let lane = latest(&text, 1);
            ci.accept_in(&text, &lane).await;
            let token = ci.lease_one().await.token;
            match end {
                End::Canceled => assert_eq!(ci.change(&text, &cancel()).await, Changed::Marked),
                _ => ci.accept_in(&format!("newer-than-{text}"), &lane).await,
            }
            let must_end = ci.settled(token, settlement.clone()).await;
            assert_eq!(must_end, Settled::MustEnd(end), "{settlement:?}");
            // It is written: whoever dies here leaves it to be ended, not to be tried again.
            let entry = ci.entry(&text).await;
            assert!(entry.is_ending, "{settlement:?}");
            ci.expect_nothing_due().await;
            ci.settle(token, Settlement::Ended).await;
            if end == End::Superseded {
                ci.done(ci.lease_one().await.token).await;
            }
        }
    }
}

pub(super) async fn done_is_stronger_than_a_mark(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for end in [End::Superseded, End::Canceled] {
        let (text, lane) = (end.to_string(), latest(&end.to_string(), 1));
        ci.accept_in(&text, &lane).await;
        let token = ci.lease_one().await.token;
        match end {
            End::Canceled => assert_eq!(ci.change(&text, &cancel()).await, Changed::Marked),
            _ => ci.accept_in("newer", &lane).await,
        }
        ci.done(token).await;
        let entry = ci.entry(&text).await;
        assert_eq!((entry.state, entry.is_ending), (TaskState::Done, false));
        if end == End::Superseded {
            ci.done(ci.lease_one().await.token).await;
        }
    }
}

pub(super) async fn of_two_marks_canceled_wins(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for is_canceled_first in [true, false] {
        let (text, lane) = (format!("one-{is_canceled_first}"), latest("main", 1));
        ci.accept_in(&text, &lane).await;
        let token = ci.lease_one().await.token;
        let newer = format!("two-{is_canceled_first}");
        if is_canceled_first {
            assert_eq!(ci.change(&text, &cancel()).await, Changed::Marked);
            ci.accept_in(&newer, &lane).await;
        } else {
            ci.accept_in(&newer, &lane).await;
            assert_eq!(ci.change(&text, &cancel()).await, Changed::Marked);
        }
        let marks = ci.renew(token, LONG).await.unwrap();
        assert_eq!(marks.superseded_by, Some(id(&newer)));
        assert_eq!(marks.canceled.as_deref(), Some("a change of mind"));
        ci.must_end(token, failure(LONG), End::Canceled).await;
        assert_eq!(ci.entry(&text).await.state, TaskState::Canceled);
        ci.done(ci.lease_one().await.token).await;
    }
}

pub(super) async fn a_marked_task_that_is_released_waits_for_its_end(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let lane = latest("main", 1);
    ci.accept_in("old", &lane).await;
    let token = ci.lease_one().await.token;
    ci.accept_in("new", &lane).await;
    ci.settle(token, Settlement::Release).await;
    let entry = ci.entry("old").await;
    assert_eq!((entry.state, entry.is_ending), (TaskState::Superseded, true));
    // It holds the lane until it is ended, so that comes next.
    let leased = ci.lease_one().await;
    assert_eq!((leased.delivery.id.clone(), leased.end), (id("old"), Some(End::Superseded)));
    ci.expect_nothing_due().await;
    ci.settle(leased.token, Settlement::Ended).await;
    let leased = ci.lease_one().await;
    assert_eq!((leased.delivery.id, leased.end), (id("new"), None));
}

pub(super) async fn a_marked_task_whose_lease_ended_waits_for_its_end(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let lane = latest("main", 1);
    for end in [End::Superseded, End::Canceled] {
        let text = end.to_string();
        ci.accept_in(&text, &lane).await;
        for _ in 0..2 {
            ci.lease_when_due(SHORT / 5).await;
        }
        let dead = ci.lease_when_due(SHORT).await;
        assert_eq!(dead.abandoned, 2);
        match end {
            End::Canceled => assert_eq!(ci.change(&text, &cancel()).await, Changed::Marked),
            _ => ci.accept_in("new", &lane).await,
        }
        let leased = ci.lease_when_due(LONG).await;
        assert_eq!((leased.task, leased.end), (dead.task, Some(end)));
        assert!(leased.abandoned <= 1, "else `ended` would be given up before it was called");
        ci.expect_nothing_due().await;
        ci.settle(leased.token, Settlement::Ended).await;
        if end == End::Superseded {
            ci.done(ci.lease_one().await.token).await;
        }
    }
}

pub(super) async fn an_end_that_is_being_told_is_not_marked_again(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let lane = latest("main", 1);
    ci.accept_in("old", &lane).await;
    let token = ci.lease_one().await.token;
    ci.settle(token, ends(End::Dead)).await;
    ci.accept_in("new", &lane).await;
    assert_eq!(ci.change("old", &cancel()).await, Changed::Refused);
    ci.settle(token, Settlement::Ended).await;
    assert_eq!(ci.entry("old").await.state, TaskState::Dead);
    assert_eq!(ci.lease_one().await.delivery.id, id("new"));
}
