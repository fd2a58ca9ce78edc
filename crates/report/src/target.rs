use hookstead_client::{Error, Repo};
use serde::Serialize;

use crate::verdict::Verdict;

/// What a [`Reporter`](crate::Reporter) reports on: a context of a commit, a deployment, or a check run.
/// There are no others.
pub trait Target: Translate {}

impl<T: Translate> Target for T {}

/// A way of telling GitHub. All rules stand above it; this only translates.
pub trait Translate: Sized + Send + Sync + 'static {
    /// What the user sets once for all reports: links, mostly.
    type Decoration: Default + Send + Sync;

    /// A report as GitHub takes it.
    type Report: Serialize + Clone + Send + Sync + 'static;

    fn repo(&self) -> &Repo;

    /// What it is, among all that this repository has, and the same for all who report on it.
    fn name(&self) -> String;

    /// The same for people, and for the name of a step.
    fn short_name(&self) -> String;

    /// Translates.
    fn report(&self, saying: &Saying, decoration: &Self::Decoration) -> Self::Report;

    /// Looks at what GitHub has. `own` is GitHub's number of what this reporter posted last.
    fn look(
        &self,
        report: &Self::Report,
        own: Option<u64>,
    ) -> impl Future<Output = Result<Sight, Error>> + Send;

    /// Posts a report, and returns GitHub's number of it.
    fn post(
        &self,
        report: &Self::Report,
        sight: Option<&Sight>,
    ) -> impl Future<Output = Result<u64, Error>> + Send;
}

/// What is to be said.
#[derive(Debug, Clone)]
pub enum Saying {
    /// The work waits for its turn.
    Queued(String),
    /// The work runs.
    Running(String),
    /// The work has ended so.
    Ended(Box<Verdict>),
}

impl Saying {
    pub(crate) fn ended(verdict: &Verdict) -> Self {
        Self::Ended(Box::new(verdict.clone()))
    }

    /// The words for people.
    pub(crate) fn description(&self) -> &str {
        match self {
            Self::Queued(description) | Self::Running(description) => description,
            Self::Ended(verdict) => verdict.description(),
        }
    }

    pub(crate) fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::Queued(_) | Self::Running(_) => None,
            Self::Ended(verdict) => Some(verdict),
        }
    }
}

/// What GitHub has.
#[derive(Debug, Default)]
pub struct Sight {
    /// GitHub's number of the latest report.
    pub(crate) latest: Option<u64>,
    /// Whether the latest report is the very one that is to be posted.
    pub(crate) is_said: bool,
    /// Whether the latest report says that the work goes on.
    pub(crate) is_open: bool,
    /// Whether somebody began after this reporter had posted last.
    pub(crate) is_overtaken: bool,
    /// How many annotations there are.
    pub(crate) annotations: usize,
}

/// A field of a report as it came out when it was made to fit.
pub(crate) fn field<T: Serialize>(report: &T, name: &str) -> Option<String> {
    let report = serde_json::to_value(report).ok()?;
    report.get(name)?.as_str().map(str::to_owned)
}
