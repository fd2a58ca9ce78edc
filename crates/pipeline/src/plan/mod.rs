//! What an event means: which jobs run, and why; or nothing, because of something.
//!
//! [`plan`] asks nobody and changes nothing. What it must know beside the event it says as
//! [lookups](Decision::lookups); whoever calls it answers them, and plans again until none are left:
//!
//! ```
//! use hookstead_pipeline::config::Config;
//! use hookstead_pipeline::plan::{Answer, Decision, Facts, Occasion, Lookup, plan};
//!
//! fn decide(config: &Config, occasion: &Occasion, ask: impl Fn(&Lookup) -> Answer) -> Decision {
//!     let mut facts = Facts::new();
//!     loop {
//!         let decision = plan(config, occasion, &facts);
//!         if decision.lookups.is_empty() {
//!             return decision;
//!         }
//!         for lookup in decision.lookups {
//!             let answer = ask(&lookup);
//!             facts.answer(lookup, answer);
//!         }
//!     }
//! }
//! ```
//!
//! Each lookup comes once, and no occasion needs more than a few, one after the other.
//!
//! # The rules
//!
//! * **What runs.** A job runs for what its `on` lists, and its `branches`, `tags`, `paths` and `drafts` let in.
//!   Pull requests count when they are opened, reopened, pushed to, marked as ready, or get another base.
//! * **Never twice.** A build of the same job and commit that waits or runs is joined. What passed with the same
//!   commit is green at once, and so is what passed with the same tree, where the event says the tree. What
//!   failed is built again, when there is an event for it.
//! * **As merged.** With `as_merged` a pull request is built as GitHub would merge it. Only a build with the same
//!   tree is the same then, which shows when the tree is there: the base may have moved.
//! * **Order.** Events come in any order. One that tells of a commit older than one that is known starts nothing;
//!   which is older say the commits `before` and `after`, else the moments. So the journal keeps the
//!   [heads](Decision::heads) that were seen, also where nothing ran.
//! * **Files.** `paths` look at the files of a push as far as the event lists all: a new branch, a forced push and
//!   a push of very many commits or files run, and say so. The files of a pull request are asked for. They do not
//!   count for tags, nor for groups of the merge queue.
//! * **Not needed.** Where no file of a pull request matches a job's `paths`, GitHub is told so, as a success: a
//!   branch that requires the job would wait for it for ever. Nothing is said of a commit that the job was built
//!   for, so that no failure is covered. Nothing is said either where `branches`, `drafts`, `forks` or words that
//!   skip keep a job from running: whoever opens a pull request chooses its base and its title, and would have a
//!   success for it. So a job is to be required only for branches that its `branches` let in.
//! * **Skipping.** `[skip ci]`, `[ci skip]` or `[no ci]` anywhere in the message of a pushed commit, or the
//!   trailer `skip-checks: true`: nothing runs. Of a pull request its title is looked at, as the event has no
//!   message. The merge queue skips nothing, for it would wait for ever.
//! * **Forks.** With `forks = "never"` nothing runs; with `"ask"` each commit waits for approval; with `"run"` it
//!   runs as any other. A stranger's build is joined, or counts for one's own, only where that is safe.
//! * **The end.** A closed pull request, a deleted branch or tag and a group that left the merge queue cancel
//!   their builds, but for those that are a branch's as well.
//! * **Comments.** The first line of a new comment on a pull request, by a person who may write: `/retest`,
//!   `/retest JOB`, `/test SHA`, `/help`. On a pull request from a fork only `/test` with the whole sha of the
//!   head. Bots and strangers are not even answered.

mod again;
mod because;
mod candidate;
mod decision;
mod facts;
mod jobs;
mod lookup;
mod occasion;
mod on_check;
mod on_comment;
mod on_merge_group;
mod on_pull_request;
mod on_push;
mod on_repository;
mod on_request;
mod planner;
mod skip_words;

use hookstead::events::{AnyEvent, CheckRunAction, CheckSuiteAction, Event, MergeGroupAction};

use self::candidate::name_of;
use self::on_pull_request::is_of_interest;
use self::planner::Planner;
use crate::config::Config;
use crate::record::BuildCause;

pub use because::Because;
pub use decision::{
    Approved, Canceled, Decision, How, NotNeeded, Planned, SeenHead, SeenRepository, Skipped,
};
pub use facts::{Answer, CommitNow, Facts, PullRequestNow};
pub use lookup::Lookup;
pub use occasion::{Happening, Occasion, Request};
pub use on_check::{APPROVE_BUTTON, CANCEL_BUTTON};

/// Decides what an occasion starts, stops or lets run, and why; or nothing, because of something.
///
/// The same arguments give the same decision, whenever and wherever.
#[must_use]
pub fn plan(config: &Config, occasion: &Occasion, facts: &Facts) -> Decision {
    let mut planner = Planner::new(config, &occasion.at, facts);
    match &occasion.what {
        Happening::Delivery { id, event } => planner.on_delivery(id, event),
        Happening::Request { by, request } => planner.on_request(by, request),
    }
    planner.decision
}

impl Planner<'_> {
    fn on_delivery(&mut self, id: &str, event: &AnyEvent) {
        let name = name_of(event);
        let because = match event {
            AnyEvent::Ping(_) => Some(Because::Ping),
            AnyEvent::Repository(event) => return self.on_repository(event, &name),
            event if is_report(event) => Some(Because::IsReport { event: name.clone() }),
            event if starts_something(event) => None,
            _ => Some(Because::EventStartsNothing { event: name.clone() }),
        };
        if let Some(because) = because {
            return self.nothing(because);
        }
        let common = event.common();
        let Some(repository) = common.repository else {
            return self.nothing(Because::NoRepository { event: name });
        };
        let cause = BuildCause::Delivery { id: id.to_owned(), event: name };
        let by = common.sender.map(|sender| sender.login.as_str());
        for project in self.projects(repository) {
            let repo = &repository.full_name;
            match event {
                AnyEvent::Push(event) => self.on_push(project, repo, event, &cause),
                AnyEvent::PullRequest(event) => self.on_pull_request(project, repo, event, &cause),
                AnyEvent::MergeGroup(event) => self.on_merge_group(project, repo, event, &cause),
                AnyEvent::CheckRun(event) => self.on_check_run(project, repo, event, by),
                AnyEvent::CheckSuite(event) => self.on_check_suite(project, repo, event, by),
                AnyEvent::IssueComment(event) => self.on_comment(project, repo, event),
                _ => {}
            }
        }
    }
}

/// Whether the event may start or stop a build.
fn starts_something(event: &AnyEvent) -> bool {
    match event {
        AnyEvent::Push(_) | AnyEvent::IssueComment(_) => true,
        AnyEvent::PullRequest(event) => is_of_interest(&event.action),
        AnyEvent::MergeGroup(event) => {
            [MergeGroupAction::ChecksRequested, MergeGroupAction::Destroyed].contains(&event.action)
        }
        AnyEvent::CheckRun(event) => {
            [CheckRunAction::Rerequested, CheckRunAction::RequestedAction].contains(&event.action)
        }
        AnyEvent::CheckSuite(event) => {
            [CheckSuiteAction::Rerequested, CheckSuiteAction::Requested].contains(&event.action)
        }
        _ => false,
    }
}

/// Whether the event tells how something went, be it of ourselves.
fn is_report(event: &AnyEvent) -> bool {
    match event {
        AnyEvent::Status(_) => true,
        AnyEvent::CheckRun(event) => {
            [CheckRunAction::Created, CheckRunAction::Completed].contains(&event.action)
        }
        AnyEvent::CheckSuite(event) => event.action == CheckSuiteAction::Completed,
        _ => false,
    }
}
