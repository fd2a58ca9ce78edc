use std::fmt;

/// How a pull request is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MergeMethod {
    Merge,
    Squash,
    Rebase,
}

impl MergeMethod {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Squash => "squash",
            Self::Rebase => "rebase",
        }
    }
}

/// Why something was not merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MergeRefusal {
    /// It is closed or merged already.
    NotOpen,
    Draft,
    /// Its base has no merge queue.
    NoQueue,
    /// It is in the merge queue already.
    Queued,
    Conflict,
    /// The base branch requires something that is not so; in GitHub's words.
    Blocked(String),
    /// The base has everything already.
    Nothing,
    /// Somebody pushed to the base meanwhile.
    BaseMoved,
}

impl fmt::Display for MergeRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Blocked(message) => message.trim_end(),
            Self::NotOpen => "it is not open",
            Self::NoQueue => "its base has no merge queue",
            Self::Queued => "it is in the merge queue already",
            Self::Draft => "it is a draft",
            Self::Conflict => "it conflicts with its base",
            Self::Nothing => "the base has all its commits",
            Self::BaseMoved => "somebody pushed to its base meanwhile",
        })
    }
}
