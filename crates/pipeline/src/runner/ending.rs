use std::fmt;
use std::time::Duration;

use hookstead::types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::{BuildState, StepTime};

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// How long each step took, in order; of the last one also if it did not end by itself.
    pub steps: Vec<StepTime>,
    /// How long the log is, in bytes: as far as it can be followed.
    pub log_bytes: u64,
    /// How many bytes the commands wrote beyond the log's cap, and are left out of its middle.
    pub left_out: u64,
    /// What people should know beside: which limits could not be applied, which processes stayed.
    pub notes: Vec<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}

impl Outcome {
    /// An outcome without steps, log and notes, which began and ended now.
    #[must_use]
    pub fn new(ending: Ending) -> Self {
        let now = Timestamp::now();
        Self {
            ending,
            steps: Vec::new(),
            log_bytes: 0,
            left_out: 0,
            notes: Vec::new(),
            started_at: now.clone(),
            ended_at: now,
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// Every step exited with 0.
    Passed,
    /// A step exited with another code; it was the last.
    Exited {
        /// The step's name.
        step: String,
        /// Its exit code.
        code: i32,
    },
    /// A signal ended a step that the runner had not sent; it was the last.
    Signaled {
        /// The step's name.
        step: String,
        /// The signal's number.
        signal: i32,
    },
    /// The run was ended as it took too long.
    Deadline {
        /// How long it may take.
        after: Duration,
    },
    /// The run was ended as it wrote nothing for too long.
    Silence {
        /// How long it may be silent.
        after: Duration,
    },
    /// The run was ended as it had more processes and threads than it may.
    Processes {
        /// How many it may have.
        limit: u32,
    },
    /// Somebody canceled it.
    Canceled,
    /// A step's command could not be started.
    CouldNotStart {
        /// Why, for people: `program not found: cargo`.
        reason: String,
    },
    /// The runner ended before the commands did, or nobody knows: the code is not at fault, and the run may be
    /// tried again.
    Lost {
        /// Why, for people.
        reason: String,
    },
}

impl Ending {
    /// Which state a build has that ended so.
    #[must_use]
    pub fn state(&self) -> BuildState {
        match self {
            Self::Passed => BuildState::Passed,
            Self::Exited { .. }
            | Self::Signaled { .. }
            | Self::Deadline { .. }
            | Self::Silence { .. }
            | Self::Processes { .. } => BuildState::Failed,
            Self::Canceled => BuildState::Canceled,
            Self::CouldNotStart { .. } | Self::Lost { .. } => BuildState::Error,
        }
    }

    /// Whether another run may end otherwise though nothing was changed.
    #[must_use]
    pub fn may_be_retried(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }
}

/// For people, as part of a status: `step lint exited with 1`.
impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => formatter.write_str("passed"),
            Self::Exited { step, code } => write!(formatter, "step {step} exited with {code}"),
            Self::Signaled { step, signal } => match signal_name(*signal) {
                Some(name) => write!(formatter, "step {step} was ended by the signal {name}"),
                None => write!(formatter, "step {step} was ended by the signal {signal}"),
            },
            Self::Deadline { after } => write!(formatter, "ended after {}", InWords(*after)),
            Self::Silence { after } => {
                write!(formatter, "ended after {} without output", InWords(*after))
            }
            Self::Processes { limit } => {
                write!(formatter, "ended as it had more than {limit} processes and threads")
            }
            Self::Canceled => formatter.write_str("canceled"),
            Self::CouldNotStart { reason } => write!(formatter, "could not start: {reason}"),
            Self::Lost { reason } => write!(formatter, "lost: {reason}"),
        }
    }
}

/// The names of the signals that builds die of.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        6 => "ABRT",
        7 => "BUS",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        24 => "XCPU",
        25 => "XFSZ",
        _ => return None,
    })
}

/// A duration for people: `2 h 5 min`, `90 s`, `300 ms`.
pub(super) struct InWords(pub(super) Duration);

impl fmt::Display for InWords {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        let seconds = self.0.as_secs();
        match seconds {
            0 => write!(formatter, "{milliseconds} ms"),
            1..120 => write!(formatter, "{seconds} s"),
            120..3600 if seconds.is_multiple_of(60) => write!(formatter, "{} min", seconds / 60),
            120..3600 => write!(formatter, "{} min {} s", seconds / 60, seconds % 60),
            _ if seconds % 3600 < 60 => write!(formatter, "{} h", seconds / 3600),
            _ => write!(formatter, "{} h {} min", seconds / 3600, seconds % 3600 / 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let step = || "test".to_owned();
        let rows = [
            (
                Ending::Exited { step: step(), code: 101 },
                "step test exited with 101",
                BuildState::Failed,
            ),
            (
                Ending::Signaled { step: step(), signal: 9 },
                "step test was ended by the signal KILL",
                BuildState::Failed,
            ),
            (
                Ending::Signaled { step: step(), signal: 40 },
                "step test was ended by the signal 40",
                BuildState::Failed,
            ),
            (
                Ending::Deadline { after: Duration::from_secs(1200) },
                "ended after 20 min",
                BuildState::Failed,
            ),
            (
                Ending::Silence { after: Duration::from_secs(90) },
                "ended after 90 s without output",
                BuildState::Failed,
            ),
            (
                Ending::Deadline { after: Duration::from_millis(300) },
                "ended after 300 ms",
                BuildState::Failed,
            ),
            (
                Ending::Deadline { after: Duration::from_secs(7500) },
                "ended after 2 h 5 min",
                BuildState::Failed,
            ),
            (
                Ending::Processes { limit: 99 },
                "ended as it had more than 99 processes and threads",
                BuildState::Failed,
            ),
            (
                Ending::CouldNotStart { reason: "program not found: x".to_owned() },
                "could not start: program not found: x",
                BuildState::Error,
            ),
        ];
        for (ending, text, state) in rows {
            assert_eq!(ending.to_string(), text);
            assert_eq!(ending.state(), state);
            let json = serde_json::to_string(&ending).unwrap();
            assert_eq!(serde_json::from_str::<Ending>(&json).unwrap(), ending);
        }
    }
}
