use std::fmt;

use hookstead::types::{RepoName, Sha};
use serde::Serialize;

use super::because::Because;
use super::lookup::Lookup;
use crate::record::{BuildState, BuildTarget, Head, NewBuild};

/// What is to be done, and why; or nothing, because of something.
///
/// It displays as lines for people, at least one:
///
/// ```text
/// blog/test runs: ec26c3e of pull request 5, for pull_request.opened
/// blog/nightly does not run, because it runs only by its schedule, or when somebody asks for it
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The builds that are wanted, in the order of the config.
    pub builds: Vec<Planned>,
    /// The jobs that do not run, in the order of the config.
    pub skipped: Vec<Skipped>,
    /// The builds that stop, or never begin.
    pub canceled: Vec<Canceled>,
    /// The builds that waited for it and may run now.
    pub approved: Vec<Approved>,
    /// Why nothing else is done: something that holds for all jobs.
    pub nothing: Vec<Because>,
    /// What the operators should know, whatever is done.
    pub notices: Vec<Because>,
    /// What the person who wrote the comment is answered, in Markdown; never a stranger.
    pub reply: Option<String>,
    /// Where pull requests, branches and tags are, as the event says: to be written down, if it is
    /// not [older](Head::is_older_than) than what is known, for the next [`Lookup::Head`].
    pub heads: Vec<SeenHead>,
    /// Which repository a project has: to be written down for the next [`Lookup::NameOf`].
    pub repository: Option<SeenRepository>,
    /// What would have to be known. The decision is made when none are left: answer all of them, and
    /// plan again. Until then it assumes what they display.
    pub lookups: Vec<Lookup>,
    /// What nobody could say, so that what it displays was assumed.
    pub assumed: Vec<Lookup>,
}

/// Where a pull request, branch or tag is, as an event says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenHead {
    /// The repository.
    pub repo: RepoName,
    /// What it is the head of.
    pub target: BuildTarget,
    /// The head.
    #[serde(flatten)]
    pub head: Head,
}

/// The repository that a project of the config has by its name. After the repository was renamed it stays
/// under this name, until the config says the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenRepository {
    /// GitHub's id of it.
    pub id: u64,
    /// The name that the config has.
    pub name: RepoName,
    /// Its default branch, if the event says it.
    pub default_branch: Option<String>,
}

/// A build that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The build, or what it would be.
    pub build: NewBuild,
    /// Whether it has to be done.
    pub how: How,
    /// Why it runs although a filter of its job might have kept it from it.
    pub although: Option<Because>,
}

/// What becomes of a wish for a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It is made.
    Runs,
    /// The build of this number does the same, and has not ended.
    Joins {
        /// Its number.
        build: i64,
        /// Where it stands.
        state: BuildState,
    },
    /// The build of this number passed with the same commit or with the same files: report success at once.
    Green {
        /// Its number.
        build: i64,
        /// Whether it had another commit, and only the files are the same.
        by_tree: bool,
    },
}

/// A job that does not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The project's name in the config.
    pub project: String,
    /// The job's name in the config.
    pub job: String,
    /// Why.
    pub because: Because,
    /// The commit of which GitHub is to be told that the job is not needed. A pull request that requires the job
    /// would wait for it for ever otherwise.
    pub not_needed: Option<NotNeeded>,
}

/// A commit that a job is not needed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotNeeded {
    /// The repository.
    pub repo: RepoName,
    /// The commit.
    pub sha: Sha,
}

/// A build that stops, or never begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Canceled {
    /// Its number.
    pub build: i64,
    /// Why.
    pub because: Because,
}

/// A build that may run now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approved {
    /// Its number.
    pub build: i64,
    /// The login of whoever approved it.
    pub by: String,
}

impl Decision {
    /// The decision for people, line by line.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.builds.iter().map(ToString::to_string).collect();
        lines.extend(self.skipped.iter().map(ToString::to_string));
        lines.extend(self.canceled.iter().map(ToString::to_string));
        lines.extend(self.approved.iter().map(ToString::to_string));
        lines.extend(self.nothing.iter().map(|because| format!("nothing, because {because}")));
        lines.extend(self.notices.iter().map(|because| format!("note: {because}")));
        let reply = self.reply.iter().flat_map(|reply| reply.lines());
        lines.extend(reply.map(|line| format!("answer: {line}").trim_end().to_owned()));
        let assumed = self.assumed.iter().chain(&self.lookups);
        lines.extend(assumed.map(|lookup| format!("assuming that {lookup}")));
        lines
    }

    /// Whether a build is made, joined, canceled or approved, or somebody is answered.
    #[must_use]
    pub fn does_something(&self) -> bool {
        !(self.builds.is_empty()
            && self.canceled.is_empty()
            && self.approved.is_empty()
            && self.reply.is_none())
    }
}

/// The lines for people; the last one has no end.
impl fmt::Display for Decision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.lines().join("\n"))
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NewBuild { project, job, sha, target, cause, needs_approval, .. } = &self.build;
        let merged = self.build.as_merged().map_or("", |_| " as merged");
        write!(formatter, "{project}/{job} ")?;
        match self.how {
            How::Runs if *needs_approval => {
                write!(
                    formatter,
                    "waits for approval: {} of {target}{merged}, for {cause}",
                    sha.short()
                )?;
            }
            How::Runs => {
                write!(formatter, "runs: {} of {target}{merged}, for {cause}", sha.short())?
            }
            How::Joins { build, state } => {
                let short = sha.short();
                write!(formatter, "joins build {build} of {short}, which is {state}")?;
            }
            How::Green { build, by_tree: false } => {
                write!(formatter, "is green: build {build} passed with {}", sha.short())?;
            }
            How::Green { build, by_tree: true } => {
                write!(formatter, "is green: build {build} passed with the same files")?;
            }
        }
        match &self.although {
            Some(although) => write!(formatter, "; {although}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project, job, because, not_needed } = self;
        write!(formatter, "{project}/{job} does not run, because {because}")?;
        match not_needed {
            Some(_) => formatter.write_str("; GitHub is told that it is not needed"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Canceled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "build {} is canceled, because {}", self.build, self.because)
    }
}

impl fmt::Display for Approved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "build {} is approved by {}", self.build, self.by)
    }
}
