//! Check runs, which only Apps create.

pub(crate) mod check_action;
pub(crate) mod check_run;
pub(crate) mod check_run_filter;
pub(crate) mod check_suite;
pub(crate) mod new_check_run;

pub use check_action::CheckAction;
pub use check_run::{CheckApp, CheckRun, OutputOfRun, SuiteOfRun};
pub use check_run_filter::CheckRunFilter;
pub use check_suite::CheckSuite;
pub use new_check_run::{CheckAnnotation, CheckOutput, NewCheckRun};
