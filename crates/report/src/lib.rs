//! Reports on a piece of work by commit statuses.
//!
//! [`StatusReporter`] tells GitHub through a `Poster`, which waits for its turn at a `Slot`: the one
//! place in this process that a commit's context has.

mod outstanding;
mod poster;
mod progress;
mod report_error;
mod reporter;
mod settings;
mod slot;
mod verdict;
mod work;

pub use progress::Progress;
pub use report_error::ReportError;
pub use reporter::StatusReporter;
pub use settings::AfterInterruption;
pub use verdict::Verdict;
