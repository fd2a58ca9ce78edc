crate::open_enum! {
    /// The state of a commit status.
    ///
    /// ```
    /// use hookstead_types::StatusState;
    ///
    /// assert!(!StatusState::Pending.is_terminal());
    /// assert!(StatusState::Failure.is_terminal());
    /// ```
    pub enum StatusState {
        /// The work is queued or running.
        Pending = "pending",
        /// The work ended well.
        Success = "success",
        /// The work ended badly: a test failed.
        Failure = "failure",
        /// The work could not be done: the machinery failed.
        Error = "error",
    }
}

impl StatusState {
    /// Whether no other state is expected to follow for the same piece of work.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Error)
    }
}
