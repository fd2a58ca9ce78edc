//! The words that a config's values are written in: sizes, spans of time, patterns, schedules, secrets.

mod byte_size;
mod pattern;
mod problem_matcher;
mod schedule;
mod secret;
mod span;

pub use byte_size::{ByteSize, InvalidByteSize};
pub use pattern::{InvalidPattern, Patterns};
pub use problem_matcher::{FoundProblem, InvalidMatcher, ProblemMatcher};
pub use schedule::{InvalidSchedule, Schedule};
pub use secret::{SecretError, SecretSource, SecretText};
pub use span::{InvalidSpan, parse_span, show_span};
