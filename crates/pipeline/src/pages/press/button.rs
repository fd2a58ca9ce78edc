use crate::plan::Request;
use crate::record::{Build, BuildState};

/// A button of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Button {
    Again,
    Cancel,
    Approve,
}

impl Button {
    const ALL: [Self; 3] = [Self::Approve, Self::Cancel, Self::Again];

    /// The button of this word, as the address has it.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|button| button.word() == word)
    }

    /// Those that can be pressed.
    pub(super) fn possible(state: BuildState) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |button| button.fits(state))
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::Cancel => "cancel",
            Self::Approve => "approve",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Again => "Run again",
            Self::Cancel => "Cancel",
            Self::Approve => "Approve",
        }
    }

    /// Whether it has a sense for a build in this state.
    pub(super) fn fits(self, state: BuildState) -> bool {
        match self {
            Self::Again => state.is_final(),
            Self::Cancel => !state.is_final(),
            Self::Approve => state == BuildState::Waiting,
        }
    }

    /// Why it does nothing for a build that it does not fit, as a sentence.
    pub(super) fn why_not(self, build: &Build) -> String {
        let (number, state) = (build.number, build.state);
        match self {
            Self::Again => format!("Build {number} has not ended yet: it is {state}."),
            Self::Cancel => format!("Build {number} has ended already: {state}."),
            Self::Approve => format!("Build {number} waits for no approval: it is {state}."),
        }
    }

    pub(super) fn asks(self, build: i64) -> Request {
        match self {
            Self::Again => Request::Again(build),
            Self::Cancel => Request::Cancel(build),
            Self::Approve => Request::Approve(build),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_the_buttons_that_do_something() {
        for (state, words) in [
            (BuildState::Waiting, "approve cancel"),
            (BuildState::Queued, "cancel"),
            (BuildState::Running, "cancel"),
            (BuildState::Failed, "again"),
            (BuildState::Superseded, "again"),
        ] {
            let found: Vec<&str> = Button::possible(state).map(Button::word).collect();
            assert_eq!(found.join(" "), words, "{state}");
        }
        assert_eq!(Button::of("again"), Some(Button::Again));
        assert_eq!(Button::of("delete"), None);
    }
}
