crate::open_enum! {
    /// Whether a pull request is open.
    pub enum PullRequestState {
        /// It waits to be merged or closed.
        Open = "open",
        /// It is closed, merged or not.
        Closed = "closed",
    }
}
