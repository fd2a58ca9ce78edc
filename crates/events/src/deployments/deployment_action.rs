hookstead_types::open_enum! {
    /// What happened to a deployment or a deployment status.
    pub enum DeploymentAction {
        /// It was made.
        Created = "created",
    }
}

/// What an old payload means, which says nothing.
pub(crate) fn created() -> DeploymentAction {
    DeploymentAction::Created
}
