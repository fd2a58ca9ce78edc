use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use crate::InvalidSetting;

/// Ends an example: says what went wrong, if anything did. A setting that is missing or malformed
/// and a wrong usage are exit code 2, everything else that goes wrong is 1.
pub fn exit(result: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("{}", with_sources(&*error));
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

/// A program was called in a way that it does not understand. It says which, in one sentence.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for Usage {}
