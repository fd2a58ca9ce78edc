hookstead_types::open_enum! {
    /// Why a conversation was locked.
    pub enum LockReason {
        /// It is settled.
        Resolved = "resolved",
        /// It strayed.
        OffTopic = "off-topic",
        /// It got heated.
        TooHeated = "too heated",
        /// It attracted spam.
        Spam = "spam",
    }
}
