use std::fmt;

/// The issue or pull request that an event is about, by its number in the event's repository; see
/// [`Event::subject`](crate::Event::subject).
///
/// Issues and pull requests of a repository share their numbers, and GitHub takes the number of either
/// where comments and labels are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// An issue.
    Issue(u64),
    /// A pull request.
    PullRequest(u64),
}

impl Subject {
    /// Its number in the repository.
    #[must_use]
    pub fn number(self) -> u64 {
        match self {
            Self::Issue(number) | Self::PullRequest(number) => number,
        }
    }

    /// The number of the pull request, if it is one.
    #[must_use]
    pub fn pull_request(self) -> Option<u64> {
        match self {
            Self::PullRequest(number) => Some(number),
            Self::Issue(_) => None,
        }
    }
}

/// As people write it: `#7`.
impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.number())
    }
}
