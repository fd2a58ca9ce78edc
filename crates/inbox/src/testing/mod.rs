//! The conformance suite: what every [`Store`] must do, as a test for each rule.
//!
//! Whoever writes a store calls [`conformance_tests!`](crate::conformance_tests) in a test file, and
//! gets one `#[test]` for each rule, named after it.
//!
//! For tests of programs there is a [`FaultyStore`], which fails when it is told to.
//!
//! The rules wait for what they expect, for at most a minute; leases and pauses in them are real
//! and short. A store passes on a slow machine, too.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a rule fails by panicking"
)]

mod accepting;
mod changing;
mod clocks;
mod counting;
mod ends;
mod expiring;
mod faulty_store;
mod found;
mod ghosts;
mod handing_over;
mod holding;
mod in_order;
mod lanes;
mod leases;
mod leasing;
mod looking;
mod placing;
mod probing;
mod purging;
mod random;
mod redelivering;
mod registering;
mod replays;
mod sharing;
mod steps;
mod superseding;
mod support;
mod test_store;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use crate::store::contract::Store;
pub use faulty_store::{FaultyStore, StoreCall};
pub use test_store::TestStore;

/// No rule takes longer than this, unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a rule on a fresh store, in a runtime of its own.
fn run(make: impl AsyncFnOnce() -> TestStore, rule: impl AsyncFnOnce(&Arc<dyn Store>)) {
    run_on_store(make, async |store: &TestStore| rule(&store.store).await);
}

/// The same for a rule that sets the clock.
fn run_on_clock(make: impl AsyncFnOnce() -> TestStore, rule: impl AsyncFnOnce(&TestStore)) {
    run_on_store(make, async |store: &TestStore| {
        if store.clock.is_some() {
            rule(store).await;
        }
    });
}

fn run_on_store(make: impl AsyncFnOnce() -> TestStore, rule: impl AsyncFnOnce(&TestStore)) {
    runtime().block_on(async {
        let store = make().await;
        let ruled = tokio::time::timeout(PATIENCE, rule(&store)).await;
        ruled.expect("the rule should hold long before this");
    });
}

/// The one rule that takes a fresh store for each of its cases.
#[doc(hidden)]
pub fn a_store_does_what_the_model_does(make: impl AsyncFn() -> TestStore) {
    runtime().block_on(random::random_sequences(&make));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
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
        ///     use hookstead_inbox::MemoryStore;
        ///     use hookstead_inbox::testing::TestStore;
        ///
        ///     hookstead_inbox::conformance_tests!(async || TestStore::new(MemoryStore::new()));
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

                #[test]
                fn a_store_does_what_the_model_does() {
                    $dollar crate::testing::a_store_does_what_the_model_does($dollar make);
                }
            };
        }
    };
}

rules! { $
    run registering {
        a_name_keeps_its_numbers
        the_registry_says_who_takes_what
        a_name_is_seen_as_often_as_it_is_claimed
        who_has_left_is_not_alive
        what_a_process_claims_no_more_it_does_not_take
        a_name_of_another_program_that_is_alive_is_taken
        a_new_name_takes_what_its_former_one_has
        a_former_name_is_followed_through_several
        a_former_name_that_nobody_knows_changes_nothing
        a_name_outlives_its_tasks
        odd_names_are_told_apart
    }
    run accepting {
        a_new_delivery_has_a_task_for_each_name
        a_new_task_is_ready_and_was_never_tried
        tasks_are_numbered_in_the_order_of_acceptance
        every_field_comes_back_as_it_went_in
        a_delivery_with_nothing_but_an_id_comes_back
        a_body_of_a_mebibyte_comes_back
        an_empty_body_comes_back
        hook_and_id_together_tell_deliveries_apart
        other_live_names_of_the_program_get_a_task_without_a_place
        another_program_s_names_get_no_task
        names_that_are_not_alive_get_no_task
        only_names_that_take_the_event_get_a_task
        who_says_no_gets_no_task
        what_all_decline_is_known_by_its_id_alone
        a_task_that_is_dead_from_the_start_is_ended
        tasks_of_one_delivery_have_each_its_lane
    }
    run handing_over {
        a_new_task_is_handed_over
        what_is_handed_over_holds_its_lane
        nothing_is_handed_over_past_those_in_line
        what_takes_the_place_of_those_that_wait_is_handed_over
        only_new_tasks_are_handed_over
        what_is_dead_from_the_start_is_not_handed_over
        what_was_handed_over_is_leased_again_when_its_lease_ends
        what_was_handed_over_can_be_released
    }
    run placing {
        a_task_is_leased_once_it_has_its_place
        those_without_a_place_come_oldest_first
        many_get_their_place_at_once
        a_task_that_has_a_place_stays_as_it_is
        what_is_declined_at_its_place_is_removed
        what_has_no_lane_at_its_place_is_dead
        a_late_place_keeps_the_order_of_acceptance
        a_late_place_waits_for_the_one_that_runs
        a_late_place_does_not_make_an_older_task_newer
        a_task_without_a_place_can_be_canceled
    }
    run redelivering {
        a_waiting_task_is_due_now
        a_leased_task_stays_leased
        a_task_that_waits_for_its_end_stays
        a_settled_task_has_a_new_run
        a_dead_task_goes_on
        while_one_is_at_work_no_settled_task_begins_anew
        a_dead_task_goes_on_while_another_is_at_work
        where_nothing_is_at_work_all_settled_tasks_begin_anew
        names_that_take_it_now_get_a_task
        what_was_declined_is_not_written_when_it_comes_again
        a_new_run_keeps_its_lane
        a_new_run_is_a_first_attempt_again
        an_older_one_that_comes_again_is_superseded_at_once
        the_newest_that_comes_again_runs_again
        a_body_that_is_gone_is_written_again
        what_is_submitted_again_is_a_duplicate_in_whatever_state
        what_is_submitted_under_the_id_of_something_else_is_an_error
        what_is_submitted_has_tasks_for_the_names_that_are_asked_for
    }
    run changing {
        a_settled_task_is_rerun_from_the_beginning
        what_is_still_at_it_is_not_rerun
        only_dead_tasks_are_revived
        a_revived_task_goes_on
        a_revived_task_forgets_the_step_that_is_named
        a_revived_task_is_due_when_it_was_told
        a_waiting_task_is_canceled
        a_leased_task_is_told_that_it_is_canceled
        what_is_settled_or_ending_is_not_canceled
        a_waiting_task_that_is_woken_is_due_now
        a_leased_task_that_is_woken_waits_no_more
        what_is_settled_or_ending_is_not_woken
        a_task_that_nobody_knows_is_unknown
        without_its_body_nothing_begins_anew
        a_change_is_of_one_task_alone
        a_rerun_ignores_what_came_before_it
        a_rerun_supersedes_nobody
        a_rerun_is_superseded_by_what_comes_after_it
        a_rerun_waits_for_its_lane
        an_older_one_that_is_revived_is_superseded_at_once
        a_revived_task_takes_the_place_of_older_ones
        an_end_that_was_marked_meanwhile_is_that_of_the_mark
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
        a_leased_task_is_not_leased_twice
        a_process_leases_only_for_its_own_names
        what_nobody_takes_waits
        names_take_turns
        a_share_is_for_first_attempts
        fresh_ones_take_the_places_that_retries_leave
        at_most_so_many_later_attempts_are_leased
        suspects_are_leased_one_at_a_time
        what_has_ended_comes_after_real_work
        the_next_due_moment_is_told
        what_is_in_line_is_not_due_next
        a_name_of_all_events_is_leased_for_any
    }
    run leases {
        a_renewed_lease_lasts_longer
        many_leases_are_renewed_at_once
        many_are_settled_at_once
        a_lost_lease_changes_nothing
        a_late_outcome_counts_if_nobody_took_the_task
        a_lease_that_has_just_ended_can_be_renewed
        a_settled_lease_is_lost
        an_unknown_token_is_a_lost_lease
    }
    run counting {
        attempts_are_counted_at_leasing
        each_settlement_counts_what_it_is
        a_lease_without_outcome_is_abandoned
        a_kept_step_takes_the_suspicion_away
        a_run_fails_since_its_first_failure
        a_run_waits_since_it_does_nothing_else
        a_second_chance_resets_all_counters
        a_retry_waits_for_its_time
        a_retry_for_ever_is_taken
        a_released_task_is_due_at_once
    }
    run steps {
        a_kept_step_comes_back
        a_step_is_kept_byte_for_byte
        the_last_result_of_a_step_counts
        steps_are_those_of_one_task
        a_second_chance_knows_the_steps
        a_new_run_knows_no_steps
    }
    run ends {
        a_done_task_is_settled
        an_end_keeps_lease_and_lane
        whose_end_was_not_told_is_leased_to_be_ended
        an_end_forgets_the_leases_abandoned_before
        a_failure_of_ended_counts_as_abandoned
        a_pause_of_ended_holds_the_lane
        what_is_released_while_it_ends_is_ended_by_another
        a_marked_task_ends_however_its_lease_ends
        done_is_stronger_than_a_mark
        of_two_marks_canceled_wins
        a_marked_task_that_is_released_waits_for_its_end
        a_marked_task_whose_lease_ended_waits_for_its_end
        an_end_that_is_being_told_is_not_marked_again
    }
    run expiring {
        a_lease_that_ended_is_taken_back
        the_pause_after_an_abandoned_lease_doubles
        the_pause_has_a_longest_length
        an_abandoned_task_keeps_its_lane_through_its_pause
        an_abandoned_task_that_comes_again_is_due_now
        many_leases_that_ended_are_all_taken_back
        an_outcome_ends_the_row_of_abandoned_leases
        a_lost_head_that_is_superseded_leaves_its_lane
        a_lost_head_that_is_canceled_leaves_its_lane
    }
    run lanes {
        a_lane_has_one_lease_at_a_time
        a_lane_is_passed_on_however_a_lease_ends
        what_is_given_back_goes_on_first
        a_lane_is_passed_on_by_a_lease_that_ended
        a_lane_goes_by_the_order_of_acceptance
        lanes_do_not_wait_for_each_other
        what_waits_for_its_next_attempt_does_not_hold_the_lane
        in_a_free_lane_the_head_is_what_is_due_first
        what_is_woken_passes_a_head_that_waits
        a_canceled_head_gives_its_place
        what_begins_anew_stands_in_line
        several_names_share_a_lane
        tasks_of_one_delivery_wait_for_each_other_in_a_lane
        what_is_in_line_shows
        a_crowded_lane_holds_up_no_other
        keys_are_compared_byte_for_byte
    }
    run in_order {
        what_waits_holds_up_those_behind_it
        a_lease_without_outcome_holds_up_those_behind_it
        the_first_accepted_goes_first_whenever_it_is_due
        a_dead_or_canceled_one_lets_the_next_go_on
        a_halting_lane_waits_for_a_decision
        a_halting_lane_goes_on_after_a_second_chance
        a_halting_lane_goes_on_after_a_redelivery
        a_second_chance_that_ends_so_again_halts_again
        a_halting_lane_goes_on_when_its_head_is_given_up
    }
    run ghosts {
        a_head_that_nobody_takes_gives_its_place
        a_ghost_s_lease_holds_the_lane_until_it_ends
        a_lane_of_ghosts_alone_stays_as_it_is
    }
    run superseding {
        a_newer_task_supersedes_those_that_wait
        a_newer_task_supersedes_the_one_that_runs
        the_last_newer_one_is_named
        what_supersedes_takes_over_the_due_moment
        what_supersedes_a_task_that_waits_is_due_now
        many_that_wait_are_superseded_at_once
        an_older_version_is_superseded_when_it_comes
        of_equal_versions_the_later_is_newer
        only_where_the_latest_counts_tasks_are_superseded
        other_lanes_are_not_superseded
        tasks_of_one_delivery_do_not_supersede_each_other
        a_newer_task_supersedes_all_tasks_of_an_older_delivery
        a_shared_lane_supersedes_across_names
        a_duplicate_supersedes_nothing
        what_is_ending_is_not_superseded
        of_equal_versions_the_newest_is_left_in_whatever_order_they_come
        of_equal_versions_that_nothing_orders_all_are_handled
        of_equal_versions_with_one_head_the_later_is_newer
        a_branch_that_was_moved_back_is_built_where_it_is
        a_larger_version_is_newer_whatever_its_head
    }
    run purging {
        settled_tasks_are_forgotten
        only_what_was_settled_long_ago_is_forgotten
        what_waits_for_its_end_is_not_forgotten
        a_delivery_is_kept_while_a_task_is
        bodies_go_before_their_tasks
        a_body_of_which_one_task_is_dead_is_kept_as_that_of_a_dead_one
        what_all_declined_is_forgotten
        what_nobody_takes_dies
        what_nobody_takes_frees_its_lane
        a_call_forgets_a_bounded_number
    }
    run looking {
        the_depth_counts_every_state
        the_depth_is_told_by_name
        the_depth_stops_counting
        the_oldest_ready_task_has_an_age
        the_list_says_what_is_known
        the_list_says_what_a_task_waits_for
        the_list_begins_with_the_last_accepted
        the_list_comes_in_pages
        the_list_keeps_to_its_filter
        the_list_has_bodies_only_if_asked
        what_is_known_is_told_in_whatever_state
    }
    run probing {
        a_probe_leaves_nothing_behind
        a_probe_changes_nothing
        a_probe_tells_the_age_of_the_oldest_due_of_each_name
        a_probe_tells_of_what_nobody_takes
        probes_of_many_do_not_disturb_each_other
    }
    run waiting {
        waiting_ends_after_its_time
        waiting_ends_when_a_delivery_is_accepted
        waiting_ends_when_a_task_is_released
        waiting_ends_when_a_pause_is_over
        waiting_ends_when_the_lane_is_free
        waiting_ends_when_a_task_is_changed
        waiting_ends_when_a_lease_is_taken_back
        every_waiter_hears_of_a_delivery
    }
    run holding {
        a_role_is_held_by_one
        a_role_is_free_after_its_time
        a_role_is_held_for_as_long_as_was_said_last
        of_many_at_once_one_gets_the_role
    }
    run sharing {
        a_delivery_accepted_by_many_is_new_to_one
        a_settled_delivery_accepted_by_many_begins_anew_once
        of_many_replays_at_once_one_is_accepted
        a_name_claimed_by_many_has_one_number
        each_task_is_leased_to_exactly_one
        each_lane_is_held_by_one_at_a_time
        each_lane_is_handed_over_to_one_at_a_time
        of_many_that_arrive_at_once_only_the_latest_is_left
        a_lease_is_taken_back_by_one_of_many
    }
    run_on_clock clocks {
        nothing_waits_for_a_clock_that_was_set_back
        what_runs_while_the_clock_is_set_back_keeps_its_lease
        nothing_waits_for_a_clock_that_was_ahead_for_a_while
        what_follows_from_a_wait_is_not_believed_longer
        a_role_is_not_held_for_a_clock_that_was_set_back
    }
}
