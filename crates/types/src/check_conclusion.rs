crate::open_enum! {
    /// How a check run, a check suite or a workflow run ended.
    pub enum CheckConclusion {
        /// Well.
        Success = "success",
        /// Badly.
        Failure = "failure",
        /// Neither; it does not stand in the way of merging.
        Neutral = "neutral",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It did not have to run.
        Skipped = "skipped",
        /// It took too long.
        TimedOut = "timed_out",
        /// Somebody has to do something first.
        ActionRequired = "action_required",
        /// GitHub gave it up: it was not completed within 14 days. Only GitHub sets this.
        Stale = "stale",
        /// It could not be started. Only GitHub sets this.
        StartupFailure = "startup_failure",
        /// Not ended: it waits. Only GitHub sets this.
        Waiting = "waiting",
        /// Not ended: it is pending. Only GitHub sets this.
        Pending = "pending",
    }
}
