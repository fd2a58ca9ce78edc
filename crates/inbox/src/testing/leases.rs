//! A lease while it is held, and when it is lost.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{
    LONG, Program, SHORT, cancel, ci, ends, failure, latest, outage, step, waits,
};
use crate::store::change::Changed;
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::lease::{LeaseToken, Marks, Renewal};
use crate::store::settlement::{Settled, Settlement};

/// Every way in which a lease can end.
fn settlements() -> [Settlement; 9] {
    [
        Settlement::Done,
        failure(LONG),
        outage(Duration::ZERO),
        waits(LONG),
        Settlement::Release,
        ends(End::Dead),
        ends(End::Superseded),
        ends(End::Canceled),
        Settlement::Ended,
    ]
}

pub(super) async fn a_renewed_lease_lasts_longer(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let leased = ci.lease_one_for(SHORT).await;
    assert_eq!(ci.renew(leased.token, LONG).await, Some(Marks::default()));
    // Longer than the first lease: without the renewal it would have ended by now.
    tokio::time::sleep(SHORT * 3).await;
    assert!(store.expire().await.unwrap().is_empty());
    assert_eq!(ci.entry("one").await.state, TaskState::Leased);
    ci.expect_nothing_due().await;
    // A renewal can shorten a lease, too.
    assert_eq!(ci.renew(leased.token, SHORT).await, Some(Marks::default()));
    assert_eq!(ci.lease_when_due(LONG).await.task, leased.task);
}

pub(super) async fn many_leases_are_renewed_at_once(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["plain", "canceled", "settled"] {
        ci.accept(text).await;
    }
    ci.accept_in("old", &latest("main", 1)).await;
    let leased = ci.lease(10, LONG).await;
    assert_eq!(ci.change("canceled", &cancel()).await, Changed::Marked);
    ci.accept_in("new", &latest("main", 2)).await;
    ci.done(leased[2].token).await;
    let [plain, canceled, settled, old] = [0, 1, 2, 3].map(|at: usize| leased[at].token);
    // In the order of the tokens, whatever that is, and however often one is named.
    let tokens = [old, settled, plain, LeaseToken::random(), canceled, plain];
    let renewals = store.renew(&tokens, LONG).await.unwrap();
    let superseded = Marks { superseded_by: Some(super::support::id("new")), ..Marks::default() };
    let canceled = Marks { canceled: Some("a change of mind".to_owned()), ..Marks::default() };
    assert_eq!(
        renewals,
        [
            Renewal::Renewed(superseded),
            Renewal::Lost,
            Renewal::Renewed(Marks::default()),
            Renewal::Lost,
            Renewal::Renewed(canceled),
            Renewal::Renewed(Marks::default()),
        ]
    );
    assert!(store.renew(&[], LONG).await.unwrap().is_empty());
}

pub(super) async fn many_are_settled_at_once(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["done", "again", "canceled", "dead", "released", "late"] {
        ci.accept(text).await;
    }
    let tokens: Vec<_> = ci.lease(10, LONG).await.iter().map(|leased| leased.token).collect();
    assert_eq!(ci.change("canceled", &cancel()).await, Changed::Marked);
    ci.done(tokens[5]).await;
    let settlements = [
        (tokens[3], ends(End::Dead)),
        (tokens[5], Settlement::Done),
        (tokens[2], failure(LONG)),
        (tokens[0], Settlement::Done),
        (LeaseToken::random(), Settlement::Done),
        (tokens[1], failure(LONG)),
        (tokens[4], Settlement::Release),
    ];
    let settled = store.settle(&settlements).await.unwrap();
    let (must_end, lost) = (Settled::MustEnd(End::Canceled), Settled::Lost);
    let yes = Settled::Settled;
    assert_eq!(settled, [yes, lost, must_end, yes, lost, yes, yes]);
    for (text, state) in [
        ("done", TaskState::Done),
        ("again", TaskState::Delayed),
        ("released", TaskState::Ready),
        ("late", TaskState::Done),
    ] {
        assert_eq!(ci.entry(text).await.state, state, "{text}");
    }
    let rest = [(tokens[2], Settlement::Ended), (tokens[3], Settlement::Ended)];
    assert_eq!(store.settle(&rest).await.unwrap(), [yes, yes]);
    assert_eq!(ci.entry("canceled").await.state, TaskState::Canceled);
    assert_eq!(ci.entry("dead").await.state, TaskState::Dead);
    assert!(store.settle(&[]).await.unwrap().is_empty());
}

pub(super) async fn a_lost_lease_changes_nothing(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let lost = ci.lease_one_for(SHORT).await;
    let held = ci.lease_when_due(LONG).await;
    assert_ne!(held.token, lost.token);
    assert_eq!(ci.renew(lost.token, SHORT).await, None);
    assert!(!store.keep_step(lost.token, &step("late", "1")).await.unwrap());
    for settlement in settlements() {
        let told = format!("{settlement:?}");
        assert_eq!(ci.settled(lost.token, settlement).await, Settled::Lost, "{told}");
        let entry = ci.entry("one").await;
        assert_eq!((entry.state, entry.number), (TaskState::Leased, 2), "{told}");
        assert_eq!((entry.failures, entry.text, entry.is_ending), (0, None, false), "{told}");
        assert!(entry.steps.is_empty() && entry.packed.is_some(), "{told}");
    }
    ci.done(held.token).await;
}

pub(super) async fn a_late_outcome_counts_if_nobody_took_the_task(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for is_taken_back in [false, true] {
        let text = |text: &str| format!("{text}-{is_taken_back}");
        for it in ["done", "again", "dead"] {
            ci.accept(&text(it)).await;
        }
        let leased = ci.lease(3, SHORT).await;
        tokio::time::sleep(SHORT + TOLERANCE_OF_ENDS).await;
        if is_taken_back {
            assert_eq!(store.expire().await.unwrap().len(), 3);
        }
        ci.done(leased[0].token).await;
        ci.settle(leased[1].token, failure(LONG)).await;
        ci.end(leased[2].token, End::Dead).await;
        assert_eq!(ci.entry(&text("done")).await.state, TaskState::Done);
        let again = ci.entry(&text("again")).await;
        assert_eq!((again.state, again.failures), (TaskState::Delayed, 1));
        assert_eq!(ci.entry(&text("dead")).await.state, TaskState::Dead);
        assert!(store.expire().await.unwrap().is_empty());
    }
}

/// So long after its end a lease has ended, whichever clock is read.
const TOLERANCE_OF_ENDS: Duration = Duration::from_millis(20);

pub(super) async fn a_lease_that_has_just_ended_can_be_renewed(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    let leased = ci.lease_one_for(SHORT).await;
    tokio::time::sleep(SHORT + TOLERANCE_OF_ENDS).await;
    // Nobody has taken it back yet.
    assert!(ci.renew(leased.token, LONG).await.is_some());
    assert!(store.expire().await.unwrap().is_empty());
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.abandoned), (TaskState::Leased, 0));
    ci.done(leased.token).await;
}

pub(super) async fn a_settled_lease_is_lost(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for (number, settlement) in settlements().into_iter().enumerate() {
        if settlement == Settlement::Ended {
            continue;
        }
        let (text, is_end) = (number.to_string(), matches!(settlement, Settlement::End { .. }));
        ci.accept(&text).await;
        let leased = ci.lease_one().await;
        ci.settle(leased.token, settlement.clone()).await;
        if is_end {
            ci.settle(leased.token, Settlement::Ended).await;
        }
        let state = ci.entry(&text).await.state;
        assert_eq!(ci.renew(leased.token, LONG).await, None, "{settlement:?}");
        assert!(!store.keep_step(leased.token, &step("late", "1")).await.unwrap());
        for late in settlements() {
            assert_eq!(ci.settled(leased.token, late).await, Settled::Lost, "{settlement:?}");
        }
        assert_eq!(ci.entry(&text).await.state, state, "{settlement:?}");
        if state == TaskState::Ready {
            ci.done(ci.lease_one().await.token).await;
        }
    }
}

pub(super) async fn an_unknown_token_is_a_lost_lease(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build"]).await;
    ci.accept("one").await;
    assert_eq!(ci.renew(LeaseToken::random(), LONG).await, None);
    for settlement in settlements() {
        let settled = ci.settled(LeaseToken::random(), settlement).await;
        assert_eq!(settled, Settled::Lost);
    }
    assert!(!store.keep_step(LeaseToken::random(), &step("a", "1")).await.unwrap());
    let entry = ci.entry("one").await;
    assert_eq!((entry.state, entry.number), (TaskState::Ready, 0));
}
