//! What a build came to, in a report's words.

use hookstead::client::CheckConclusion;
use hookstead::report::Verdict;

use crate::record::{Build, BuildState};

/// The verdict of a build that has ended.
pub(super) fn of(build: &Build) -> Verdict {
    let number = build.number;
    let summary = match build.summary.as_str() {
        "" => String::new(),
        summary => format!(": {summary}"),
    };
    match build.state {
        BuildState::Passed => Verdict::success(format!("Build #{number} passed{}", time(build))),
        BuildState::Failed => {
            Verdict::failure(format!("Build #{number} failed{}{summary}", time(build)))
        }
        BuildState::Canceled => Verdict::error(format!("Build #{number} was canceled{summary}"))
            .conclusion(CheckConclusion::Cancelled),
        BuildState::Superseded => {
            Verdict::error(format!("Build #{number} was superseded{summary}"))
                .conclusion(CheckConclusion::Cancelled)
        }
        _ => Verdict::error(format!("Build #{number} ended in an error{summary}")),
    }
}

/// ` in 42 s`, as far as it is known.
fn time(build: &Build) -> String {
    let instants = (build.started_at.as_ref(), build.ended_at.as_ref());
    let (Some(started), Some(ended)) = instants else { return String::new() };
    let (Some(started), Some(ended)) = (started.instant(), ended.instant()) else {
        return String::new();
    };
    let tenths = (ended.as_millisecond() - started.as_millisecond()).max(0) / 100;
    let seconds = tenths / 10;
    match seconds {
        0..10 => format!(" in {seconds}.{} s", tenths % 10),
        10..120 => format!(" in {seconds} s"),
        _ => format!(" in {} min {} s", seconds / 60, seconds % 60),
    }
}
