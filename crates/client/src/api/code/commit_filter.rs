use hookstead_types::Timestamp;

/// Which commits [`Repo::commits`](crate::Repo::commits) lists. Without any condition it lists those of the
/// default branch.
///
/// ```
/// use hookstead_client::CommitFilter;
///
/// let docs = CommitFilter::new().git_ref("release/2").path("docs").author("octocat");
/// # let _ = docs;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitFilter {
    sha: Option<String>,
    path: Option<String>,
    author: Option<String>,
    since: Option<String>,
    until: Option<String>,
}

impl CommitFilter {
    /// All commits of the default branch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those that this branch, tag or sha has.
    #[must_use]
    pub fn git_ref(mut self, git_ref: impl AsRef<str>) -> Self {
        self.sha = Some(git_ref.as_ref().to_owned());
        self
    }

    /// Those that change this file, or something in this folder.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Those by this account or this e-mail address.
    #[must_use]
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }

    /// Those from this moment on.
    #[must_use]
    pub fn since(mut self, moment: &Timestamp) -> Self {
        self.since = Some(moment.to_string());
        self
    }

    /// Those up to this moment.
    #[must_use]
    pub fn until(mut self, moment: &Timestamp) -> Self {
        self.until = Some(moment.to_string());
        self
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("sha", &self.sha),
            ("path", &self.path),
            ("author", &self.author),
            ("since", &self.since),
            ("until", &self.until),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}
