use std::time::Duration;

use hookstead_handler::Interruption;

/// What a reporter leaves behind when its work is interrupted and another attempt follows: the program
/// shuts down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AfterInterruption {
    /// The report becomes an error, with the reason. This is the default, because it is true: nobody is at
    /// it. The next attempt's `pending` takes its place. The price is two calls, and a red cross for as
    /// long as nobody is at it.
    #[default]
    Error,
    /// It stays as it is. Right where a restart of the server should not show. Work that no attempt
    /// follows (superseded, canceled, too late) becomes an error all the same.
    Pending,
}

impl AfterInterruption {
    /// Whether nothing is said after this interruption.
    pub(crate) fn is_silent(self, why: Option<Interruption>) -> bool {
        match why {
            // Somebody else may be at it already, and says how it goes on.
            Some(Interruption::LeaseLost) => true,
            Some(Interruption::Shutdown) => self == Self::Pending,
            _ => false,
        }
    }
}

/// How a reporter behaves.
pub(crate) struct Settings {
    pub(crate) description: String,
    pub(crate) announces: bool,
    pub(crate) interruption: AfterInterruption,
    pub(crate) announcement_deadline: Duration,
    pub(crate) progress_interval: Duration,
    pub(crate) max_progress: u32,
}
