//! What comes of an attempt, by tables.

use std::time::Duration;

use hookstead_handler::{Advice, Delivery, End};

use super::decision::{
    Counters, after_failed_ended, after_failure, ends_before_it_begins, shortened,
};
use super::settings::Settings;
use super::worker::Worker;
use crate::store::lease::{LeaseToken, Leased};
use crate::store::registry::TakerId;
use crate::store::settlement::{Because, Settlement};
use crate::store::task_id::TaskId;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn decide(counters: Counters, advice: Advice, portion: f64) -> Settlement {
    after_failure(&Settings::default(), counters, advice, "broken".to_owned(), portion)
}

fn again(after: Duration, because: Because) -> Settlement {
    Settlement::Again { after, because, text: "broken".to_owned() }
}

fn dead(text: &str) -> Settlement {
    Settlement::End { end: End::Dead, text: text.to_owned() }
}

fn failed(failures: u32) -> Counters {
    Counters { failures, ..Counters::default() }
}

fn failing_for(duration: Duration) -> Counters {
    Counters { failing_for: Some(duration), ..Counters::default() }
}

#[test]
fn a_failure_is_tried_again_with_growing_pauses_until_the_twelfth() {
    for (failures, portion, after) in [
        (0, 1.0, SECOND),
        (0, 0.5, SECOND / 2),
        (1, 1.0, 2 * SECOND),
        (5, 1.0, 32 * SECOND),
        (10, 1.0, 1024 * SECOND),
        (10, 0.0, Duration::ZERO),
    ] {
        let expected = again(after, Because::Failure);
        assert_eq!(decide(failed(failures), Advice::Retry, portion), expected, "{failures}");
    }
    for advice in [Advice::Retry, Advice::RetryAfter(MINUTE)] {
        for failures in [11, 12, u32::MAX] {
            let Settlement::End { end: End::Dead, text } =
                decide(failed(failures), advice.clone(), 0.0)
            else {
                panic!("not dead after {failures} failures");
            };
            assert!(text.starts_with("gave up after "), "{text}");
        }
    }
    assert_eq!(decide(failed(11), Advice::Retry, 0.0), dead("gave up after 12 failures: broken"));
}

#[test]
fn the_first_failure_may_be_the_last() {
    for most in [0, 1] {
        let settings = Settings { max_failures: most, ..Settings::default() };
        let text = "broken".to_owned();
        let settlement = after_failure(&settings, failed(0), Advice::Retry, text, 0.0);
        assert_eq!(settlement, dead("gave up after 1 failure: broken"));
    }
}

#[test]
fn other_counters_than_failures_do_not_count_as_failures() {
    let counters = Counters {
        failures: 0,
        abandoned: 11,
        failing_for: Some(100 * DAY),
        waiting_for: Some(100 * DAY),
    };
    assert_eq!(decide(counters, Advice::Retry, 1.0), again(SECOND, Because::Failure));
}

#[test]
fn a_pause_that_was_asked_for_gets_up_to_a_fifth_more_and_never_less() {
    for (asked, portion, after) in [
        (MINUTE, 0.0, MINUTE),
        (MINUTE, 0.5, 66 * SECOND),
        (MINUTE, 1.0, 72 * SECOND),
        (MINUTE, 7.0, 72 * SECOND),
        (100 * DAY, 0.0, DAY),
        (Duration::MAX, 0.0, DAY),
    ] {
        let failure = decide(failed(0), Advice::RetryAfter(asked), portion);
        assert_eq!(failure, again(after, Because::Failure), "{asked:?} {portion}");
        let outage = decide(failed(0), Advice::Outage(Some(asked)), portion);
        assert_eq!(outage, again(after, Because::Outage), "{asked:?} {portion}");
    }
    for _ in 0..1000 {
        let Settlement::Again { after, .. } =
            decide(failed(0), Advice::RetryAfter(MINUTE), fastrand::f64())
        else {
            panic!("no other attempt");
        };
        assert!((MINUTE..=72 * SECOND).contains(&after), "{after:?}");
    }
}

#[test]
fn an_outage_is_tried_again_for_a_day_with_pauses_that_grow_to_ten_minutes() {
    for (failing, portion, after) in [
        (Duration::ZERO, 1.0, SECOND),
        (SECOND, 1.0, SECOND),
        (10 * SECOND, 1.0, 10 * SECOND),
        (10 * SECOND, 0.0, 5 * SECOND),
        (10 * MINUTE, 1.0, 10 * MINUTE),
        (5 * HOUR, 1.0, 10 * MINUTE),
        (5 * HOUR, 0.0, 5 * MINUTE),
        (DAY - SECOND, 1.0, 10 * MINUTE),
    ] {
        let settlement = decide(failing_for(failing), Advice::Outage(None), portion);
        assert_eq!(settlement, again(after, Because::Outage), "{failing:?} {portion}");
    }
    for asked in [None, Some(SECOND)] {
        let settlement = decide(failing_for(DAY), Advice::Outage(asked), 0.0);
        assert_eq!(settlement, dead("gave up: it has failed for more than 24 h: broken"));
    }
    let used_up = Counters { failures: 11, abandoned: 11, ..Counters::default() };
    let settlement = decide(used_up, Advice::Outage(None), 1.0);
    assert_eq!(settlement, again(SECOND, Because::Outage), "it counts nowhere");
    // Asked to come back at once, it does not do that all day.
    let settlement = decide(failed(0), Advice::Outage(Some(Duration::ZERO)), 0.0);
    assert_eq!(settlement, again(SECOND, Because::Outage));
}

/// The pauses of an outage without an end, as a run lives through them.
#[test]
fn an_outage_takes_few_attempts() {
    for portion in [0.0, 0.5, 1.0] {
        let (mut now, mut attempts) = (Duration::ZERO, 0);
        while let Settlement::Again { after, .. } =
            decide(failing_for(now), Advice::Outage(None), portion)
        {
            attempts += 1;
            now += after;
        }
        assert!((DAY..DAY + 10 * MINUTE).contains(&now), "{now:?}");
        assert!((140..330).contains(&attempts), "{attempts}");
    }
}

#[test]
fn a_wait_is_at_least_a_second_and_a_run_that_only_waits_dies_after_35_days() {
    let wait = |waiting_for: Option<Duration>, left: Duration| {
        let counters =
            Counters { waiting_for, failures: 11, abandoned: 11, failing_for: Some(DAY) };
        decide(counters, Advice::Wait { left, why: "an approval".to_owned() }, 1.0)
    };
    for (waited, left, after) in [
        (None, Duration::ZERO, SECOND),
        (None, SECOND / 2, SECOND),
        (None, 10 * DAY, 10 * DAY),
        (None, 100 * DAY, 35 * DAY),
        (None, Duration::MAX, 35 * DAY),
        (Some(30 * DAY), 10 * DAY, 5 * DAY),
        (Some(35 * DAY - SECOND / 4), HOUR, SECOND),
    ] {
        let text = "an approval".to_owned();
        let expected = Settlement::Again { after, because: Because::Wait, text };
        assert_eq!(wait(waited, left), expected, "{waited:?} {left:?}");
    }
    let text = "gave up: for 35 days it did nothing but wait: an approval";
    assert_eq!(wait(Some(35 * DAY), HOUR), dead(text));
}

#[test]
fn what_is_final_is_dead_at_once() {
    assert_eq!(decide(failed(0), Advice::Permanent, 0.0), dead("broken"));
}

fn leased() -> Leased {
    let delivery = Delivery::new("1".parse().unwrap(), "push".into(), "");
    Leased::new(LeaseToken::random(), TaskId(1), TakerId(1), delivery)
}

#[test]
fn some_runs_have_ended_before_they_are_tried() {
    let settings = Settings::default();
    let mut leased = leased();
    for (abandoned, ends) in [(0, false), (2, false), (11, false), (12, true), (99, true)] {
        leased.abandoned = abandoned;
        let end = ends_before_it_begins(&settings, &leased);
        assert_eq!(end.is_some(), ends, "{abandoned}");
        if let Some((end, text)) = end {
            assert_eq!(end, End::Dead);
            assert!(text.contains(&format!("{abandoned} leases in a row")), "{text}");
        }
    }
    leased.failures = 99;
    leased.abandoned = 0;
    assert_eq!(ends_before_it_begins(&settings, &leased), None, "failures end what has failed");

    leased.abandoned = 99;
    leased.marks.superseded_by = Some("newer".parse().unwrap());
    let expected = (End::Superseded, "superseded by newer".to_owned());
    assert_eq!(ends_before_it_begins(&settings, &leased), Some(expected));
    leased.marks.canceled = Some("not wanted".to_owned());
    let expected = (End::Canceled, "not wanted".to_owned());
    assert_eq!(ends_before_it_begins(&settings, &leased), Some(expected), "canceled wins");
}

#[test]
fn ended_is_tried_again_with_growing_pauses() {
    for (abandoned, longest) in [(0, SECOND), (1, 2 * SECOND)] {
        for _ in 0..100 {
            let again = after_failed_ended(&Settings::default(), abandoned, "broken".to_owned());
            let Settlement::Again { after, because: Because::Failure, text } = again else {
                panic!("{again:?}");
            };
            assert!(after <= longest && text == "broken", "{after:?} {text}");
        }
    }
}

#[test]
fn a_long_text_is_cut_between_characters() {
    let text = shortened("é".repeat(Worker::MAX_ERROR_LENGTH));
    assert_eq!(text.len(), Worker::MAX_ERROR_LENGTH + 3);
    assert!(text.ends_with("é..."));
    assert_eq!(shortened("short".to_owned()), "short");

    let long = "x".repeat(2 * Worker::MAX_ERROR_LENGTH);
    let wait = Advice::Wait { left: SECOND, why: long.clone() };
    for advice in [Advice::Permanent, Advice::Retry, Advice::Outage(None), wait] {
        let settlement = after_failure(&Settings::default(), failed(0), advice, long.clone(), 0.0);
        let (Settlement::End { text, .. } | Settlement::Again { text, .. }) = settlement else {
            panic!("{settlement:?}");
        };
        assert_eq!(text.len(), Worker::MAX_ERROR_LENGTH + 3);
    }
}
