use hookstead_types::CheckStatus;

/// Which check runs of a commit [`Repo::check_runs_of`](crate::Repo::check_runs_of) lists. Without any condition
/// it lists of each suite and name the latest.
///
/// ```
/// use hookstead_client::CheckRunFilter;
///
/// let every_try = CheckRunFilter::new().name("ci/demo").earlier_too();
/// # let _ = every_try;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckRunFilter {
    name: Option<String>,
    status: Option<String>,
    app: Option<String>,
    filter: Option<String>,
}

impl CheckRunFilter {
    /// The latest of each suite and name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of this name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Those that have come so far. GitHub knows `queued`, `in_progress` and `completed` here.
    #[must_use]
    pub fn status(mut self, status: &CheckStatus) -> Self {
        self.status = Some(status.as_str().to_owned());
        self
    }

    /// Those of the App of this number.
    #[must_use]
    pub fn app(mut self, id: u64) -> Self {
        self.app = Some(id.to_string());
        self
    }

    /// Those, too, that a later one of their name and suite has replaced.
    #[must_use]
    pub fn earlier_too(mut self) -> Self {
        self.filter = Some("all".to_owned());
        self
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("check_name", &self.name),
            ("status", &self.status),
            ("app_id", &self.app),
            ("filter", &self.filter),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}
