hookstead_types::open_enum! {
    /// What happened to a version of a package.
    pub enum PackageAction {
        /// It was published.
        Published = "published",
        /// It was updated.
        Updated = "updated",
    }
}
