crate::open_enum! {
    /// The state of a deployment status.
    ///
    /// ```
    /// use hookstead_types::DeploymentState;
    ///
    /// assert!(!DeploymentState::InProgress.is_terminal());
    /// assert!(DeploymentState::Success.is_terminal());
    /// ```
    pub enum DeploymentState {
        /// The deployment waits for something before it is queued.
        Pending = "pending",
        /// The deployment waits for its turn.
        Queued = "queued",
        /// The deployment runs.
        InProgress = "in_progress",
        /// The code is deployed.
        Success = "success",
        /// The deployment ended badly.
        Failure = "failure",
        /// The deployment could not be carried out.
        Error = "error",
        /// Another deployment replaced this one. GitHub sends no webhook for this state.
        Inactive = "inactive",
    }
}

impl DeploymentState {
    /// Whether the deployment is over.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Error | Self::Inactive)
    }
}
