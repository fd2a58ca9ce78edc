use std::fmt;

use url::Url;

use crate::config::value::SecretSource;

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobWork {
    /// It runs commands on this machine, one after the other; the first that fails is the last. `run = ".."` is
    /// one step of the name `run`.
    Steps(Vec<JobStep>),
    /// Jenkins does it.
    Jenkins(JenkinsRun),
    /// A service does it that takes a request.
    Http(HttpRun),
}

/// A command with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobStep {
    /// What it is called in the log and on the pages.
    pub name: String,
    /// What is run.
    pub command: Command,
}

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A text for `sh -ec`.
    Shell(String),
    /// A program and its arguments, run as they are.
    List(Vec<String>),
}

/// As people read it: the program and its arguments stand with spaces between.
impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shell(text) => formatter.write_str(text),
            Self::List(words) => formatter.write_str(&words.join(" ")),
        }
    }
}

/// A job of a Jenkins server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JenkinsRun {
    /// Where Jenkins is.
    pub url: Url,
    /// The job's name there.
    pub job: String,
    /// Who starts it.
    pub user: String,
    /// The user's token.
    pub token: SecretSource,
}

/// A service that builds when it gets a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRun {
    /// Where the request goes.
    pub url: Url,
    /// A token that is sent along.
    pub token: Option<SecretSource>,
}
