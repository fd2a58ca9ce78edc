use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hookstead_types::Timestamp;
use http::HeaderMap;

/// What GitHub left of one of a token's rate limits, as its last answer said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitLeft {
    /// What is counted: `core` for most calls, `search`, and such.
    pub resource: String,
    /// So many requests more are allowed until it begins anew.
    pub remaining: u32,
    /// So many are allowed in all, where GitHub said so.
    pub limit: Option<u32>,
    /// When it begins anew, where GitHub said so.
    pub resets_at: Option<Timestamp>,
}

/// GitHub has some fifteen; whoever names more is not it.
const MOST: usize = 30;

/// What was said last of each of a token's limits.
#[derive(Default)]
pub(crate) struct RateLimitsLeft(Mutex<BTreeMap<String, RateLimitLeft>>);

impl RateLimitsLeft {
    /// Notes what an answer says, if it says anything.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let Some(remaining) = text("x-ratelimit-remaining").and_then(|it| it.parse().ok()) else {
            return;
        };
        let resource = text("x-ratelimit-resource").unwrap_or("core").to_owned();
        let reset = text("x-ratelimit-reset").and_then(|it| it.parse().ok());
        let left = RateLimitLeft {
            resource: resource.clone(),
            remaining,
            limit: text("x-ratelimit-limit").and_then(|it| it.parse().ok()),
            resets_at: reset.map(Timestamp::from_epoch_seconds),
        };
        // Nothing panics while it is locked.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST || all.contains_key(&resource) {
            all.insert(resource, left);
        }
    }

    pub(crate) fn all(&self) -> Vec<RateLimitLeft> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn note(left: &RateLimitsLeft, headers: &[(&'static str, &str)]) {
        let pairs = headers.iter();
        let value = |value: &&str| HeaderValue::from_str(value).unwrap();
        left.note(
            &pairs.map(|(name, it)| (http::HeaderName::from_static(name), value(it))).collect(),
        );
    }

    #[test]
    fn the_last_answer_about_each_limit_counts() {
        let left = RateLimitsLeft::default();
        note(&left, &[("x-ratelimit-limit", "5000")]);
        note(&left, &[("x-ratelimit-remaining", "many")]);
        assert!(left.all().is_empty());
        note(&left, &[("x-ratelimit-remaining", "30"), ("x-ratelimit-resource", "search")]);
        for remaining in ["4999", "4998"] {
            note(
                &left,
                &[
                    ("x-ratelimit-remaining", remaining),
                    ("x-ratelimit-limit", "5000"),
                    ("x-ratelimit-reset", "1557933642"),
                ],
            );
        }
        let all = left.all();
        let of: Vec<_> =
            all.iter().map(|it| (it.resource.as_str(), it.remaining, it.limit)).collect();
        assert_eq!(of, [("core", 4998, Some(5000)), ("search", 30, None)]);
        let reset = all[0].resets_at.as_ref().map(ToString::to_string);
        assert_eq!(reset.as_deref(), Some("2019-05-15T15:20:42Z"));
    }

    #[test]
    fn names_without_end_take_no_memory_without_end() {
        let left = RateLimitsLeft::default();
        for name in 0..1000 {
            let name = name.to_string();
            note(&left, &[("x-ratelimit-remaining", "1"), ("x-ratelimit-resource", &name)]);
        }
        assert_eq!(left.all().len(), MOST);
    }
}
