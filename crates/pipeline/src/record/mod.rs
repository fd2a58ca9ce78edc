//! What is written down of a build, in the words that all rooms share.

mod build;
mod build_cause;
mod build_state;
mod build_target;
mod head;

pub use build::{Build, NewBuild, StepTime};
pub use build_cause::BuildCause;
pub use build_state::{BuildState, UnknownBuildState};
pub use build_target::BuildTarget;
pub use head::Head;
