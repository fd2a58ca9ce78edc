//! A state as people see it: a sign and the word, in the state's colour.

use maud::{Markup, html};

use crate::record::BuildState;

// The signs, in a square of 16. They differ in shape, as colours alone do not tell everybody.
const PASSED: &str = "M4 8.5l2.7 2.7L12 5.5";
const FAILED: &str = "M5 5l6 6M11 5l-6 6";
const ERROR: &str = "M8 4v4.5M8 11.8v.2";
const RUNNING: &str = "M6 4.5v7l5.5-3.5z";
const WAITING: &str = "M6 4.5v7M10 4.5v7";
const QUEUED: &str = "M8 4.5V8l2.5 1.8";
const CANCELED: &str = "M5 5h6v6h-6z";
const SUPERSEDED: &str = "M4.5 4.5L8 8l-3.5 3.5M8.5 4.5L12 8l-3.5 3.5";

pub(super) fn sign_of(state: BuildState) -> &'static str {
    match state {
        BuildState::Waiting => WAITING,
        BuildState::Queued => QUEUED,
        BuildState::Running => RUNNING,
        BuildState::Passed => PASSED,
        BuildState::Failed => FAILED,
        BuildState::Error => ERROR,
        BuildState::Canceled => CANCELED,
        BuildState::Superseded => SUPERSEDED,
    }
}

/// The sign and the word.
pub(super) fn badge(state: BuildState) -> Markup {
    html! { span class={ "state s-" (state) } { (sign(state)) (state) } }
}

/// The sign alone, for where the word stands beside it.
fn sign(state: BuildState) -> Markup {
    html! { svg viewBox="0 0 16 16" aria-hidden="true" { path d=(sign_of(state)) {} } }
}

/// What several builds together are: the worst of those that ended, or what still goes on.
pub(super) fn together(states: impl IntoIterator<Item = BuildState>) -> Option<BuildState> {
    let rank = |state: &BuildState| match state {
        BuildState::Superseded => 0,
        BuildState::Canceled => 1,
        BuildState::Passed => 2,
        BuildState::Queued => 3,
        BuildState::Running => 4,
        BuildState::Waiting => 5,
        BuildState::Error => 6,
        BuildState::Failed => 7,
    };
    states.into_iter().max_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_somebody_is_said_first() {
        use BuildState::{Failed, Passed, Running, Superseded};
        assert_eq!(together([]), None);
        assert_eq!(together([Passed, Superseded, Passed]), Some(Passed));
        assert_eq!(together([Passed, Running]), Some(Running));
        assert_eq!(together([Failed, Running, Passed]), Some(Failed));
    }
}
