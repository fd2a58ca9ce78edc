use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the commands of an [`Order`](super::Order).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStep {
    /// What it is called in the log and the outcome; `run` where there is only one.
    pub name: String,
    /// What is run.
    pub command: StepCommand,
}

impl OrderStep {
    /// A step that gives `text` to `sh -ec`.
    pub fn shell(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), command: StepCommand::Shell(text.into()) }
    }

    /// A step that runs a program and its arguments as they are.
    pub fn program<S: Into<String>>(
        name: impl Into<String>,
        words: impl IntoIterator<Item = S>,
    ) -> Self {
        let words = words.into_iter().map(Into::into).collect();
        Self { name: name.into(), command: StepCommand::Program(words) }
    }
}

/// What a step runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepCommand {
    /// A text for `sh -ec`.
    Shell(String),
    /// A program and its arguments, run as they are.
    Program(Vec<String>),
}

impl StepCommand {
    /// The program and its arguments.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Shell(text) => vec!["sh".to_owned(), "-ec".to_owned(), text.clone()],
            Self::Program(words) => words.clone(),
        }
    }
}

/// Shows people the text, or the program and its arguments with spaces between.
impl fmt::Display for StepCommand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shell(text) => formatter.write_str(text),
            Self::Program(words) => formatter.write_str(&words.join(" ")),
        }
    }
}
