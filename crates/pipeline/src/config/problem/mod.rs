//! What is wrong with a config, and where.

mod config_error;
mod config_problem;
mod nearest;
mod quoted;
mod report;
mod source_text;

pub use config_error::ConfigError;
pub use config_problem::{ConfigProblem, Severity};
pub(super) use nearest::nearest;
pub(super) use quoted::quoted;
pub(super) use report::Report;
pub(super) use source_text::SourceText;
