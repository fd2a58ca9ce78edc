//! How a step's command becomes a process: its words, wrapped by a sandbox and limits, and its environment.

mod bubblewrap;
mod container;
mod environment;
mod layers;
mod limits;
mod obstacle;

pub(super) use container::removal;
pub(super) use environment::{RUN_ID, environment};
pub(super) use layers::layers;
pub(super) use limits::AppliedLimits;
pub use limits::{holds_processes, makes_scopes};
pub(super) use obstacle::obstacle;

use super::folder::RunFolder;
use super::spec::Spec;
use crate::runner::order::{Sandbox, StepCommand};

/// The program and its arguments that run `command` as the spec says.
pub(super) fn words(
    spec: &Spec,
    folder: &RunFolder,
    limits: &AppliedLimits,
    command: &StepCommand,
    variables: &[&str],
) -> Vec<String> {
    let words = command.words();
    match &spec.order.sandbox {
        Sandbox::None => limits.wrap(words),
        Sandbox::Bubblewrap => {
            limits.wrap(bubblewrap::wrap(spec, folder, limits.wrap_inside(words)))
        }
        Sandbox::Container { program, image } => {
            container::wrap(spec, program, image, words, variables)
        }
    }
}
