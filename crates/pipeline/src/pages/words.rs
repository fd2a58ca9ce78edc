//! Times and amounts as people say them.

use hookstead::types::Timestamp;
use maud::{Markup, html};

use crate::record::Build;

/// How long something took: `0.4 s`, `1 min 12 s`, `2 h 5 min`.
pub(super) fn took(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match seconds {
        0..10 => format!("{}.{} s", seconds, milliseconds % 1000 / 100),
        10..60 => format!("{seconds} s"),
        60..3600 => two(minutes, "min", seconds % 60, "s"),
        3600..86_400 => two(hours, "h", minutes, "min"),
        _ => two(days, "d", hours, "h"),
    }
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    match small {
        0 => format!("{large} {large_unit}"),
        small => format!("{large} {large_unit} {small} {small_unit}"),
    }
}

/// How long ago a moment was: `just now`, `3 min ago`; a date, if that was long ago.
fn ago_in_words(now: jiff::Timestamp, then: jiff::Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    match seconds {
        ..-60 => format!("on {}", then.strftime("%-d %b %Y")),
        -60..10 => "just now".to_owned(),
        10..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        86_400..2_592_000 => format!("{} d ago", seconds / 86_400),
        _ => format!("on {}", then.strftime("%-d %b %Y")),
    }
}

/// How long ago a moment was, with the exact one for those who want it.
pub(super) fn ago(now: &Timestamp, then: &Timestamp) -> Markup {
    match (now.instant(), then.instant()) {
        (Some(now), Some(then)) => exact("ago", then, &ago_in_words(now, then)),
        _ => html! { (then) },
    }
}

/// For how long something has been so.
pub(super) fn since(now: &Timestamp, then: &Timestamp) -> Markup {
    match milliseconds_between(then, now) {
        Some(milliseconds) => {
            // Tenths would only flicker.
            let words = took(milliseconds / 1000 * 1000).replace(".0 s", " s");
            exact("since", then.instant().unwrap_or_default(), &words)
        }
        None => html! { (then) },
    }
}

/// A moment in these words, with the exact one for those who want it.
pub(super) fn exactly(then: &Timestamp, words: &str) -> Markup {
    exact("at", then.instant().unwrap_or_default(), words)
}

fn exact(class: &str, then: jiff::Timestamp, words: &str) -> Markup {
    let machine = then.strftime("%Y-%m-%dT%H:%M:%SZ");
    let people = then.strftime("%a %-d %b %Y, %H:%M:%S UTC");
    html! { time class=(class) datetime=(machine) title=(people) { (words) } }
}

/// So many milliseconds from one moment to a later one.
pub(super) fn milliseconds_between(from: &Timestamp, to: &Timestamp) -> Option<u64> {
    let between = to.instant()?.as_millisecond() - from.instant()?.as_millisecond();
    Some(u64::try_from(between).unwrap_or_default())
}

/// How long a build ran, if it began and has ended.
pub(super) fn duration_of(build: &Build) -> Option<u64> {
    milliseconds_between(build.started_at.as_ref()?, build.ended_at.as_ref()?)
}

/// An amount of bytes: `312 bytes`, `4.2 KiB`.
pub(super) fn bytes(amount: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if amount < 1024 {
        return counted(amount, "byte");
    }
    let (mut size, mut unit) = (1024, 0);
    while amount / size >= 1024 && unit + 1 < UNITS.len() {
        size *= 1024;
        unit += 1;
    }
    let tenths = u128::from(amount) * 10 / u128::from(size);
    let unit = UNITS.get(unit).copied().unwrap_or_default();
    match tenths {
        0..100 => format!("{}.{} {unit}", tenths / 10, tenths % 10),
        _ => format!("{} {unit}", tenths / 10),
    }
}

/// What an event tells of, for those who do not know GitHub's names by heart.
pub(super) fn event(name: &str) -> String {
    let (event, action) = name.split_once('.').unwrap_or((name, ""));
    let words = match (event, action) {
        ("push", _) => "pushed",
        ("pull_request", "synchronize") => "pushed to the pull request",
        ("pull_request", "opened") => "pull request opened",
        ("pull_request", "reopened") => "pull request reopened",
        ("pull_request", "ready_for_review") => "ready for review",
        ("merge_group", _) => "merge queue",
        ("issue_comment", _) => "asked for by a comment",
        ("check_run" | "check_suite", _) => "asked for by a check's button",
        _ => return name.replace('_', " ").replace('.', ": "),
    };
    words.to_owned()
}

/// A number of things: `1 build`, `2 builds`.
pub(super) fn counted(number: u64, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        number => format!("{number} {thing}s"),
    }
}

/// A place in a row: `1st`, `22nd`, `13th`.
pub(super) fn place(number: u64) -> String {
    let end = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

/// The beginning of a text that may be of any length.
pub(super) fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_do() {
        for (milliseconds, words) in [
            (0, "0.0 s"),
            (449, "0.4 s"),
            (9_999, "9.9 s"),
            (10_000, "10 s"),
            (60_000, "1 min"),
            (72_000, "1 min 12 s"),
            (3_599_000, "59 min 59 s"),
            (7_500_000, "2 h 5 min"),
            (86_400_000, "1 d"),
            (277_200_000, "3 d 5 h"),
        ] {
            assert_eq!(took(milliseconds), words);
        }
        let now: jiff::Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        for (then, words) in [
            ("2026-11-28T10:00:00Z", "just now"),
            ("2026-11-28T10:00:30Z", "just now"),
            ("2026-11-28T09:59:48Z", "12 s ago"),
            ("2026-11-28T09:57:00Z", "3 min ago"),
            ("2026-11-28T07:59:59Z", "2 h ago"),
            ("2026-11-26T10:00:00Z", "2 d ago"),
            ("2026-01-02T10:00:00Z", "on 2 Jan 2026"),
            ("2027-01-02T10:00:00Z", "on 2 Jan 2027"),
        ] {
            assert_eq!(ago_in_words(now, then.parse().unwrap()), words);
        }
    }

    #[test]
    fn amounts_are_said_as_people_do() {
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(1023), "1023 bytes");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(4_404_020), "4.2 MiB");
        assert_eq!(bytes(64 << 20), "64 MiB");
        assert_eq!(bytes(u64::MAX), "16777215 TiB");
        assert_eq!(event("push"), "pushed");
        assert_eq!(event("pull_request.edited"), "pull request: edited");
        let places = [1, 2, 3, 4, 11, 12, 13, 21, 112].map(place);
        assert_eq!(places, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]);
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("äbcd", 3), "äbc…");
    }
}
