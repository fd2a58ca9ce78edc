use crate::runner::order::Sandbox;

/// How many processes stand between the run's own and those of the command.
pub(in crate::runner::local) fn layers(sandbox: &Sandbox) -> usize {
    match sandbox {
        Sandbox::None | Sandbox::Container { .. } => 0,
        // The one outside, and the first one inside.
        Sandbox::Bubblewrap => 2,
    }
}
