/// A repository's place in the world; repositories are never removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RepositoryIndex(pub(in crate::state) usize);
