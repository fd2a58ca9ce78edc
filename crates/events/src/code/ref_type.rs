hookstead_types::open_enum! {
    /// What was made or deleted.
    pub enum RefType {
        /// A branch.
        Branch = "branch",
        /// A tag.
        Tag = "tag",
    }
}

hookstead_types::open_enum! {
    /// Who pushed. GitHub says that this can also be a deploy key, but not how that is written.
    pub enum PusherType {
        /// An account.
        User = "user",
    }
}
