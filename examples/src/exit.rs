use std::error::Error;
use std::process::ExitCode;

use crate::InvalidSetting;

/// Ends an example: says what went wrong, if anything did. A setting that is missing or malformed
/// is exit code 2, everything else that goes wrong is 1.
pub fn exit(result: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprint!("{error}");
    let mut next = error.source();
    while let Some(source) = next {
        eprint!(": {source}");
        next = source.source();
    }
    eprintln!();
    ExitCode::from(if error.is::<InvalidSetting>() { 2 } else { 1 })
}
