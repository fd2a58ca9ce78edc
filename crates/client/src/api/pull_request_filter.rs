use hookstead_types::PullRequestState;

/// Which pull requests [`Repo::pull_requests`](crate::Repo::pull_requests) lists. Without any condition it
/// lists the open ones, the newest first.
///
/// ```
/// use hookstead_client::PullRequestFilter;
///
/// let of_branch = PullRequestFilter::new().head("octocat", "topic/a").base("main").closed_too();
/// # let _ = of_branch;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullRequestFilter {
    state: Option<String>,
    head: Option<String>,
    base: Option<String>,
    sort: Option<String>,
    direction: Option<String>,
}

impl PullRequestFilter {
    /// The open ones.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those in this state.
    #[must_use]
    pub fn state(mut self, state: &PullRequestState) -> Self {
        self.state = Some(state.as_str().to_owned());
        self
    }

    /// The closed and merged ones, too.
    #[must_use]
    pub fn closed_too(mut self) -> Self {
        self.state = Some("all".to_owned());
        self
    }

    /// Those from this branch, in the repository of this owner: the repository's own, or a fork's.
    #[must_use]
    pub fn head(mut self, owner: &str, branch: &str) -> Self {
        self.head = Some(format!("{owner}:{branch}"));
        self
    }

    /// Those into this branch.
    #[must_use]
    pub fn base(mut self, branch: impl Into<String>) -> Self {
        self.base = Some(branch.into());
        self
    }

    /// In the order of their last change, the latest first.
    #[must_use]
    pub fn latest_changed_first(mut self) -> Self {
        self.sort = Some("updated".to_owned());
        self.direction = Some("desc".to_owned());
        self
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("state", &self.state),
            ("head", &self.head),
            ("base", &self.base),
            ("sort", &self.sort),
            ("direction", &self.direction),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}
