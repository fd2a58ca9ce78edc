use crate::lane::Lane;

/// What a registration does with a delivery, before anything is done: whether there is a task for it,
/// and in which lane. It is written with the task, and not asked for again within a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Placement {
    /// The registration's [`when`](crate::Registration::when) says no.
    Declined,
    /// There is a task.
    Task {
        /// Its lane, if it has one.
        lane: Option<Lane>,
    },
    /// There is a task, and it is dead: nobody can say in which lane it belongs. To do it in none might
    /// mean two at a time.
    Dead {
        /// A sentence for operators.
        reason: String,
    },
}
