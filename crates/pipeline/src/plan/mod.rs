//! What an event means: which jobs run, and why; or nothing, because of something.

mod because;
mod candidate;
mod decision;
mod facts;
mod jobs;
mod occasion;
mod on_merge_group;
mod on_pull_request;
mod on_push;
mod on_repository;
mod planner;
mod question;
mod skip_words;

pub use because::Because;
pub use decision::{Approved, Canceled, Decision, How, Planned, Skipped};
pub use facts::{Answer, CommitNow, Facts, PullRequestNow};
pub use occasion::{Happening, Occasion, Request};
pub use question::Question;
