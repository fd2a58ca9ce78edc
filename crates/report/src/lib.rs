//! Reports to GitHub what becomes of a piece of work, whatever becomes of it: here client and handler
//! meet.
//!
//! ```no_run
//! use hookstead_client::Client;
//! use hookstead_events::PullRequestEvent;
//! use hookstead_handler::{Attempt, End, Handler, HandlerError, async_trait};
//! use hookstead_report::{Reporters, Verdict};
//!
//! struct CiServer { github: Client }
//!
//! #[async_trait]
//! impl Handler<PullRequestEvent> for CiServer {
//!     async fn handle(&self, event: &PullRequestEvent, attempt: &Attempt) -> Result<(), HandlerError> {
//!         let repo = self.github.repo(&event.repository.full_name);
//!         let sha = &event.pull_request.head.sha;
//!         Reporters::new(&repo, attempt).status(sha, "ci/demo").run(build).await?;
//!         Ok(())
//!     }
//! }
//!
//! async fn build() -> Result<Verdict, HandlerError> {
//!     let failed = 0; // run the tests
//!     Ok(match failed {
//!         0 => Verdict::success("All 108 tests passed"),
//!         _ => Verdict::failure(format!("{failed} of 108 tests failed")),
//!     })
//! }
//! ```
//!
//! There are three ways of telling, and one set of rules.
//!
//! | reporter | before | at the end | who can |
//! |---|---|---|---|
//! | [`StatusReporter`] | `pending` | `success`, `failure`, `error` | everybody |
//! | [`DeploymentReporter`] | `queued`, `in_progress` | `success`, `failure`, `error` | everybody |
//! | [`CheckReporter`] | `queued`, `in_progress` | `completed` with a conclusion, output, annotations, buttons | Apps |
//!
//! # The rules
//!
//! * **A last word, whatever happens.** It is the [`Verdict`] when there is one. It is an error, with the
//!   reason, when the work returns an error, panics, or is interrupted. Why it was interrupted is known from
//!   the attempt: its deadline, a shutdown, a newer task, somebody who canceled it.
//! * **The verdict is kept** as a [step](hookstead_handler::Attempt::step). A report that fails never does
//!   the work again: the next attempt only reports. An error that is permanent is reported as
//!   patiently; who revives the task has the work done again.
//! * **Only the last word is patient.** During an outage of GitHub's the work begins all the same, with a
//!   line in the log. When the last word fails, [`run`](Reporter::run) fails as the client does, and an inbox
//!   tries again for a day.
//! * **Nothing is said twice in a run.** A later attempt looks first at what is there.
//! * **What an earlier attempt left is put right**, also that of a process that was killed: by the attempt
//!   that follows, and where none does by [`ended`](Reporter::ended).
//! * **The older never overwrites the newer.** In this process those that began earlier are silent. Before
//!   its last word a reporter asks GitHub whether somebody elsewhere began after it. Who has lost its lease
//!   says nothing: somebody else is at it.
//! * **What decorates never costs the state.** Words and links are made to fit, and what GitHub refuses
//!   all the same is left out.
//!
//! The words of an error or a panic are not posted: whoever sees the commit sees its statuses, and errors
//! tell of machines and paths. Work that wants to say more returns [`Verdict::error`].
//!
//! # The end of a run
//!
//! A task may end without another attempt: superseded while it waits, canceled, or given up. So a handler that
//! reports should have a second line:
//!
//! ```no_run
//! # use hookstead_client::{Client, RepoName, Sha};
//! # use hookstead_handler::{Attempt, End, HandlerError};
//! # use hookstead_report::Reporters;
//! # struct CiServer { github: Client }
//! # fn of(_: &Attempt) -> (RepoName, Sha) { unimplemented!() }
//! # impl CiServer {
//! async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
//!     let (repo, sha) = of(attempt); // decoded from the delivery
//!     Reporters::new(&self.github.repo(&repo), attempt).status(&sha, "ci/demo").ended(end).await
//! }
//! # }
//! ```
//!
//! # The end of the program
//!
//! Work is interrupted by dropping it, and dropping cannot wait: a task on the same runtime posts the last
//! word. A runtime that ends takes that task with it, so let [`Reporters::finish`] be the last thing that `main`
//! does.

// What each leans on, never the other way:
//
//   reporters -> on_status, on_deployment, on_check -> run -> reporter -> poster -> slot, outstanding
//                                                    run -> kept -> verdict <- words
mod distinct;
mod kept;
mod on_check;
mod on_deployment;
mod on_status;
mod outstanding;
mod poster;
mod progress;
mod reporter;
mod reporters;
mod run;
mod settings;
mod slot;
mod target;
mod verdict;
mod words;
mod work;

pub use on_check::{CheckReporter, CheckTarget};
pub use on_deployment::{DeploymentReporter, DeploymentTarget};
pub use on_status::{StatusReporter, StatusTarget};
pub use progress::Progress;
pub use reporter::Reporter;
pub use reporters::Reporters;
pub use settings::AfterInterruption;
pub use target::Target;
pub use verdict::Verdict;
