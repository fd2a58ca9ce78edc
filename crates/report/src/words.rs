//! The words of reports that no verdict brings.

use hookstead_client::CheckConclusion;
use hookstead_handler::{Advice, End, Interruption};

use crate::verdict::Verdict;

/// What a report says while the work runs, unless it is told otherwise.
pub(crate) const RUNNING: &str = "Running";

/// What a report says between two attempts at work that waits.
pub(crate) const WAITING: &str = "Waiting";

/// How the words end of what is not the last word.
const AGAIN: [&str; 2] = [", to be tried again", ", to be started again"];

/// Whether these words say that another attempt follows.
pub(crate) fn promise_another(description: &str) -> bool {
    AGAIN.iter().any(|end| description.ends_with(end))
}

/// The work returned an error. Its own words are not said: they tell of machines and paths.
pub(crate) fn of_error(advice: &Advice) -> Verdict {
    Verdict::error(match advice {
        Advice::Permanent => "Ended by an error",
        Advice::Outage(_) => "Something that it needs is down, to be tried again",
        _ => "Ended by an error, to be tried again",
    })
}

/// The work panicked.
pub(crate) fn of_panic() -> Verdict {
    Verdict::error("Ended by a panic, to be tried again")
}

/// The verdict is there, and the inbox cannot keep it.
pub(crate) fn of_unkept() -> Verdict {
    Verdict::error("The verdict cannot be kept, to be tried again")
}

/// The work was dropped before its end.
pub(crate) fn of_interruption(why: Option<Interruption>) -> Verdict {
    let Some(why) = why else { return Verdict::error("Interrupted before the end") };
    let conclusion = match why {
        Interruption::Deadline => CheckConclusion::TimedOut,
        _ => CheckConclusion::Cancelled,
    };
    Verdict::error(why.to_string()).conclusion(conclusion)
}

/// No attempt follows.
pub(crate) fn of_end(end: End) -> Verdict {
    match end {
        End::Superseded => of_interruption(Some(Interruption::Superseded)),
        End::Canceled => of_interruption(Some(Interruption::Canceled)),
        _ => Verdict::error("given up"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_last_word_says_so() {
        let another = [
            of_error(&Advice::Retry),
            of_error(&Advice::Outage(None)),
            of_panic(),
            of_unkept(),
            of_interruption(Some(Interruption::Shutdown)),
        ];
        assert!(another.iter().all(|it| promise_another(it.description())), "{another:?}");
        let last = [
            of_error(&Advice::Permanent),
            of_interruption(None),
            of_interruption(Some(Interruption::Deadline)),
            of_end(End::Superseded),
            of_end(End::Canceled),
            of_end(End::Dead),
        ];
        assert!(!last.iter().any(|it| promise_another(it.description())), "{last:?}");
    }
}
