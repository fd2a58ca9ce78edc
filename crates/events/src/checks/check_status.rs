hookstead_types::open_enum! {
    /// How far a check run, a check suite or a workflow run is.
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
        /// It is over, and has a [`CheckConclusion`].
        Completed = "completed",
    }
}

hookstead_types::open_enum! {
    /// How a check run, a check suite or a workflow run ended.
    pub enum CheckConclusion {
        /// Well.
        Success = "success",
        /// Badly.
        Failure = "failure",
        /// With nothing to say for or against.
        Neutral = "neutral",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It did not have to run.
        Skipped = "skipped",
        /// It took too long.
        TimedOut = "timed_out",
        /// Somebody has to do something first.
        ActionRequired = "action_required",
        /// GitHub gave it up: it was not completed within 14 days.
        Stale = "stale",
        /// It could not be started.
        StartupFailure = "startup_failure",
        /// Not ended: it waits.
        Waiting = "waiting",
        /// Not ended: it is pending.
        Pending = "pending",
    }
}
