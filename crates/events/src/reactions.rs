use serde::{Deserialize, Serialize};

use hookstead_types::decode::null_as_default;

/// How often each reaction was given to an issue, a comment, a release, ...
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reactions {
    /// The reactions in the REST API.
    pub url: Option<String>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total_count: u64,
    /// 👍, GitHub's `+1`.
    #[serde(rename = "+1", default, deserialize_with = "null_as_default")]
    pub thumbs_up: u64,
    /// 👎, GitHub's `-1`.
    #[serde(rename = "-1", default, deserialize_with = "null_as_default")]
    pub thumbs_down: u64,
    /// 😄
    #[serde(default, deserialize_with = "null_as_default")]
    pub laugh: u64,
    /// 🎉
    #[serde(default, deserialize_with = "null_as_default")]
    pub hooray: u64,
    /// 😕
    #[serde(default, deserialize_with = "null_as_default")]
    pub confused: u64,
    /// ❤️
    #[serde(default, deserialize_with = "null_as_default")]
    pub heart: u64,
    /// 🚀
    #[serde(default, deserialize_with = "null_as_default")]
    pub rocket: u64,
    /// 👀
    #[serde(default, deserialize_with = "null_as_default")]
    pub eyes: u64,
}
