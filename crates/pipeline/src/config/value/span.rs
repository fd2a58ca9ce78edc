use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The units of a span of time, the longest first.
const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a span of time as a config writes it: `20m`, `1h30m`, `90d`. The units are `w`, `d`, `h`, `m` and `s`,
/// the longer before the shorter.
///
/// # Errors
///
/// Fails when the text is not such a span, or one of more than ten thousand years.
///
/// ```
/// use std::time::Duration;
/// use hookstead_pipeline::config::parse_span;
///
/// assert_eq!(parse_span("1h30m"), Ok(Duration::from_secs(5400)));
/// assert!(parse_span("20").is_err());
/// ```
pub fn parse_span(text: &str) -> Result<Duration, InvalidSpan> {
    const LONGEST: u64 = 10_000 * 365 * 86_400;
    if text.is_empty() {
        return Err(InvalidSpan::NoSpan);
    }
    let (mut seconds, mut digits) = (0_u64, String::new());
    let mut units = UNITS.iter();
    for character in text.chars() {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        // Only units that come later in the list are left, so none stands twice.
        let unit = units.find(|(unit, _)| *unit == character);
        let (_, factor) = unit.ok_or(InvalidSpan::NoSpan)?;
        if digits.is_empty() {
            return Err(InvalidSpan::NoSpan);
        }
        let number: u64 = digits.parse().map_err(|_| InvalidSpan::TooLong)?;
        let part = number.checked_mul(*factor).ok_or(InvalidSpan::TooLong)?;
        seconds = seconds.saturating_add(part);
        digits.clear();
    }
    if !digits.is_empty() {
        return Err(InvalidSpan::NoUnit);
    }
    if seconds > LONGEST {
        return Err(InvalidSpan::TooLong);
    }
    Ok(Duration::from_secs(seconds))
}

/// A span of time as [`parse_span`] reads it: `1h30m`. What is less than a second is left out.
#[must_use]
pub fn show_span(span: Duration) -> String {
    let mut left = span.as_secs();
    let mut text = String::new();
    // Ninety days are `90d` and not `12w6d`: nobody counts so.
    let units = if left.is_multiple_of(604_800) { &UNITS[..] } else { &UNITS[1..] };
    for (unit, factor) in units {
        if left >= *factor {
            text.push_str(&format!("{}{unit}", left / factor));
            left %= factor;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Why a text is no span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSpan {
    /// It is not made of numbers and units.
    NoSpan,
    /// A number has no unit.
    NoUnit,
    /// It is longer than ten thousand years.
    TooLong,
}

impl fmt::Display for InvalidSpan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoSpan => {
                "is no span of time such as `20m`, `1h30m` or `90d` (units: w, d, h, m, s)"
            }
            Self::NoUnit => "has a number without a unit, as in `20m` or `1h30m`",
            Self::TooLong => "is longer than ten thousand years",
        })
    }
}

impl Error for InvalidSpan {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_shown() {
        for (text, seconds, shown) in [
            ("20m", 1_200, "20m"),
            ("1h30m", 5_400, "1h30m"),
            ("90m", 5_400, "1h30m"),
            ("90d", 7_776_000, "90d"),
            ("2w", 1_209_600, "2w"),
            ("14d", 1_209_600, "2w"),
            ("1w1d", 691_200, "8d"),
            ("0s", 0, "0s"),
            ("10s", 10, "10s"),
        ] {
            let span = parse_span(text).unwrap();
            assert_eq!((span.as_secs(), show_span(span).as_str()), (seconds, shown), "{text}");
            assert_eq!(parse_span(&show_span(span)), Ok(span));
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        use InvalidSpan::{NoSpan, NoUnit, TooLong};
        for (text, error) in [
            ("", NoSpan),
            ("m", NoSpan),
            ("20", NoUnit),
            ("1h30", NoUnit),
            ("-5m", NoSpan),
            ("1.5h", NoSpan),
            ("5 m", NoSpan),
            ("5min", NoSpan),
            ("30m1h", NoSpan),
            ("1h1h", NoSpan),
            ("20M", NoSpan),
            ("99999999999999999999s", TooLong),
            ("9999999999w", TooLong),
        ] {
            assert_eq!(parse_span(text), Err(error), "{text:?}");
        }
    }
}
