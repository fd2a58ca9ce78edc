use std::error::Error;
use std::fmt;
use std::io;

use super::config_problem::ConfigProblem;

/// Why there is no [`Config`](crate::config::Config).
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        file: String,
        /// Why it cannot be read.
        source: io::Error,
    },
    /// The file is longer than a config may be.
    TooLong {
        /// The file.
        file: String,
        /// How many bytes it may have.
        limit: u64,
    },
    /// Something is wrong with what it says.
    Wrong {
        /// The file.
        file: String,
        /// What is wrong, in the order of the file: at least one error, and notices.
        problems: Vec<ConfigProblem>,
        /// How many more errors there are, which are not listed.
        more: usize,
    },
}

impl ConfigError {
    /// What is wrong with the file, in its order. Empty if it could not be read.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        match self {
            Self::Wrong { problems, .. } => problems,
            Self::Unreadable { .. } | Self::TooLong { .. } => &[],
        }
    }
}

/// A line for each problem, with its place.
impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, source } => {
                write!(formatter, "{file} cannot be read: {source}")
            }
            Self::TooLong { file, limit } => {
                write!(formatter, "{file} is longer than {limit} bytes, which is no config")
            }
            Self::Wrong { file, problems, more } => {
                for (index, problem) in problems.iter().enumerate() {
                    let line_break = if index > 0 { "\n" } else { "" };
                    write!(formatter, "{line_break}{file}:{problem}")?;
                }
                if *more > 0 {
                    write!(formatter, "\n{file}: {more} more errors are not listed")?;
                }
                Ok(())
            }
        }
    }
}

impl Error for ConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            Self::TooLong { .. } | Self::Wrong { .. } => None,
        }
    }
}
