//! What an event means: which jobs run, and why; or nothing, because of something.

mod because;
mod decision;
mod question;

pub use because::Because;
pub use decision::{Approved, Canceled, Decision, How, Planned, Skipped};
pub use question::Question;
