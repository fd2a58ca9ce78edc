//! Commands in comments on pull requests.

use hookstead::events::{Command, IssueCommentAction, IssueCommentEvent};
use hookstead::types::{RepoName, Sha, Timestamp};

use super::because::Because;
use super::candidate::{Candidate, ChangedFiles, Passed, Wish};
use super::facts::PullRequestNow;
use super::lookup::Lookup;
use super::planner::Planner;
use crate::config::{Forks, Project, Trigger};
use crate::record::{BuildCause, BuildTarget};

const HELP: &str = "\
`/retest` repeats the jobs of this pull request that did not pass.
`/retest JOB` repeats one job, also one that passed.
`/test SHA`, with the whole sha of the head, lets the code of a fork run, and builds what is not built.
`/help` shows this.";

impl Planner<'_> {
    pub(super) fn on_comment(
        &mut self,
        project: &Project,
        repo: &RepoName,
        event: &IssueCommentEvent,
    ) {
        if event.action != IssueCommentAction::Created {
            let action = event.action.to_string();
            return self.nothing(Because::CommentNotNew { action });
        }
        if !event.issue.is_pull_request() {
            return self.nothing(Because::CommentOnIssue);
        }
        let first = first_line(&event.comment.body);
        let command = event.comment.commands().into_iter().find(|command| match command {
            Ok(command) => command.line() == first,
            Err(fault) => fault.line() == first,
        });
        let command = match command {
            None => return self.nothing(Because::NoCommand),
            Some(Ok(command)) if !["retest", "test", "help"].contains(&command.name()) => {
                let name = command.name().to_owned();
                return self.nothing(Because::UnknownCommand { name });
            }
            Some(command) => command,
        };
        let author = event.comment.user.as_ref();
        let Some(sender) = event.sender.as_ref().or(author) else {
            return self.nothing(Because::Nobody);
        };
        if let Some(bot) = [Some(sender), author].into_iter().flatten().find(|it| it.is_bot()) {
            return self.nothing(Because::ByBot { login: bot.login.clone() });
        }
        // Strangers are not even answered: each answer counts against what may be written in an hour.
        let by = sender.login.as_str();
        if !self.obeys(repo, by) {
            return;
        }
        let command = match command {
            Ok(command) => command,
            Err(error) => {
                return self.refuse(Because::Unreadable { fault: error.fault().to_string() });
            }
        };
        if command.name() == "help" {
            let jobs: Vec<String> =
                project.jobs.iter().map(|job| format!("`{}`", job.name)).collect();
            self.decision.reply = Some(format!("{HELP}\n\nThe jobs: {}.", jobs.join(", ")));
            return self.nothing(Because::Answered { command: "help".to_owned() });
        }

        let number = event.issue.number;
        let Some(now) = self.pull_request(Lookup::pull_request(repo, number)) else {
            return self.nothing(Because::NoPullRequest { number });
        };
        if !now.is_open {
            return self.refuse(Because::IsClosed { number });
        }
        if now.is_fork && project.forks == Forks::Never {
            return self.refuse(Because::ForksNever);
        }
        let wish = match command.name() {
            "test" => test(&command, now, by),
            _ => retest(&command, now, by, project),
        };
        let wish = match wish {
            Ok(wish) => wish,
            Err(because) => return self.refuse(because),
        };
        let mut candidate = self.of_pull_request_now(repo, now, wish);
        let target = &candidate.target;
        let known = self.head(Lookup::head(repo, target));
        if let Some(known) = known.filter(|known| known.sha == now.head) {
            // A sha that was named was looked at.
            let written = event.comment.created_at.as_ref().and_then(Timestamp::instant);
            let moved = known.moment.instant();
            if command.name() == "retest" && written.is_some() && moved > written {
                return self.refuse(Because::HeadMoved { head: now.head.clone() });
            }
            candidate.before = known.before.clone();
            candidate.moment = known.moment.clone();
        }
        self.offer(project, &candidate);
    }

    pub(super) fn of_pull_request_now(
        &self,
        repo: &RepoName,
        now: &PullRequestNow,
        wish: Wish,
    ) -> Candidate {
        Candidate {
            trigger: Trigger::PullRequest,
            repo: repo.clone(),
            sha: now.head.clone(),
            before: None,
            r#ref: format!("refs/pull/{}/head", now.number),
            target: BuildTarget::PullRequest(now.number),
            cause: BuildCause::Asked { by: wish.by.clone() },
            moment: self.moment(now.updated_at.as_ref()),
            title: now.title.clone(),
            author: now.author.clone(),
            is_fork: now.is_fork,
            is_draft: now.is_draft,
            branch: Some(now.base_branch.clone()),
            default_branch: None,
            tree: None,
            files: ChangedFiles::OfPullRequest(now.number),
            wish: Some(wish),
        }
    }
}

/// The number of the first line that is not empty, from 1.
fn first_line(body: &str) -> usize {
    let start = body.get(..body.len() - body.trim_start().len()).unwrap_or_default();
    let ends = start.replace("\r\n", "\n");
    ends.matches(['\n', '\r']).count() + 1
}

fn test(command: &Command, now: &PullRequestNow, by: &str) -> Result<Wish, Because> {
    let [word] = command.arguments() else {
        return Err(Because::NeedsSha);
    };
    let named: Sha = word.parse().map_err(|_| Because::NotWholeSha { word: word.clone() })?;
    if named != now.head {
        return Err(Because::NotHead { named, head: now.head.clone(), number: now.number });
    }
    Ok(Wish { by: by.to_owned(), jobs: None, passed: Passed::IsGreen, approves: true })
}

fn retest(
    command: &Command,
    now: &PullRequestNow,
    by: &str,
    project: &Project,
) -> Result<Wish, Because> {
    if now.is_fork {
        return Err(Because::ForksNeedSha);
    }
    let by = by.to_owned();
    if command.arguments().is_empty() {
        return Ok(Wish { by, jobs: None, passed: Passed::IsLeft, approves: false });
    }
    let named = command.arguments().iter().map(|word| {
        let job = project.jobs.iter().find(|job| job.name == *word || job.context == *word);
        job.map(|job| job.name.clone()).ok_or_else(|| Because::NoSuchJob {
            name: word.clone(),
            known: project.jobs.iter().map(|job| job.name.clone()).collect(),
        })
    });
    let jobs = named.collect::<Result<Vec<_>, _>>()?;
    Ok(Wish { by, jobs: Some(jobs), passed: Passed::RunsAgain, approves: false })
}
