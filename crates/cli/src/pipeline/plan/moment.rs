use hookstead::types::Timestamp;
use hookstead_pipeline::config::parse_span;

const DAY: i64 = 86_400;

/// The moment that a person names: `today`, `yesterday`, a day, a moment, or how long ago.
pub(crate) fn since(word: &str, now: &Timestamp) -> Option<Timestamp> {
    let now = now.instant()?.as_second();
    let midnight = now - now.rem_euclid(DAY);
    // Written as GitHub writes moments.
    let at = |second| Timestamp::from_epoch_seconds(second).instant().map(Timestamp::from);
    match word {
        "today" => return at(midnight),
        "yesterday" => return at(midnight - DAY),
        _ => {}
    }
    if let Ok(span) = parse_span(word) {
        return at(now.checked_sub(i64::try_from(span.as_secs()).ok()?)?);
    }
    let whole = if word.len() == "2026-03-01".len() {
        format!("{word}T00:00:00Z")
    } else {
        word.to_owned()
    };
    let moment = Timestamp::from(whole.as_str());
    moment.instant().is_some().then_some(moment)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

    use super::*;

    #[test]
    fn moments_that_people_name() {
        let now = Timestamp::from("2026-03-02T09:41:07Z");
        for (word, moment) in [
            ("today", "2026-03-02T00:00:00Z"),
            ("yesterday", "2026-03-01T00:00:00Z"),
            ("2h", "2026-03-02T07:41:07Z"),
            ("1d12h", "2026-02-28T21:41:07Z"),
            ("2026-02-28", "2026-02-28T00:00:00Z"),
            ("2026-02-28T12:00:00+02:00", "2026-02-28T10:00:00Z"),
        ] {
            assert_eq!(since(word, &now).unwrap(), Timestamp::from(moment), "{word}");
        }
        for word in ["", "tomorrow", "2", "2026-02-30", "28.02.2026", "-2h"] {
            assert!(since(word, &now).is_none(), "{word}");
        }
    }
}
