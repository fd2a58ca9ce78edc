use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

/// What an answer says about coming back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Limit {
    /// A rate limit refused the request: it was not processed.
    pub(crate) is_rate_limit: bool,
    /// The answer names no time.
    pub(crate) is_guess: bool,
    /// How long to wait.
    pub(crate) retry_after: Option<Duration>,
}

/// What GitHub asks for where it names no time: *at least a minute*.
const UNKNOWN_WAIT: Duration = Duration::from_secs(60);

/// A window that has just ended is not asked again at once: clocks differ, seconds are rounded.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// None of GitHub's windows is longer than an hour. A header that speaks of more is believed for
/// a day, so that a nonsensical one does not make a delivery sleep for years.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// The end of a window that is farther away than this, ahead or behind, is in milliseconds, or in seconds
/// from now, or by another clock: it says nothing.
const FARTHEST_RESET_SECONDS: u64 = LONGEST_WAIT.as_secs();

impl Limit {
    /// Judges an error answer by GitHub's rules: rate limited is 403 or 429 with `retry-after`, or
    /// with `x-ratelimit-remaining: 0`, or with words about a rate limit. A 403 with none of them is
    /// a missing permission, and waiting does not help.
    ///
    /// Where only the words tell, no time is known: the counters in the headers are those of another
    /// limit, or of a server that has not counted yet.
    ///
    /// Another status can carry `retry-after` too: 503 does when GitHub is down on purpose.
    pub(crate) fn of<'a>(
        status: StatusCode,
        headers: &HeaderMap,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let now = now(headers);
        let retry_after = headers.get(RETRY_AFTER).map(|value| {
            value.to_str().ok().and_then(|text| delay(text, now)).unwrap_or(UNKNOWN_WAIT)
        });
        let is_candidate = matches!(status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
        if !is_candidate {
            let retry_after = retry_after.map(bounded);
            return Self { is_rate_limit: false, is_guess: false, retry_after };
        }
        let reset = || match number(headers, "x-ratelimit-remaining") {
            Some(0) => number(headers, "x-ratelimit-reset")
                .filter(|reset| reset.abs_diff(now) <= FARTHEST_RESET_SECONDS),
            _ => None,
        };
        let named = retry_after.or_else(|| Some(seconds(reset()?.saturating_sub(now))));
        let is_rate_limit = named.is_some()
            || status == StatusCode::TOO_MANY_REQUESTS
            || number(headers, "x-ratelimit-remaining") == Some(0)
            || words.into_iter().any(speaks_of_limit);
        Self {
            is_rate_limit,
            is_guess: is_rate_limit && named.is_none(),
            retry_after: is_rate_limit.then(|| bounded(named.unwrap_or(UNKNOWN_WAIT))),
        }
    }
}

fn bounded(wait: Duration) -> Duration {
    wait.clamp(SHORTEST_WAIT, LONGEST_WAIT)
}

/// The present moment in epoch seconds, by GitHub's clock where the answer shows it, so that a
/// wrong clock on this machine does no harm.
pub(crate) fn now(headers: &HeaderMap) -> i64 {
    date_of(headers).unwrap_or_else(|| jiff::Timestamp::now().as_second())
}

/// When GitHub answered by its own clock, in epoch seconds.
pub(crate) fn date_of(headers: &HeaderMap) -> Option<i64> {
    headers.get(DATE)?.to_str().ok().and_then(date)
}

/// Reads `Retry-After`: seconds, or the moment itself.
fn delay(text: &str, now: i64) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a long time too.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    date(text).map(|moment| seconds(moment.saturating_sub(now)))
}

/// Reads an HTTP date as epoch seconds: `Sun, 06 Nov 1994 08:49:37 GMT`, or one of the two older forms that
/// HTTP still knows. It is in UTC in every form.
fn date(text: &str) -> Option<i64> {
    const OLDER: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let text = text.trim();
    let newer = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let moment = newer.or_else(|| {
        let older = OLDER.iter().find_map(|form| jiff::civil::DateTime::strptime(form, text).ok());
        older?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    });
    moment.map(jiff::Timestamp::as_second)
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0))
}

fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Whether a text speaks of a limit: *API rate limit exceeded for user ID 1*, *You have exceeded a secondary
/// rate limit*, *You have triggered an abuse detection mechanism* on older Enterprise Servers; or
/// whether it is the address of GitHub's page about them.
fn speaks_of_limit(text: &str) -> bool {
    const WORDS: [&str; 3] = [" rate limit", " ratelimit", " abuse detection"];
    // What stands between two words may be anything: a line's end, a hyphen, an underscore.
    let text = text.to_ascii_lowercase();
    let words = text.split(|it: char| !it.is_alphanumeric()).filter(|word| !word.is_empty());
    let text = words.fold(String::with_capacity(text.len() + 1), |text, word| text + " " + word);
    WORDS.iter().any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE_HEADER: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    const DATE_EPOCH: i64 = 784_111_777;

    fn limit(status: u16, headers: &[(&'static str, &str)], message: &str) -> Option<u64> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let limit = Limit::of(StatusCode::from_u16(status).unwrap(), &map, Some(message));
        limit.is_rate_limit.then(|| limit.retry_after.unwrap().as_secs())
    }

    #[test]
    fn github_s_rules_in_their_order() {
        let reset = (DATE_EPOCH + 90).to_string();
        let past = (DATE_EPOCH - 90).to_string();
        for status in [403, 429] {
            for (headers, message, wait) in [
                (vec![("retry-after", "7")], "", 7),
                (vec![("retry-after", "7"), ("x-ratelimit-remaining", "0")], "", 7),
                (vec![DATE_HEADER, ("retry-after", "Sun, 06 Nov 1994 08:51:07 GMT")], "", 90),
                (vec![DATE_HEADER, ("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT")], "", 1),
                (vec![("retry-after", "soon")], "", 60),
                (vec![("retry-after", "")], "", 60),
                (vec![("retry-after", "0")], "", 1),
                (vec![("retry-after", "99999999999999999999999")], "", 86_400),
                (
                    vec![
                        DATE_HEADER,
                        ("x-ratelimit-remaining", "0"),
                        ("x-ratelimit-reset", &reset),
                    ],
                    "",
                    90,
                ),
                (
                    vec![DATE_HEADER, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &past)],
                    "",
                    1,
                ),
                (vec![("x-ratelimit-remaining", "0")], "", 60),
                // In milliseconds; from now on; none.
                (
                    vec![
                        DATE_HEADER,
                        ("x-ratelimit-remaining", "0"),
                        ("x-ratelimit-reset", "784111867000"),
                    ],
                    "",
                    60,
                ),
                (
                    vec![DATE_HEADER, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "90")],
                    "",
                    60,
                ),
                (
                    vec![DATE_HEADER, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "-1")],
                    "",
                    60,
                ),
                (vec![("retry-after", "-5")], "", 60),
                (vec![("retry-after", "7.5")], "", 60),
                (vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "x")], "", 60),
                (vec![], "You have exceeded a secondary rate limit. Please wait.", 60),
                (vec![("x-ratelimit-remaining", "41")], "a SECONDARY rate limit", 60),
                (vec![], "You have triggered an abuse detection mechanism.", 60),
                (vec![], "API rate limit exceeded for user ID 1.", 60),
                (vec![("x-ratelimit-remaining", "4999")], "API Rate Limit Exceeded", 60),
                (
                    vec![
                        DATE_HEADER,
                        ("x-ratelimit-remaining", "1"),
                        ("x-ratelimit-reset", &reset),
                    ],
                    "API rate limit already exceeded for installation ID 7.",
                    60,
                ),
                (vec![], "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api", 60),
                (vec![], "API_RATE_LIMIT_EXCEEDED", 60),
                (vec![], "the rate-limit of this token is used up", 60),
                (vec![], "<h1>Rate\r\n  limited</h1>", 60),
                (vec![], "<title>RateLimit&nbsp;exceeded</title>", 60),
                (vec![DATE_HEADER, ("retry-after", "Sunday, 06-Nov-94 08:50:37 GMT")], "", 60),
                (vec![DATE_HEADER, ("retry-after", "Sun Nov  6 08:51:07 1994")], "", 90),
            ] {
                assert_eq!(limit(status, &headers, message), Some(wait), "{headers:?} {message}");
            }
        }
    }

    #[test]
    fn the_local_clock_serves_where_the_answer_has_no_date() {
        let reset = (jiff::Timestamp::now().as_second() + 1000).to_string();
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset.as_str())];
        let wait = limit(403, &headers, "").unwrap();
        assert!((900..=1000).contains(&wait), "{wait}");
    }

    #[test]
    fn a_403_without_signs_is_a_permission_error() {
        assert_eq!(limit(403, &[], "Resource not accessible by integration"), None);
        assert_eq!(
            limit(403, &[("x-ratelimit-remaining", "4999")], "Must have admin rights"),
            None
        );
        assert_eq!(limit(403, &[], "You cannot generate limited tokens"), None);
        assert_eq!(limit(429, &[], "slow down"), Some(60));
    }

    #[test]
    fn other_statuses_are_no_rate_limits() {
        assert_eq!(limit(404, &[("x-ratelimit-remaining", "0")], "Not Found"), None);
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "120".parse().unwrap());
        let limit = Limit::of(StatusCode::SERVICE_UNAVAILABLE, &headers, None);
        let retry_after = Some(Duration::from_secs(120));
        assert_eq!(limit, Limit { is_rate_limit: false, is_guess: false, retry_after });
    }
}
