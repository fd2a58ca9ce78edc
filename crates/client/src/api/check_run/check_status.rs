use hookstead_types::open_enum;

open_enum! {
    /// How far a check run has come.
    pub enum CheckStatus {
        /// The work waits for its turn.
        Queued = "queued",
        /// The work has begun.
        InProgress = "in_progress",
        /// The work has ended.
        Completed = "completed",
    }
}

open_enum! {
    /// How a check run has ended.
    pub enum CheckConclusion {
        /// Well.
        Success = "success",
        /// Badly.
        Failure = "failure",
        /// Neither; it does not stand in the way of merging.
        Neutral = "neutral",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It was not needed.
        Skipped = "skipped",
        /// It took too long.
        TimedOut = "timed_out",
        /// Somebody must do something.
        ActionRequired = "action_required",
        /// GitHub gave up waiting for it. Only GitHub sets this.
        Stale = "stale",
    }
}
