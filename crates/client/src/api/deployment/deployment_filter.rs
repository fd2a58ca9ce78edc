use hookstead_types::Sha;

/// Which deployments [`Repo::deployments`](crate::Repo::deployments) lists. Without any condition it lists all.
///
/// ```
/// use hookstead_client::DeploymentFilter;
///
/// let latest = DeploymentFilter::new().environment("production").per_page(1);
/// # let _ = latest;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeploymentFilter {
    sha: Option<String>,
    r#ref: Option<String>,
    task: Option<String>,
    environment: Option<String>,
    pub(crate) per_page: Option<u8>,
}

impl DeploymentFilter {
    /// All deployments.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of this commit.
    #[must_use]
    pub fn sha(mut self, sha: &Sha) -> Self {
        self.sha = Some(sha.as_str().to_owned());
        self
    }

    /// Those whose creator named this branch, tag or sha.
    #[must_use]
    pub fn git_ref(mut self, git_ref: impl AsRef<str>) -> Self {
        self.r#ref = Some(git_ref.as_ref().to_owned());
        self
    }

    /// Those with this task.
    #[must_use]
    pub fn task(mut self, task: impl Into<String>) -> Self {
        self.task = Some(task.into());
        self
    }

    /// Those to this environment.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// How many there are on a page, 1 to 100. The default is 100, GitHub's most.
    #[must_use]
    pub fn per_page(mut self, count: u8) -> Self {
        self.per_page = Some(count);
        self
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("sha", &self.sha),
            ("ref", &self.r#ref),
            ("task", &self.task),
            ("environment", &self.environment),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}
