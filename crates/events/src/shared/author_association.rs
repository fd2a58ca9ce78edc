hookstead_types::open_enum! {
    /// How an author stands to the repository.
    pub enum AuthorAssociation {
        /// Invited to collaborate on the repository.
        Collaborator = "COLLABORATOR",
        /// Has committed to the repository before.
        Contributor = "CONTRIBUTOR",
        /// Has never committed to anything on GitHub.
        FirstTimer = "FIRST_TIMER",
        /// Has never committed to the repository.
        FirstTimeContributor = "FIRST_TIME_CONTRIBUTOR",
        /// A stand-in for an author whose account was not imported.
        Mannequin = "MANNEQUIN",
        /// A member of the organization that owns the repository.
        Member = "MEMBER",
        /// None of these.
        None = "NONE",
        /// The owner of the repository.
        Owner = "OWNER",
    }
}
