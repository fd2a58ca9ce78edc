use std::cmp::Ordering;

use hookstead_events::{PullRequestEvent, PushEvent, Sha};

/// The lane of a task: of the tasks in a lane at most one is at work at a time, on whichever machine.
///
/// A lane belongs to the handler that is registered with it
/// ([`Registration::lane`](crate::Registration::lane)), unless it is in a group, which several
/// handlers share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Lane {
    /// What the tasks of a lane have in common.
    pub key: String,
    /// The group that the lane is in, if handlers share it. Else it belongs to one handler alone.
    pub group: Option<String>,
    /// What becomes of the tasks of the lane.
    pub mode: LaneMode,
}

/// What becomes of the tasks of a [`Lane`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LaneMode {
    /// Every task is done. One that waits for its next attempt holds up no other.
    Free,
    /// Only the newest counts: a newer task supersedes the older ones.
    Latest {
        /// The larger number is newer; among equals, what `heads` say, else what was accepted later.
        version: i64,
        /// Which of two tasks with equal versions is newer, where both have this.
        heads: Option<Heads>,
    },
    /// One after the other, in the order in which they were accepted: a task that waits, for its next
    /// attempt too, holds up those behind it.
    InOrder {
        /// Whether a dead or canceled task holds up those behind it as well, until a person has
        /// decided.
        halts: bool,
    },
}

/// From which commit to which a branch moved. Moments of GitHub's are whole seconds, and deliveries
/// come in any order: of two pushes in the same second, the one that begins where the other ends is the
/// newer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Heads {
    /// Where it was; nothing if that is not known, as of a pull request that was just opened.
    pub before: Option<String>,
    /// Where it is.
    pub after: String,
}

impl Heads {
    /// From this commit, if it is known, to that one.
    #[must_use]
    pub fn new(before: Option<&Sha>, after: &Sha) -> Self {
        Self { before: before.map(|sha| sha.as_str().to_owned()), after: after.as_str().to_owned() }
    }

    /// The same from their names; for those who write a store.
    #[must_use]
    pub fn from_names(before: Option<String>, after: String) -> Self {
        Self { before, after }
    }

    /// Whether these are newer than known ones of the same moment. `None` where nothing tells: they
    /// are not next to each other, or the branch was moved back and forth. Two that came to the same
    /// commit from different ones are such a case: what is between them may be newer than the one, and
    /// older than the other. Of two equal ones the later is newer.
    fn order(&self, known: &Self) -> Option<Ordering> {
        if self.after == known.after {
            return (self.before == known.before).then_some(Ordering::Greater);
        }
        let begins_there = self.before.as_ref() == Some(&known.after);
        let ends_there = known.before.as_ref() == Some(&self.after);
        match (begins_there, ends_there) {
            (true, false) => Some(Ordering::Greater),
            (false, true) => Some(Ordering::Less),
            _ => None,
        }
    }
}

/// Of the pull request's branch.
impl From<&PullRequestEvent> for Heads {
    fn from(event: &PullRequestEvent) -> Self {
        let after = event.after.as_ref().unwrap_or(&event.pull_request.head.sha);
        Self::new(event.before.as_ref(), after)
    }
}

/// Of the branch that was pushed to.
impl From<&PushEvent> for Heads {
    fn from(event: &PushEvent) -> Self {
        Self::new(Some(&event.before), &event.after)
    }
}

impl Lane {
    /// The longest key that is kept as it is, in bytes: more than a repository and a branch have,
    /// and what a database's index takes. Of a longer key only a digest distinguishes the end.
    pub const MAX_KEY_LENGTH: usize = 1024;

    /// A lane of one handler, in which every task is done.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        let mut key = key.into();
        if key.len() > Self::MAX_KEY_LENGTH {
            let digest = format!("...{:032x}", digest(key.as_bytes()));
            key.truncate(key.floor_char_boundary(Self::MAX_KEY_LENGTH - digest.len()));
            key.push_str(&digest);
        }
        Self { key, group: None, mode: LaneMode::Free }
    }

    /// The same lane in a group, which several handlers share.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// The same lane, in which only the newest task counts.
    #[must_use]
    pub fn latest_only(mut self, version: i64) -> Self {
        self.mode = LaneMode::Latest { version, heads: None };
        self
    }

    /// The same lane; of equal versions these tell which is newer. It changes nothing where not only
    /// the newest counts.
    #[must_use]
    pub fn heads(mut self, new: Heads) -> Self {
        if let LaneMode::Latest { heads, .. } = &mut self.mode {
            *heads = Some(new);
        }
        self
    }

    /// The same lane, in which one task is done after the other.
    #[must_use]
    pub fn in_order(mut self, halts: bool) -> Self {
        self.mode = LaneMode::InOrder { halts };
        self
    }

    /// Whether a task in this lane that is accepted now is newer than one that is known, and
    /// supersedes it (`Greater`), or is superseded by it (`Less`). By their versions; if those are
    /// equal, by their [heads](Heads), where both have some; else what is accepted now is newer.
    /// `None`: both are done, since not only the latest counts for one of them, or nothing tells which
    /// is newer and to stop the newer one would be worse. For those who write a store.
    #[must_use]
    pub fn order(&self, known: &Self) -> Option<Ordering> {
        let (
            LaneMode::Latest { version, heads },
            LaneMode::Latest { version: known_version, heads: known_heads },
        ) = (&self.mode, &known.mode)
        else {
            return None;
        };
        let by_version = version.cmp(known_version);
        match (by_version, heads, known_heads) {
            (Ordering::Equal, Some(heads), Some(known)) => heads.order(known),
            (Ordering::Equal, ..) => Some(Ordering::Greater),
            _ => Some(by_version),
        }
    }
}

/// FNV-1a in 128 bits: the same in every version and on every machine, which std's hash is not.
fn digest(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |digest, byte| (digest ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_stay_apart_and_short_enough() {
        let start = "é".repeat(Lane::MAX_KEY_LENGTH);
        let [one, two] = ["1", "2"].map(|end| Lane::new(format!("{start}{end}")));
        assert_ne!(one, two);
        assert_eq!(one, Lane::new(format!("{start}1")));
        assert!(one.key.len() <= Lane::MAX_KEY_LENGTH && one.key.starts_with("é"));
        let longest = "k".repeat(Lane::MAX_KEY_LENGTH);
        assert_eq!(Lane::new(longest.clone()).key, longest);
    }

    #[test]
    fn the_order_of_two_is_told_from_both_sides() {
        use Ordering::{Greater, Less};

        let lane = |version, before: &str, after: &str| {
            let before = (!before.is_empty()).then(|| before.to_owned());
            let lane = Lane::new("one").latest_only(version);
            match after {
                "" => lane,
                _ => lane.heads(Heads::from_names(before, after.to_owned())),
            }
        };
        for (new, known, order, reverse) in [
            // Versions go first.
            (lane(2, "a", "b"), lane(1, "b", "c"), Some(Greater), Some(Less)),
            // The one begins where the other ends.
            (lane(1, "b", "c"), lane(1, "a", "b"), Some(Greater), Some(Less)),
            (lane(1, "a", "b"), lane(1, "", "a"), Some(Greater), Some(Less)),
            // Nothing tells.
            (lane(1, "a", "b"), lane(1, "c", "d"), None, None),
            (lane(1, "a", "b"), lane(1, "b", "a"), None, None),
            (lane(1, "", "a"), lane(1, "", "b"), None, None),
            (lane(1, "a", "b"), Lane::new("one"), None, None),
            (lane(1, "a", "b"), lane(1, "c", "b"), None, None),
            (lane(1, "", "b"), lane(1, "a", "b"), None, None),
            // Whichever is accepted now.
            (lane(1, "a", "b"), lane(1, "a", "b"), Some(Greater), Some(Greater)),
            (lane(1, "", "a"), lane(1, "", "a"), Some(Greater), Some(Greater)),
            (lane(1, "a", "b"), lane(1, "", ""), Some(Greater), Some(Greater)),
            (lane(1, "", ""), lane(1, "", ""), Some(Greater), Some(Greater)),
        ] {
            assert_eq!(new.order(&known), order, "{new:?} {known:?}");
            assert_eq!(known.order(&new), reverse, "{known:?} {new:?}");
        }
    }
}
