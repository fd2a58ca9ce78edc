//! Who gets what, and which of it first.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::End;

use super::support::{LONG, Program, SHORT, cancel, ci, delivery, failure, free, id, outage};
use crate::store::change::Changed;
use crate::store::contract::Store;
use crate::store::entry::TaskState;
use crate::store::lease::{LeaseRequest, TakerShare};
use crate::store::registry::{Claim, Process};
use crate::store::settlement::Settlement;

pub(super) async fn what_waited_longest_is_leased_first(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let ids = ["c", "a", "d", "b"];
    for text in ids {
        ci.accept(text).await;
    }
    for text in ids {
        assert_eq!(ci.lease_one().await.delivery.id, id(text));
    }
}

pub(super) async fn the_limit_is_kept(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for text in ["a", "b", "c"] {
        ci.accept(text).await;
    }
    assert_eq!(ci.lease(0, LONG).await.len(), 0);
    assert_eq!(ci.lease(2, LONG).await.len(), 2);
    assert_eq!(ci.lease(2, LONG).await.len(), 1);
}

pub(super) async fn a_leased_task_is_not_leased_twice(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("one").await;
    ci.lease_one().await;
    assert_eq!(ci.entry("one").await.state, TaskState::Leased);
    ci.expect_nothing_due().await;
}

pub(super) async fn a_process_leases_only_for_its_own_names(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build"]).await;
    let deploy = Program::start(store, "deploy", &["build"]).await;
    ci.accept("one").await;
    deploy.accept("two").await;
    for program in [&ci, &deploy] {
        let leased = program.lease(10, LONG).await;
        assert_eq!(leased.len(), 1);
        assert_eq!(leased[0].taker, program.takers[0]);
    }
    let nobody = LeaseRequest::new(Vec::new(), 10, LONG);
    assert!(ci.ask(&nobody).await.leased.is_empty());
}

pub(super) async fn what_nobody_takes_waits(store: &Arc<dyn Store>) {
    let old = Program::start(store, "ci", &["build"]).await;
    old.accept("one").await;
    old.leave().await;
    let other = Program::start(store, "ci", &["audit"]).await;
    other.expect_nothing_due().await;
    let entry = other.entry("one").await;
    assert_eq!((entry.state, entry.name.as_str()), (TaskState::Ready, "ci.build"));
    let depth = store.depth().await.unwrap();
    let name = depth.names.iter().find(|it| it.name.as_str() == "ci.build").unwrap();
    assert!(!name.is_alive && name.ready == 1, "{name:?}");
    // Whoever has the name again finds it.
    let again = Program::start(store, "ci", &["build"]).await;
    assert_eq!(again.lease_one().await.delivery.id, id("one"));
}

pub(super) async fn names_take_turns(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit", "lint"]).await;
    let of = |text: &str, taker: usize| {
        let mut new = ci.new_delivery(text);
        new.declined = ci.takers.clone();
        new.declined.remove(taker);
        new.tasks = vec![new.tasks[taker].clone()];
        new
    };
    for number in 0..5 {
        ci.accept_new(of(&format!("build-{number}"), 0)).await;
    }
    ci.accept_new(of("audit-0", 1)).await;
    ci.accept_new(of("lint-0", 2)).await;
    let request = |turns: [usize; 3], limit| {
        let takers = turns.map(|at| TakerShare::new(ci.takers[at])).to_vec();
        LeaseRequest::new(takers, limit, LONG)
    };
    let ids = async |request| {
        let leased = ci.ask(&request).await.leased;
        let mut ids: Vec<_> = leased.iter().map(|it| it.delivery.id.to_string()).collect();
        ids.sort();
        ids
    };
    // A backlog of one delays another by one task, and the turns begin with whom is named first.
    assert_eq!(ids(request([0, 1, 2], 2)).await, ["audit-0", "build-0"]);
    assert_eq!(ids(request([2, 0, 1], 1)).await, ["lint-0"]);
    assert_eq!(ids(request([2, 1, 0], 3)).await, ["build-1", "build-2", "build-3"]);
}

pub(super) async fn a_share_is_for_first_attempts(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    for number in 0..6 {
        ci.accept_and_settle(&format!("retry-{number}"), outage(SHORT)).await;
    }
    while ci.entry("retry-5").await.state == TaskState::Delayed {
        tokio::time::sleep(SHORT / 5).await;
    }
    for number in 0..3 {
        ci.accept(&format!("fresh-{number}")).await;
    }
    let mut request = ci.request(4, LONG);
    request.fresh = 2;
    let ids = async |request: &LeaseRequest| {
        let leased = ci.ask(request).await.leased;
        let mut ids: Vec<_> = leased.iter().map(|it| it.delivery.id.to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&request).await, ["fresh-0", "fresh-1", "retry-0", "retry-1"]);
    // Whatever leaves its places empty, others take them.
    assert_eq!(ids(&request).await, ["fresh-2", "retry-2", "retry-3", "retry-4"]);
    assert_eq!(ids(&request).await, ["retry-5"]);
}

pub(super) async fn fresh_ones_take_the_places_that_retries_leave(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_and_settle("retry", failure(Duration::ZERO)).await;
    for number in 0..4 {
        ci.accept(&format!("fresh-{number}")).await;
    }
    let mut request = ci.request(3, LONG);
    request.fresh = 1;
    let leased = ci.ask(&request).await.leased;
    let fresh = leased.iter().filter(|leased| leased.number == 1).count();
    assert_eq!((leased.len(), fresh), (3, 2));
}

pub(super) async fn at_most_so_many_later_attempts_are_leased(store: &Arc<dyn Store>) {
    let ci = Program::start(store, "ci", &["build", "audit"]).await;
    for number in 0..3 {
        ci.accept(&number.to_string()).await;
        for leased in ci.lease(2, LONG).await {
            ci.settle(leased.token, outage(SHORT)).await;
        }
    }
    while ci.entry_of("2", "ci.audit").await.state == TaskState::Delayed
        || ci.entry_of("2", "ci.build").await.state == TaskState::Delayed
    {
        tokio::time::sleep(SHORT / 5).await;
    }
    let mut request = ci.request(10, LONG);
    request.takers[0].most_tried = 1;
    let leased = ci.ask(&request).await.leased;
    let of = |taker| leased.iter().filter(|leased| leased.taker == taker).count();
    assert_eq!((of(ci.takers[0]), of(ci.takers[1])), (1, 3), "one as a probe");
    request.takers[0].most_tried = 0;
    assert!(ci.ask(&request).await.leased.is_empty());
    // First attempts are not bounded by it.
    ci.accept("fresh").await;
    assert_eq!(ci.ask(&request).await.leased.len(), 2);
}

/// Has the leases of these abandoned until they are suspect.
async fn make_suspect(ci: &Program, texts: &[&str]) {
    for text in texts {
        ci.accept(text).await;
    }
    while {
        ci.store.expire().await.unwrap();
        let mut is_suspect = true;
        for text in texts {
            let entry = ci.entry(text).await;
            is_suspect &= entry.abandoned >= 2 && entry.state == TaskState::Ready;
        }
        !is_suspect
    } {
        for text in texts {
            let entry = ci.entry(text).await;
            if entry.abandoned < 2 && entry.state == TaskState::Ready {
                ci.lease(texts.len(), Duration::from_millis(1)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

pub(super) async fn suspects_are_leased_one_at_a_time(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    make_suspect(&ci, &["poison-0", "poison-1", "poison-2"]).await;
    for number in 0..4 {
        ci.accept(&format!("innocent-{number}")).await;
    }
    let mut request = ci.request(5, LONG);
    request.suspects = 1;
    let leased = ci.ask(&request).await.leased;
    let suspects = leased.iter().filter(|leased| leased.abandoned >= 2).count();
    assert_eq!((leased.len(), suspects), (5, 1), "one beside the others");
    request.suspects = 0;
    assert!(ci.ask(&request).await.leased.is_empty(), "one runs already");
    request.suspects = 1;
    assert_eq!(ci.ask(&request).await.leased.len(), 1);
}

pub(super) async fn what_has_ended_comes_after_real_work(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept("canceled").await;
    assert_eq!(ci.change("canceled", &cancel()).await, Changed::Changed);
    ci.accept_and_settle_now("retried").await;
    ci.accept("fresh").await;
    let mut order = Vec::new();
    for _ in 0..3 {
        order.push(ci.lease_one().await);
    }
    assert_eq!(order[2].delivery.id, id("canceled"));
    assert_eq!(order[2].end, Some(End::Canceled));
}

impl Program {
    /// Accepts a delivery and has its first attempt fail, past what has ended.
    async fn accept_and_settle_now(&self, text: &str) {
        self.accept(text).await;
        let leased = self.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        self.settle(leased.token, failure(Duration::ZERO)).await;
    }
}

pub(super) async fn the_next_due_moment_is_told(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    let other = Program::start(store, "deploy", &["build"]).await;
    let next = async || ci.ask(&ci.request(10, LONG)).await.next_due;
    assert_eq!(next().await, None, "nothing is there");
    // Not what is another's.
    other.accept_and_settle("other", failure(SHORT)).await;
    assert_eq!(next().await, None);
    ci.accept_and_settle("hour", failure(LONG)).await;
    let told = next().await.unwrap();
    assert!(told <= LONG && told > LONG - Duration::from_secs(300), "{told:?}");
    let minutes = Duration::from_secs(600);
    ci.accept_and_settle("minutes", outage(minutes)).await;
    let told = next().await.unwrap();
    assert!(told <= minutes && told > minutes - Duration::from_secs(300), "{told:?}");
}

pub(super) async fn what_is_in_line_is_not_due_next(store: &Arc<dyn Store>) {
    let ci = ci(store).await;
    ci.accept_in("one", &free("main")).await;
    ci.lease_one().await;
    ci.accept_in("two", &free("main")).await;
    let answer = ci.ask(&ci.request(10, LONG)).await;
    assert!(answer.leased.is_empty());
    assert_eq!(answer.next_due, None, "its moment is not known");
}

pub(super) async fn a_name_of_all_events_is_leased_for_any(store: &Arc<dyn Store>) {
    let claims = vec![Claim::new(super::support::name("ci.any"), None)];
    let ci = Program::of_claims(store, Process::start("ci"), claims).await;
    for event in ["push", "release", "an_event_from_the_future"] {
        let mut new = ci.new_delivery(event);
        new.delivery = delivery(event);
        new.delivery.event = event.into();
        ci.accept_new(new).await;
    }
    let leased = ci.lease(10, LONG).await;
    let events: Vec<_> = leased.iter().map(|it| it.delivery.event.to_string()).collect();
    assert_eq!(events, ["push", "release", "an_event_from_the_future"]);
    for leased in leased {
        ci.settle(leased.token, Settlement::Done).await;
    }
}
