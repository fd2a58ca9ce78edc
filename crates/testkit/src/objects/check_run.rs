use std::fmt;

use hookstead_events::{CheckConclusion, CheckStatus};
use hookstead_types::{Sha, Timestamp};

/// A check run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedCheckRun {
    /// The check run's number.
    pub id: u64,
    /// The commit.
    pub sha: Sha,
    /// What it is called.
    pub name: String,
    /// How far it is.
    pub status: CheckStatus,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Where the App shows more.
    pub details_url: Option<String>,
    /// What the App calls it.
    pub external_id: Option<String>,
    /// The headline of its output.
    pub title: Option<String>,
    /// Its output in short.
    pub summary: Option<String>,
    /// Its output in full.
    pub text: Option<String>,
    /// How many annotations it has.
    pub annotations: usize,
    /// The identifiers of the buttons on its page.
    pub actions: Vec<String>,
    pub(crate) suite: u64,
}

impl fmt::Display for RecordedCheckRun {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, sha, status, .. } = self;
        write!(formatter, "{} {name} is {status}", sha.short())?;
        match &self.conclusion {
            Some(conclusion) => write!(formatter, ": {conclusion}"),
            None => Ok(()),
        }
    }
}
