crate::open_enum! {
    /// How far a check run, a check suite or a workflow run is.
    ///
    /// Whoever creates a check run sets `queued`, `in_progress` or `completed`; the others come from
    /// GitHub Actions.
    pub enum CheckStatus {
        /// It was asked for.
        Requested = "requested",
        /// It waits for its turn.
        Queued = "queued",
        /// It waits for room: a concurrency limit is reached.
        Pending = "pending",
        /// It waits for a protection rule of a deployment.
        Waiting = "waiting",
        /// It runs.
        InProgress = "in_progress",
        /// It is over, and has a [`CheckConclusion`](crate::CheckConclusion).
        Completed = "completed",
    }
}
