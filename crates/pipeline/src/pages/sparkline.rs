//! How long the last builds took, as bars: a drawing within the page, without a style of its own.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::words::{counted, took};
use crate::journal::PastBuild;
use crate::record::BuildState;

/// So many builds are shown.
pub(super) const SHOWN: usize = 24;

/// A bar with the gap behind it, the bar, and how high the tallest one is.
const WIDTH: u64 = 6;
const BAR: u64 = 4;
const HEIGHT: u64 = 28;

/// Bars for these builds, of which the latest comes first and is drawn last. Nothing, if there are none.
pub(super) fn sparkline(builds: &[PastBuild]) -> Markup {
    let builds = builds.get(..SHOWN).unwrap_or(builds);
    let Some(longest) = builds.iter().map(|build| build.milliseconds).max() else {
        return html! {};
    };
    // One path for each state: a bar costs a few bytes.
    let mut paths: BTreeMap<BuildState, String> = BTreeMap::new();
    let first = SHOWN - builds.len();
    for (place, build) in builds.iter().rev().enumerate() {
        let height =
            build.milliseconds.saturating_mul(HEIGHT).div_ceil(longest.max(1)).clamp(2, HEIGHT);
        let left = u64::try_from(first + place).unwrap_or_default() * WIDTH;
        let bar = format!("M{left} {HEIGHT}v-{height}h{BAR}v{height}z");
        paths.entry(build.state).or_default().push_str(&bar);
    }
    let size = format!("0 0 {} {HEIGHT}", SHOWN as u64 * WIDTH - (WIDTH - BAR));
    let words = in_words(builds);
    html! {
        svg.spark role="img" viewBox=(size) preserveAspectRatio="none" aria-label=(words) {
            title { (words) }
            @for (state, path) in paths { path class={ "s-" (state) } d=(path) {} }
        }
    }
}

/// What the bars show, for those who do not see them.
fn in_words(builds: &[PastBuild]) -> String {
    let times = builds.iter().map(|build| build.milliseconds);
    let (shortest, longest) =
        (times.clone().min().unwrap_or_default(), times.max().unwrap_or_default());
    let bad =
        builds.iter().filter(|build| matches!(build.state, BuildState::Failed | BuildState::Error));
    let bad = match bad.count() {
        0 => "none failed".to_owned(),
        bad => format!("{bad} failed"),
    };
    match builds.len() {
        1 => format!("The last build took {}, {bad}", took(longest)),
        builds => format!(
            "The last {}: {} to {}, {bad}",
            counted(builds as u64, "build"),
            took(shortest),
            took(longest)
        ),
    }
}

/// How long a build usually takes: the middle one of those that passed. `None`, if none has.
pub(super) fn usual(builds: &[PastBuild]) -> Option<u64> {
    let passed = builds.iter().filter(|build| build.state == BuildState::Passed);
    let mut times: Vec<u64> = passed.map(|build| build.milliseconds).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(number: i64, state: BuildState, milliseconds: u64) -> PastBuild {
        PastBuild { number, job: "test".to_owned(), state, milliseconds }
    }

    #[test]
    fn bars_are_as_high_as_builds_were_long_and_the_latest_is_last() {
        assert_eq!(sparkline(&[]).into_string(), "");
        let builds = [
            build(3, BuildState::Failed, 500),
            build(2, BuildState::Passed, 1000),
            build(1, BuildState::Passed, 0),
        ];
        let drawn = sparkline(&builds).into_string();
        assert!(
            drawn.contains("class=\"s-passed\" d=\"M126 28v-2h4v2zM132 28v-28h4v28z\""),
            "{drawn}"
        );
        assert!(drawn.contains("class=\"s-failed\" d=\"M138 28v-14h4v14z\""), "{drawn}");
        assert!(drawn.contains("The last 3 builds: 0.0 s to 1.0 s, 1 failed"), "{drawn}");
        let many = vec![build(1, BuildState::Passed, u64::MAX / 1000); 100];
        assert!(sparkline(&many).into_string().contains("The last 24 builds"));
    }

    #[test]
    fn usual_is_the_middle_of_what_passed() {
        assert_eq!(usual(&[build(1, BuildState::Failed, 5)]), None);
        let times = [9, 1, 5].map(|time| build(1, BuildState::Passed, time));
        assert_eq!(usual(&times), Some(5));
    }
}
