//! A lane is never held by a name that nobody takes any more.

use std::sync::Arc;

use super::support::{LONG, Program, SHORT, body, delivery, failure, free, id, in_order};
use crate::store::accept::{Accepted, NewDelivery, NewTask, TaskLane};
use crate::store::contract::Store;
use crate::store::entry::TaskState;

/// Two programs whose tasks share a lane.
struct Two {
    gone: Program,
    stays: Program,
}

impl Two {
    async fn start(store: &Arc<dyn Store>) -> Self {
        let gone = Program::start(store, "ci", &["old"]).await;
        let stays = Program::start(store, "ci", &["build"]).await;
        Self { gone, stays }
    }

    /// Accepts a delivery with a task for one of them.
    async fn accept(&self, text: &str, program: &Program, lane: &TaskLane) {
        let mut new = NewDelivery::new(delivery(text), body(text), "ci");
        new.tasks = vec![NewTask::new(program.takers[0]).in_lane(lane.clone())];
        new.declined = [&self.gone, &self.stays].map(|it| it.takers[0]).to_vec();
        new.declined.retain(|taker| *taker != program.takers[0]);
        assert_eq!(self.stays.accepted(new).await, Accepted::New { tasks: 1 });
    }
}

pub(super) async fn a_head_that_nobody_takes_gives_its_place(store: &Arc<dyn Store>) {
    for (key, lane) in [("free", free("@free")), ("order", in_order("@order"))] {
        let two = Two::start(store).await;
        let text = |text: &str| format!("{text}-{key}");
        two.accept(&text("ghost"), &two.gone, &lane).await;
        two.accept(&text("next"), &two.stays, &lane).await;
        two.accept(&text("last"), &two.stays, &lane).await;
        store.expire().await.unwrap();
        two.stays.expect_nothing_due().await;
        two.gone.leave().await;
        store.expire().await.unwrap();
        let next = two.stays.lease_one().await;
        assert_eq!(next.delivery.id, id(&text("next")));
        two.stays.expect_nothing_due().await;
        two.stays.done(next.token).await;
        store.expire().await.unwrap();
        let last = two.stays.lease_one().await;
        assert_eq!(last.delivery.id, id(&text("last")));
        two.stays.done(last.token).await;
        // It keeps its place: whoever takes it again finds it.
        assert_eq!(two.stays.entry(&text("ghost")).await.number, 0);
        two.gone.beat().await;
        let ghost = two.gone.lease_one().await;
        assert_eq!(ghost.delivery.id, id(&text("ghost")));
        two.gone.done(ghost.token).await;
        two.gone.leave().await;
    }
}

pub(super) async fn a_ghost_s_lease_holds_the_lane_until_it_ends(store: &Arc<dyn Store>) {
    let two = Two::start(store).await;
    two.accept("ghost", &two.gone, &free("@group")).await;
    two.accept("next", &two.stays, &free("@group")).await;
    let ghost = two.gone.lease_one_for(SHORT * 4).await;
    two.gone.leave().await;
    store.expire().await.unwrap();
    if two.stays.entry("ghost").await.state == TaskState::Leased {
        two.stays.expect_nothing_due().await;
    }
    let next = two.stays.lease_when_due(LONG).await;
    assert_eq!(next.delivery.id, id("next"));
    // Who it was that died cannot settle it any more, or does so without passing on the lane.
    let _ = two.gone.settled(ghost.token, failure(LONG)).await;
    two.stays.expect_nothing_due().await;
    assert_eq!(two.stays.entry("next").await.state, TaskState::Leased);
    two.stays.done(next.token).await;
}

pub(super) async fn a_lane_of_ghosts_alone_stays_as_it_is(store: &Arc<dyn Store>) {
    let two = Two::start(store).await;
    for text in ["one", "two"] {
        two.accept(text, &two.gone, &free("@group")).await;
    }
    two.gone.leave().await;
    for _ in 0..2 {
        store.expire().await.unwrap();
    }
    two.stays.expect_nothing_due().await;
    // Whoever comes then is not held up by them.
    two.accept("three", &two.stays, &free("@group")).await;
    store.expire().await.unwrap();
    let three = two.stays.lease_one().await;
    assert_eq!(three.delivery.id, id("three"));
    // And they not by those who were before them, once they are taken again.
    two.gone.beat().await;
    two.gone.expect_nothing_due().await;
    two.stays.done(three.token).await;
    for text in ["one", "two"] {
        let leased = two.gone.lease_one().await;
        assert_eq!(leased.delivery.id, id(text));
        two.gone.done(leased.token).await;
    }
}
