use std::fmt;

use hookstead::types::{RepoName, Sha};
use serde::Serialize;

use crate::record::{BuildState, BuildTarget};

/// Why something is done or not done. It displays as a clause for people, to stand behind *because*:
/// `pull request 5 was closed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Because {
    // The event.
    /// The event is none that starts something.
    EventStartsNothing {
        /// The event and its action: `pull_request.labeled`.
        event: String,
    },
    /// GitHub tries out the hook.
    Ping,
    /// The event names no repository.
    NoRepository {
        /// The event and its action.
        event: String,
    },
    /// No project has this repository.
    UnknownRepository {
        /// The repository.
        repo: RepoName,
    },
    /// The repository has another name than the config says.
    Renamed {
        /// The project.
        project: String,
        /// The name in the config.
        from: RepoName,
        /// The name at GitHub.
        to: RepoName,
    },
    /// Only the title, the text or such of the pull request was edited.
    BaseIsTheSame,
    /// The event says itself that the pull request is closed.
    IsClosed {
        /// The pull request.
        number: u64,
    },
    /// A newer commit of the same target is known.
    NewerIsKnown {
        /// The target.
        target: BuildTarget,
        /// The newer commit.
        sha: Sha,
    },
    /// The event is older than the end of what it is about.
    IsGone {
        /// What it is about.
        target: BuildTarget,
    },
    /// The event is of an end, and what ended is there again.
    CameBack {
        /// What it is about.
        target: BuildTarget,
    },
    /// The commit's message, or the pull request's title, asks for it.
    SkipWords {
        /// What it says.
        words: String,
        /// Where: `the commit's message`.
        place: String,
    },
    /// The ref is neither a branch nor a tag.
    NoBranchOrTag {
        /// The ref.
        name: String,
    },
    /// The push is of a group of the merge queue, which `merge_group` tells of.
    MergeGroupTells,
    /// The push or the pull request tells the same as this check suite.
    PushTells,
    /// A report of ourselves or of others, not a wish.
    IsReport {
        /// The event and its action.
        event: String,
    },
    /// The check is not of this pipeline.
    NoCheckOfOurs {
        /// The check's name.
        name: String,
    },
    /// The button of the check is none of this pipeline.
    UnknownButton {
        /// What its App calls it.
        identifier: String,
    },
    /// The commit is nothing that can be built.
    NoCommit,

    // Why builds are canceled, and why none is.
    /// The pull request was closed.
    Closed {
        /// The pull request.
        number: u64,
        /// Whether it was merged.
        is_merged: bool,
    },
    /// The branch or tag was deleted.
    Deleted {
        /// What it was.
        target: BuildTarget,
    },
    /// The group left the merge queue.
    GroupDestroyed {
        /// The group.
        target: BuildTarget,
        /// Why, in GitHub's word.
        reason: Option<String>,
    },
    /// What ended has no build that waits or runs.
    NothingToCancel {
        /// What ended: `pull request 5 was closed`.
        after: Box<Because>,
    },
    /// What ended leaves the build of another target alone, for it is the same.
    GoesOnFor {
        /// What ended.
        after: Box<Because>,
        /// The build that goes on.
        build: i64,
        /// What for.
        target: BuildTarget,
    },
    /// Somebody canceled it.
    CanceledBy {
        /// Their login, or `command line`.
        by: String,
    },

    // Jobs.
    /// The job does not run for this.
    NotOn {
        /// What it would be run for: `push`.
        trigger: String,
        /// What it runs for.
        on: Vec<String>,
    },
    /// The job runs for pushes of the default branch only.
    NotDefaultBranch {
        /// The branch.
        branch: String,
        /// The default branch, if the event says it.
        default: Option<String>,
    },
    /// The branch does not match the job's `branches`.
    Branches {
        /// The branch.
        branch: String,
        /// The job's `branches`.
        patterns: String,
    },
    /// The tag does not match the job's `tags`.
    Tags {
        /// The tag.
        tag: String,
        /// The job's `tags`.
        patterns: String,
    },
    /// No changed file matches the job's `paths`.
    Paths {
        /// How many files changed.
        files: usize,
        /// The job's `paths`.
        patterns: String,
    },
    /// Which files changed is not known, so the job runs.
    PathsUnknown {
        /// Why: `the branch is new`.
        why: String,
    },
    /// The pull request is a draft.
    Draft,
    /// Code of forks is never run.
    ForksNever,
    /// The last build of the commit passed, and what failed was to be repeated.
    PassedAlready {
        /// The build.
        build: i64,
    },
    /// The project has no jobs at all.
    NoJobs {
        /// The project.
        project: String,
    },

    // Comments.
    /// The comment was not written just now.
    CommentNotNew {
        /// What happened to it: `edited`.
        action: String,
    },
    /// The comment is on an issue.
    CommentOnIssue,
    /// The comment's first line is no command.
    NoCommand,
    /// The command is none of this pipeline.
    UnknownCommand {
        /// The command.
        name: String,
    },
    /// A bot wrote it.
    ByBot {
        /// The bot.
        login: String,
    },
    /// The command cannot be read.
    Unreadable {
        /// What is wrong.
        fault: String,
    },
    /// Who asked may not write to the repository.
    MayNotWrite {
        /// Their login.
        login: String,
        /// The repository.
        repo: RepoName,
    },
    /// Nobody says who did it.
    Nobody,
    /// The pull request is not there, or GitHub could not be asked.
    NoPullRequest {
        /// The pull request.
        number: u64,
    },
    /// For pull requests from forks only `/test SHA` counts.
    ForksNeedSha,
    /// The command has no sha, or more than one word.
    NeedsSha,
    /// The word is no whole sha.
    NotWholeSha {
        /// The word.
        word: String,
    },
    /// The commit is not the head of the pull request.
    NotHead {
        /// The commit that was named.
        named: Sha,
        /// The head.
        head: Sha,
        /// The pull request.
        number: u64,
    },
    /// The head moved after the comment was written, or moves just now.
    HeadMoved {
        /// The head.
        head: Sha,
    },
    /// There is no such job.
    NoSuchJob {
        /// The word.
        name: String,
        /// The jobs that there are.
        known: Vec<String>,
    },
    /// The command was answered, and there is nothing else to do.
    Answered {
        /// The command.
        command: String,
    },

    // Requests and schedules.
    /// There is no such project.
    NoSuchProject {
        /// The word.
        name: String,
    },
    /// There is no build of this number.
    NoSuchBuild {
        /// The number.
        build: i64,
    },
    /// The build is not in the state for it.
    WrongState {
        /// The number.
        build: i64,
        /// The state.
        state: BuildState,
        /// What was to be done: `approved`.
        wanted: String,
    },
    /// The commit may be a stranger's, and those are never built.
    UnknownOrigin {
        /// The commit.
        sha: Sha,
    },
    /// There is no such branch, tag or commit, or GitHub could not be asked.
    NoSuchCommit {
        /// The word.
        name: String,
        /// The repository.
        repo: RepoName,
    },
}

/// It is a clause for people, without a point.
impl fmt::Display for Because {
    #[expect(clippy::too_many_lines, reason = "one sentence for each reason, side by side")]
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventStartsNothing { event } => write!(formatter, "{event} starts nothing"),
            Self::Ping => formatter.write_str("it is GitHub's ping: the hook works"),
            Self::NoRepository { event } => write!(formatter, "{event} names no repository"),
            Self::UnknownRepository { repo } => {
                write!(formatter, "no project of the config has the repository {repo}")
            }
            Self::Renamed { project, from, to } => write!(
                formatter,
                "{from} is called {to} now; change `repo` of the project {project}"
            ),
            Self::BaseIsTheSame => formatter.write_str("the edit changed neither code nor base"),
            Self::IsClosed { number } => write!(formatter, "pull request {number} is closed"),
            Self::NewerIsKnown { target, sha } => {
                write!(formatter, "a newer commit of {target} is known, {}", sha.short())
            }
            Self::IsGone { target: target @ BuildTarget::PullRequest(_) } => {
                write!(formatter, "{target} was closed after that")
            }
            Self::IsGone { target } => write!(formatter, "{target} was deleted after that"),
            Self::CameBack { target: target @ BuildTarget::PullRequest(_) } => {
                write!(formatter, "{target} was opened again after that")
            }
            Self::CameBack { target } => write!(formatter, "{target} was pushed again after that"),
            Self::SkipWords { words, place } => write!(formatter, "{place} says {words}"),
            Self::NoBranchOrTag { name } => {
                write!(formatter, "{name} is neither a branch nor a tag")
            }
            Self::MergeGroupTells => {
                formatter.write_str("merge_group tells the App of the merge queue's branches")
            }
            Self::PushTells => formatter.write_str("push and pull_request tell the same"),
            Self::IsReport { event } => write!(formatter, "{event} reports, and asks for nothing"),
            Self::NoCheckOfOurs { name } => {
                write!(formatter, "the check {name} is none of this pipeline")
            }
            Self::UnknownButton { identifier } => {
                write!(formatter, "this pipeline has no button {identifier}")
            }
            Self::NoCommit => formatter.write_str("the event names no commit to build"),
            Self::Closed { number, is_merged: false } => {
                write!(formatter, "pull request {number} was closed")
            }
            Self::Closed { number, is_merged: true } => {
                write!(formatter, "pull request {number} was merged")
            }
            Self::Deleted { target } => write!(formatter, "{target} was deleted"),
            Self::GroupDestroyed { target, reason } => {
                let reason = reason.as_deref().unwrap_or("for no reason that GitHub says");
                write!(formatter, "{target} left the queue: {reason}")
            }
            Self::NothingToCancel { after } => {
                write!(formatter, "{after}, and no build of it waits or runs")
            }
            Self::GoesOnFor { after, build, target } => {
                write!(formatter, "{after}, but build {build} is for {target} as well")
            }
            Self::CanceledBy { by } => write!(formatter, "{by} asked for it"),
            Self::NotOn { on, .. } if on.is_empty() => {
                formatter.write_str("it runs only by its schedule, or when somebody asks for it")
            }
            Self::NotOn { trigger, on } => {
                write!(formatter, "it runs for {}, not for {trigger}", on.join(", "))
            }
            Self::NotDefaultBranch { branch, default: Some(default) } => {
                write!(formatter, "it runs for pushes of {default}, not of {branch}")
            }
            Self::NotDefaultBranch { branch, default: None } => {
                write!(formatter, "{branch} is not known to be the default branch")
            }
            Self::Branches { branch, patterns } => {
                write!(formatter, "the branch {branch} does not match its branches: {patterns}")
            }
            Self::Tags { tag, patterns } => {
                write!(formatter, "the tag {tag} does not match its tags: {patterns}")
            }
            Self::Paths { files: 1, patterns } => {
                write!(formatter, "the changed file does not match its paths: {patterns}")
            }
            Self::Paths { files, patterns } => {
                write!(formatter, "none of {files} changed files matches its paths: {patterns}")
            }
            Self::PathsUnknown { why } => {
                write!(formatter, "its paths were not looked at, because {why}")
            }
            Self::Draft => formatter.write_str("the pull request is a draft"),
            Self::ForksNever => {
                formatter.write_str("code of forks does not run here: `forks` is \"never\"")
            }
            Self::PassedAlready { build } => {
                write!(formatter, "it passed in build {build}; `/retest JOB` repeats it anyway")
            }
            Self::NoJobs { project } => write!(formatter, "the project {project} has no jobs"),
            Self::CommentNotNew { action } => {
                write!(formatter, "the comment was {action}, and only a new one counts")
            }
            Self::CommentOnIssue => {
                formatter.write_str("the comment is on an issue, not on a pull request")
            }
            Self::NoCommand => formatter.write_str("the comment's first line is no command"),
            Self::UnknownCommand { name } => {
                write!(formatter, "/{name} is no command of this pipeline")
            }
            Self::ByBot { login } => write!(formatter, "{login} is a bot"),
            Self::Unreadable { fault } => formatter.write_str(fault),
            Self::MayNotWrite { login, repo } => write!(formatter, "{login} may not write to {repo}"),
            Self::Nobody => formatter.write_str("the event does not say who did it"),
            Self::NoPullRequest { number } => {
                write!(formatter, "pull request {number} could not be found at GitHub")
            }
            Self::ForksNeedSha => formatter.write_str(
                "code of a fork runs only by `/test SHA`, with the whole sha of the commit that you looked at",
            ),
            Self::NeedsSha => formatter.write_str("`/test` needs one whole sha"),
            Self::NotWholeSha { word } => {
                write!(formatter, "`{word}` is no whole sha, which has 40 or 64 hex digits")
            }
            Self::NotHead { named, head, number } => write!(
                formatter,
                "{} is not the head of pull request {number}, which is {}",
                named.short(),
                head.short()
            ),
            Self::HeadMoved { head } => write!(
                formatter,
                "the head moved to {} when the comment was written or later; look at it and ask again",
                head.short()
            ),
            Self::NoSuchJob { name, known } => {
                write!(formatter, "there is no job `{name}`, but {}", known.join(", "))
            }
            Self::Answered { command } => write!(formatter, "/{command} only wants an answer"),
            Self::NoSuchProject { name } => write!(formatter, "the config has no project {name}"),
            Self::NoSuchBuild { build } => write!(formatter, "there is no build {build}"),
            Self::WrongState { build, state, wanted } => {
                write!(formatter, "build {build} is {state} and cannot be {wanted}")
            }
            Self::UnknownOrigin { sha } => {
                let short = sha.short();
                write!(formatter, "{short} may be a fork's commit; name the branch that it is on")
            }
            Self::NoSuchCommit { name, repo } => {
                write!(formatter, "{repo} has no branch, tag or commit {name} that could be found")
            }
        }
    }
}
