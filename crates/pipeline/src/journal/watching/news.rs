use crate::record::BuildState;

/// How something that is watched stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildNews {
    /// Where the build stands.
    pub state: BuildState,
    /// How long its log is, in bytes.
    pub log_bytes: u64,
    /// The number of the last entry about it, or of all where no build is watched; 0 if there is none.
    pub last_entry: i64,
}

/// Of something that is no build.
impl Default for BuildNews {
    fn default() -> Self {
        Self { state: BuildState::Queued, log_bytes: 0, last_entry: 0 }
    }
}
