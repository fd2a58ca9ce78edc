use std::error::Error;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a build stands.
///
/// ```
/// use hookstead_pipeline::record::BuildState;
///
/// let state: BuildState = "superseded".parse()?;
/// assert!(state.is_final());
/// # Ok::<(), hookstead_pipeline::record::UnknownBuildState>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BuildState {
    /// It needs somebody's approval.
    Waiting,
    /// It waits for its lane and a slot.
    Queued,
    /// Its command runs.
    Running,
    /// Its command ended well.
    Passed,
    /// Its command ended badly: the code is at fault.
    Failed,
    /// It could not be done, and the code is not at fault.
    Error,
    /// Somebody canceled it.
    Canceled,
    /// A newer commit took its place.
    Superseded,
}

impl BuildState {
    /// All states, in the order of a build's life.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Queued,
        Self::Running,
        Self::Passed,
        Self::Failed,
        Self::Error,
        Self::Canceled,
        Self::Superseded,
    ];

    /// Whether nothing more becomes of it by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Queued | Self::Running)
    }

    /// The word for it, as the journal and the pages write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Canceled => "canceled",
            Self::Superseded => "superseded",
        }
    }
}

impl fmt::Display for BuildState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The word for a state.
impl FromStr for BuildState {
    type Err = UnknownBuildState;

    fn from_str(word: &str) -> Result<Self, UnknownBuildState> {
        let state = Self::ALL.into_iter().find(|state| state.as_str() == word);
        state.ok_or_else(|| UnknownBuildState(word.to_owned()))
    }
}

/// A word that is no state of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownBuildState(String);

impl fmt::Display for UnknownBuildState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} is no state of a build", self.0)
    }
}

impl Error for UnknownBuildState {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_that_of_its_json() {
        for state in BuildState::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        let error = "Running".parse::<BuildState>().unwrap_err();
        assert_eq!(error.to_string(), "\"Running\" is no state of a build");
    }
}
