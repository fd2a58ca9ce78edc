//! The conformance suite: what every [`Inbox`] must do, as a test for each rule.
//!
//! Whoever writes a store calls [`conformance_tests!`](crate::conformance_tests) in a test file, and
//! gets one `#[test]` for each rule, named after it.
//!
//! The rules wait for what they expect, for at most a minute; leases and pauses in them are real
//! and short. A store passes on a slow machine, too.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a rule fails by panicking")]

mod accepting;
mod clocks;
mod lanes;
mod leasing;
mod looking;
mod probing;
mod replays;
mod settling;
mod sharing;
mod superseding;
mod support;
mod waiting;

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::Inbox;

/// No rule takes longer than this, unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// A fresh, empty store for one rule.
pub struct TestStore {
    // Dropped before what keeps it alive.
    inbox: Arc<dyn Inbox>,
    clock: Option<SetClock>,
    kept: Vec<Box<dyn Any + Send>>,
}

/// Sets a store's clock by so many milliseconds.
type SetClock = Box<dyn Fn(i64) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl TestStore {
    /// A store.
    #[must_use]
    pub fn new(inbox: impl Inbox) -> Self {
        Self { inbox: Arc::new(inbox), clock: None, kept: Vec::new() }
    }

    /// How to set the clock of this store by so many milliseconds, ahead or (less than 0) back. Where
    /// that is the machine's or a server's, it does as well to move all moments in the store by as many
    /// the other way. A store whose clock nobody can set, as the monotonic one, needs none; the rules
    /// about clocks are as good as kept then.
    #[must_use]
    pub fn clock<F>(mut self, set: impl Fn(i64) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.clock = Some(Box::new(move |by| Box::pin(set(by))));
        self
    }

    async fn set_clock(&self, by: i64) {
        if let Some(set) = &self.clock {
            set(by).await;
        }
    }

    /// Keeps this (the directory of its file, the database it runs in) until the store is gone.
    #[must_use]
    pub fn keeping(mut self, kept: impl Any + Send) -> Self {
        self.kept.push(Box::new(kept));
        self
    }
}

impl fmt::Debug for TestStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TestStore").finish_non_exhaustive()
    }
}

/// Runs a rule on a fresh store, in a runtime of its own.
fn run(make: impl AsyncFnOnce() -> TestStore, rule: impl AsyncFnOnce(&Arc<dyn Inbox>)) {
    run_on_store(make, async |store: &TestStore| rule(&store.inbox).await);
}

/// The same for a rule that needs more of a store than its inbox.
fn run_on_clock(make: impl AsyncFnOnce() -> TestStore, rule: impl AsyncFnOnce(&TestStore)) {
    run_on_store(make, async |store: &TestStore| {
        if store.clock.is_some() {
            rule(store).await;
        }
    });
}

fn run_on_store(make: impl AsyncFnOnce() -> TestStore, rule: impl AsyncFnOnce(&TestStore)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let store = make().await;
        let ruled = tokio::time::timeout(PATIENCE, rule(&store)).await;
        ruled.expect("the rule should hold long before this");
    });
}

/// Lists the rules once: for the functions that run one each, and for the macro that makes a test
/// of each.
macro_rules! rules {
    ($dollar:tt $($run:ident $group:ident { $($rule:ident)* })*) => {
        $($(
            #[doc(hidden)]
            pub fn $rule(make: impl AsyncFnOnce() -> TestStore) {
                $run(make, $group::$rule);
            }
        )*)*

        /// Makes a test of each rule that a store must keep (feature `testing`).
        ///
        /// Takes an async closure that makes a [`TestStore`](crate::testing::TestStore), fresh and
        /// empty each time.
        ///
        /// ```
        /// mod my_store {
        ///     use hookstead_inbox::MemoryInbox;
        ///     use hookstead_inbox::testing::TestStore;
        ///
        ///     hookstead_inbox::conformance_tests!(async || TestStore::new(MemoryInbox::new()));
        /// }
        /// ```
        #[macro_export]
        macro_rules! conformance_tests {
            ($dollar make:expr) => {
                $($(
                    #[test]
                    fn $rule() {
                        $dollar crate::testing::$rule($dollar make);
                    }
                )*)*
            };
        }
    };
}

rules! { $
    run accepting {
        a_new_delivery_is_ready
        every_field_comes_back_as_it_went_in
        a_delivery_with_nothing_but_an_id_comes_back
        a_body_of_a_mebibyte_comes_back
        an_empty_body_comes_back
        a_ready_delivery_is_a_duplicate
        a_delayed_delivery_is_a_duplicate
        a_leased_delivery_is_a_duplicate_and_stays_leased
        a_done_delivery_is_accepted_again
        a_superseded_delivery_is_accepted_again
        a_dead_delivery_is_accepted_again
        hook_and_id_together_tell_deliveries_apart
    }
    run replays {
        a_body_known_under_another_id_is_a_replay
        a_body_known_as_another_event_is_a_replay
        a_body_is_known_in_whatever_state
        the_same_id_is_no_replay
        a_replay_changes_nothing
        without_a_fingerprint_nothing_is_a_replay
        what_is_purged_is_not_remembered
    }
    run leasing {
        what_waited_longest_is_leased_first
        the_limit_is_kept
        a_leased_delivery_is_not_leased_twice
        a_lease_that_ended_is_ready_again
        attempts_are_counted_at_leasing
        a_renewed_lease_lasts_longer
        a_lost_lease_cannot_be_renewed_or_settled
        a_late_outcome_counts_if_nobody_took_the_delivery
        a_settled_lease_is_lost
        an_unknown_token_is_a_lost_lease
        attempts_that_end_without_outcome_are_used_up
        a_delivery_with_attempts_used_up_holds_up_no_other
    }
    run settling {
        a_done_delivery_is_not_leased_and_keeps_no_body
        a_superseded_delivery_is_not_leased_and_keeps_no_body
        a_retry_waits_for_its_time
        a_retry_without_delay_is_ready_at_once
        a_retry_for_ever_is_taken
        a_dead_delivery_is_not_leased_and_keeps_its_body
        a_released_delivery_is_ready_at_once_and_the_attempt_does_not_count
        a_dead_delivery_is_revived
        only_dead_deliveries_are_revived
        settled_deliveries_are_purged
        only_what_was_settled_long_ago_is_purged
    }
    run looking {
        the_depth_counts_every_state
        the_oldest_ready_delivery_has_an_age
        the_list_says_what_is_known
        the_list_begins_with_the_last_accepted
        the_list_keeps_to_its_filter
        the_list_has_bodies_only_if_asked
    }
    run probing {
        a_probe_leaves_nothing_behind
        a_probe_changes_no_delivery
        a_probe_tells_the_age_of_the_oldest_ready_delivery
        probes_of_many_do_not_disturb_each_other
    }
    run waiting {
        waiting_ends_after_its_time
        waiting_ends_at_once_if_a_delivery_is_ready
        waiting_ends_when_a_delivery_is_accepted
        waiting_ends_when_a_delivery_is_released
        waiting_ends_when_a_pause_is_over
        waiting_ends_when_a_lease_is_over
        every_waiter_hears_of_a_delivery
    }
    run lanes {
        a_lane_has_one_lease_at_a_time
        a_lane_is_free_again_after_every_settlement
        a_lane_goes_by_the_order_of_acceptance
        lanes_do_not_wait_for_each_other
        what_waits_for_its_next_attempt_does_not_hold_the_lane
        a_lease_that_ended_holds_the_lane
        attempts_used_up_free_the_lane
        what_is_blocked_shows_and_is_not_waited_for
        waiting_ends_when_the_lane_is_free
        a_crowded_lane_holds_up_no_other
    }
    run superseding {
        a_newer_delivery_supersedes_those_that_wait
        a_newer_delivery_supersedes_the_one_that_runs
        the_running_one_holds_the_lane_until_it_is_settled
        a_superseded_delivery_can_be_tried_again
        a_superseded_delivery_whose_lease_ended_is_leased_again
        an_older_version_is_superseded_when_it_comes
        of_equal_versions_the_later_is_newer
        only_deliveries_with_a_version_are_superseded
        other_lanes_are_not_superseded
        what_is_accepted_again_supersedes
        a_duplicate_supersedes_nothing
        of_equal_versions_the_newest_is_left_in_whatever_order_they_come
        what_is_known_to_be_older_is_superseded_when_it_is_accepted_again
        of_equal_versions_that_nothing_orders_all_are_handled
        of_equal_versions_with_one_head_the_later_is_newer
        a_branch_that_was_moved_back_is_built_where_it_is
        a_larger_version_is_newer_whatever_its_head
    }
    run sharing {
        a_delivery_accepted_by_many_is_new_to_one
        of_many_replays_at_once_one_is_accepted
        each_delivery_is_leased_to_exactly_one
        each_lane_is_held_by_one_at_a_time
        of_many_that_arrive_at_once_only_the_latest_is_left
    }
    run_on_clock clocks {
        nothing_waits_for_a_clock_that_was_set_back
        what_runs_while_the_clock_is_set_back_keeps_its_lease
        nothing_waits_for_a_clock_that_was_ahead_for_a_while
    }
}
