//! What a handler's error says about the next attempt, and to people.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test says what it expects by panicking")]

use std::error::Error;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use hookstead_events::Timestamp;
use hookstead_handler::{Advice, HandlerError};
use hookstead_types::{Outage, RetryAfter};

const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// An error with something below it, whose text may repeat that.
#[derive(Debug)]
struct Wrapped(&'static str, Box<dyn Error + Send + Sync>);

impl fmt::Display for Wrapped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl Error for Wrapped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.1)
    }
}

fn wrapped(text: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Wrapped {
    Wrapped(text, source.into())
}

fn by_question_mark(error: impl Error + Send + Sync + 'static) -> HandlerError {
    fn fail(error: impl Error + Send + Sync + 'static) -> Result<(), HandlerError> {
        Err(error)?
    }
    fail(error).unwrap_err()
}

#[test]
fn an_outage_is_found_along_the_sources() {
    let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
    let pause = Duration::from_secs(7);
    for (error, expected) in [
        (by_question_mark(refused()), Advice::Retry),
        (by_question_mark(Outage::new()), Advice::Outage(None)),
        (by_question_mark(wrapped("a", wrapped("b", Outage::of(refused())))), Advice::Outage(None)),
        (by_question_mark(io::Error::other(Outage::new())), Advice::Outage(None)),
        (by_question_mark(io::Error::other(wrapped("a", Outage::new()))), Advice::Outage(None)),
        // A pause that is asked for is an outage as well.
        (by_question_mark(RetryAfter(pause)), Advice::Outage(Some(pause))),
        (by_question_mark(wrapped("a", RetryAfter(pause))), Advice::Outage(Some(pause))),
        (by_question_mark(Outage::of(RetryAfter(pause))), Advice::Outage(Some(pause))),
        (HandlerError::retry(wrapped("a", Outage::new())), Advice::Outage(None)),
        (HandlerError::outage(refused()), Advice::Outage(None)),
        (HandlerError::outage("the registry is down"), Advice::Outage(None)),
        (HandlerError::outage(RetryAfter(pause)), Advice::Outage(Some(pause))),
        (HandlerError::retry_after(Outage::new(), pause), Advice::Outage(Some(pause))),
        (HandlerError::retry_after("busy", pause), Advice::RetryAfter(pause)),
        (HandlerError::permanent(Outage::new()), Advice::Permanent),
        // A text is no marker.
        (HandlerError::retry(Outage::new().to_string()), Advice::Retry),
    ] {
        assert_eq!(error.advice(), expected, "{error:?}");
        assert_eq!(error.is_permanent(), expected == Advice::Permanent);
    }
}

#[test]
fn the_text_is_that_of_all_sources_once() {
    let refused = || io::Error::other("connection refused");
    for (error, text) in [
        (HandlerError::retry("a text"), "a text"),
        (by_question_mark(wrapped("cannot post", refused())), "cannot post: connection refused"),
        (by_question_mark(wrapped("no: connection refused", refused())), "no: connection refused"),
        // The marker is for programs.
        (
            by_question_mark(wrapped("no: connection refused", Outage::of(refused()))),
            "no: connection refused",
        ),
        (
            by_question_mark(wrapped("cannot post", Outage::of(refused()))),
            "cannot post: connection refused",
        ),
        (by_question_mark(wrapped("down", Outage::new())), "down"),
        // But where it is all there is, it is said.
        (by_question_mark(Outage::new()), "an outage of the other side"),
        (
            by_question_mark(wrapped("a", wrapped("b", wrapped("a", refused())))),
            "a: b: connection refused",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn an_error_that_is_its_own_source_is_left() {
    #[derive(Debug)]
    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("endless")
        }
    }

    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    let error = by_question_mark(Endless);
    assert_eq!((error.advice(), error.to_string().as_str()), (Advice::Retry, "endless"));
}

#[track_caller]
fn left(error: &HandlerError) -> Duration {
    let Advice::Wait { left, why } = error.advice() else { panic!("{error:?}") };
    assert_eq!(why, "an approval");
    assert_eq!(error.to_string(), "an approval");
    assert!(!error.is_permanent());
    left
}

#[test]
fn a_wait_is_what_is_left_by_this_clock() {
    let for_a_minute = HandlerError::wait(Duration::from_secs(60), "an approval");
    assert_eq!(left(&for_a_minute), Duration::from_secs(60));
    let soon = SystemTime::now() + Duration::from_secs(600);
    let now = Timestamp::now().instant().unwrap().as_second();
    let in_ten_minutes = Timestamp::from_epoch_seconds(now + 600);
    for error in [
        HandlerError::wait(soon, "an approval"),
        HandlerError::wait(in_ten_minutes.clone(), "an approval"),
        HandlerError::wait(&in_ten_minutes, "an approval"),
    ] {
        let left = left(&error).as_secs_f64();
        assert!((500.0..=600.0).contains(&left), "{left}");
    }
}

#[test]
fn a_wait_is_neither_too_short_nor_too_long() {
    for until in [
        HandlerError::wait(Duration::ZERO, "an approval"),
        HandlerError::wait(Duration::from_millis(999), "an approval"),
        HandlerError::wait(SystemTime::now(), "an approval"),
        HandlerError::wait(SystemTime::UNIX_EPOCH, "an approval"),
        HandlerError::wait(Timestamp::from("2019-05-15T15:20:33Z"), "an approval"),
    ] {
        assert_eq!(left(&until), HandlerError::SHORTEST_WAIT);
    }
    for until in [
        HandlerError::wait(Duration::MAX, "an approval"),
        HandlerError::wait(SystemTime::now() + 6 * WEEK, "an approval"),
        HandlerError::wait(Timestamp::from("9999-12-30T22:00:00Z"), "an approval"),
    ] {
        assert_eq!(left(&until), HandlerError::LONGEST_WAIT);
    }
    assert_eq!(HandlerError::SHORTEST_WAIT, Duration::from_secs(1));
    assert_eq!(HandlerError::LONGEST_WAIT, 5 * WEEK);
}

#[test]
fn a_timestamp_that_names_no_moment_is_permanent() {
    let error = HandlerError::wait(Timestamp::from("yester\u{1b}day"), "an approval");
    assert_eq!(error.advice(), Advice::Permanent);
    assert_eq!(
        error.to_string(),
        "cannot wait until `yester\\u{1b}day`, which names no moment (an approval)"
    );
}
