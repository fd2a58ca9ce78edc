use std::time::Duration;

use hookstead::types::{Sha, Timestamp};
use serde::Serialize;

/// The commit that a pull request, branch or tag is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The commit; all zeros when the pull request was closed, or the branch or tag deleted.
    pub sha: Sha,
    /// The commit that it was at before, where the event says so.
    pub before: Option<Sha>,
    /// The moment of the event.
    pub moment: Timestamp,
}

impl Head {
    /// 10 min. GitHub says in an event when something happened last, as it knows it when it writes the event. So the
    /// moment of an older one may be later than that of a newer one, but not by so much.
    pub const CLOCK_ERROR: Duration = Duration::from_secs(10 * 60);

    /// Whether this is known to be older than another head of the same. Of two of which one begins where the other
    /// ends, that is the newer; else the moments tell, which are whole seconds. The moments tell first where they are
    /// further apart than [`CLOCK_ERROR`](Self::CLOCK_ERROR): a branch was moved back to an old commit, and what was
    /// in between is not known. So they do of an end: every branch that is new begins at no commit, and so after
    /// every end.
    #[must_use]
    pub fn is_older_than(&self, other: &Self) -> bool {
        let (own, others) = (self.moment.instant(), other.moment.instant());
        let is_end = self.sha.is_zero() || other.sha.is_zero();
        let is_far = own.zip(others).is_some_and(|(own, others)| {
            own.duration_since(others).unsigned_abs() > Self::CLOCK_ERROR
        });
        if is_far || (is_end && own != others) {
            return own < others;
        }
        let begins_there = self.before.as_ref() == Some(&other.sha);
        let ends_there = other.before.as_ref() == Some(&self.sha);
        match (begins_there, ends_there) {
            (true, false) => false,
            (false, true) => true,
            // Moved there and back, or not next to each other.
            _ => own < others,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        let [sha, before, second] = text.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{text}");
        };
        let of = |digit: &str| digit.repeat(40).parse::<Sha>().ok();
        let moment = Timestamp::from_epoch_seconds(second.parse().unwrap());
        Head { sha: of(sha).unwrap(), before: of(before), moment }
    }

    #[test]
    fn commits_tell_what_is_older_and_else_moments() {
        for (own, other, is_older, is_newer) in [
            // Commit, commit before it, second.
            ("b a 5", "c b 5", true, false),
            ("b a 9", "c b 5", true, false),
            ("a - 5", "b a 5", true, false),
            ("b a 5", "b a 5", false, false),
            ("b a 4", "b a 5", true, false),
            // Not next to each other.
            ("b a 4", "d c 5", true, false),
            ("b a 5", "d c 5", false, false),
            // There and back.
            ("b a 4", "a b 5", true, false),
            ("b a 5", "a b 5", false, false),
            // Back to an old commit, with something in between that is not known.
            ("b a 5", "a c 900", true, false),
            ("b a 5", "a - 900", true, false),
            // The same within the clocks' error: the chain tells.
            ("a c 9", "b a 5", true, false),
            // Moved ahead, and told of much later than what follows.
            ("b a 606", "c b 5", false, true),
            ("b a 605", "c b 5", true, false),
            // Deleted, and pushed again.
            ("0 a 4", "b 0 5", true, false),
            ("0 a 5", "b 0 5", true, false),
            ("0 a 4", "a 0 5", true, false),
            // New, pushed, deleted; the push in between is not known.
            ("a 0 4", "0 b 5", true, false),
            // Deleted and made anew at an old commit, and then deleted again.
            ("a 0 6", "0 b 5", false, true),
            ("0 a 7", "a 0 6", false, true),
            // Closed and opened again.
            ("0 - 4", "a - 5", true, false),
            ("0 - 5", "a - 5", false, false),
        ] {
            let (own, other) = (head(own), head(other));
            assert_eq!(own.is_older_than(&other), is_older, "{own:?} {other:?}");
            assert_eq!(other.is_older_than(&own), is_newer, "{other:?} {own:?}");
        }
    }
}
