use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use crate::logging::LogFormat;
use crate::output::complain;
use crate::text::printable;

/// Ends the program: says what went wrong, if anything did. A setting that is missing or malformed and a
/// wrong usage are exit code 2, everything else that goes wrong is 1.
pub(crate) fn exit(result: Result<(), Box<dyn Error>>, log: LogFormat) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    // Part of it may be what a stranger sent.
    let text = printable(&with_sources(&*error));
    match log {
        LogFormat::Text => complain(&text),
        LogFormat::Json => tracing::error!("{text}"),
    }
    ExitCode::from(if error.is::<InvalidSetting>() || error.is::<Usage>() { 2 } else { 1 })
}

/// An error and what lies beneath it, in one line; what one of them already says is not repeated.
pub(crate) fn with_sources(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let said = source.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = source.source();
    }
    text
}

/// The program was called in a way that it does not understand. It says which, in one sentence.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for Usage {}

/// A setting that is missing or malformed.
#[derive(Debug)]
pub(crate) struct InvalidSetting {
    variable: &'static str,
    problem: String,
}

impl InvalidSetting {
    pub(crate) fn new(variable: &'static str, problem: impl Into<String>) -> Self {
        Self { variable, problem: problem.into() }
    }
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "The setting {} cannot be used: {}.", self.variable, self.problem)
    }
}

impl Error for InvalidSetting {}
