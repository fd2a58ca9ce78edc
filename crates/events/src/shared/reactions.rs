use serde::Serialize;

use hookstead_types::Decode;

/// How often each reaction was given to an issue, a comment, a release, ...
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct Reactions {
    /// The reactions in the REST API.
    pub url: Option<String>,
    /// How many there are in all.
    #[serde(default)]
    pub total_count: u64,
    /// 👍, GitHub's `+1`.
    #[serde(rename = "+1", default)]
    pub thumbs_up: u64,
    /// 👎, GitHub's `-1`.
    #[serde(rename = "-1", default)]
    pub thumbs_down: u64,
    /// 😄
    #[serde(default)]
    pub laugh: u64,
    /// 🎉
    #[serde(default)]
    pub hooray: u64,
    /// 😕
    #[serde(default)]
    pub confused: u64,
    /// ❤️
    #[serde(default)]
    pub heart: u64,
    /// 🚀
    #[serde(default)]
    pub rocket: u64,
    /// 👀
    #[serde(default)]
    pub eyes: u64,
}
