crate::open_enum! {
    /// How a pull request gets into its base branch.
    pub enum MergeMethod {
        /// By a merge commit.
        Merge = "merge",
        /// As one commit with all changes.
        Squash = "squash",
        /// Commit by commit, on top of the base branch.
        Rebase = "rebase",
    }
}
