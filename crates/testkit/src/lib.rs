//! A GitHub of one's own, for testing what reacts to webhooks and reports back.
//!
//! [`FakeGitHub`] keeps repositories, branches, pull requests, statuses, deployments and hooks in
//! memory. It serves the part of GitHub's REST API that has to do with them on a free port of
//! `127.0.0.1`, and when something happens, it sends signed webhooks with payloads of GitHub's
//! full shape. A test plays the people, runs the real program against it and waits for what the
//! program reports:
//!
//! ```
//! use hookstead_testkit::{FakeGitHub, FakeHook, FakePullRequest};
//! use hookstead_types::StatusState;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let github = FakeGitHub::start().await;
//! let repository = github.create_repository("octocat/hello-world");
//! // Start your server here, with `github.api_url()` as the API's address, and give its address
//! // to the hook.
//! # let server = github.api_url();
//! repository.create_hook(FakeHook::new(&server).secret("s3cret").events(["pull_request"]));
//!
//! let number = repository.open_pull_request(FakePullRequest::new("Add a flag").head("feature"));
//! let head = repository.pull_request(number).head_sha;
//! # repository.create_status(&head, "ci/demo", StatusState::Success);
//!
//! let status = repository.wait_for_status(&head, "ci/demo", StatusState::Success).await;
//! println!("{status}");
//! # }
//! ```
//!
//! [`samples`] are payloads and events without a server around them, for the unit tests of a
//! handler. [`Sender`] sends signed deliveries to a server, well-formed or hostile.
//!
//! # Git
//!
//! A repository has commits without files, which is all that most tests need. With
//! [`with_git`](FakeRepository::with_git) there is real git behind it: programs clone, fetch and push over HTTP,
//! merges make real commits, and conflicts are real. A test commits files with [`FakeCommit`]:
//!
//! ```
//! use hookstead_testkit::{FakeCommit, FakeGitHub, FakePullRequest};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let github = FakeGitHub::start().await;
//! let repository = github.create_repository("octocat/hello-world").with_git();
//! repository.commit("feature", FakeCommit::new("Add a flag").file("flag.txt", "on"));
//! repository.open_pull_request(FakePullRequest::new("Add a flag").head("feature"));
//! // A build may now do: git fetch CLONE_URL refs/pull/1/merge
//! let address = repository.clone_url();
//! # assert!(address.starts_with("http://127.0.0.1:"));
//! # }
//! ```
//!
//! # When things go wrong
//!
//! A [`Fault`] is what a test orders to go wrong: errors before and after the effect, limits, cut
//! connections, redirects. [`FakeGitHub::requests`] tells what was asked, what was answered and
//! whether it had an effect:
//!
//! ```
//! use hookstead_testkit::{FakeGitHub, Fault};
//! use http::Method;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let github = FakeGitHub::start().await;
//! github.inject(Fault::status(502).after_effect().times(2).on(Method::POST, "/statuses/"));
//! // Let the program report a status here, and wait for it.
//! let effects = github.requests().iter().filter(|request| request.effect).count();
//! # assert_eq!(effects, 0);
//! # }
//! ```
//!
//! # Beside GitHub
//!
//! [`FakeGitHub::on`] answers a call of the API by a function of the test's own. [`FakeGitHub::mount`] adds paths
//! that are no part of GitHub. The program `hookstead fake`, of the crate `hookstead-cli`, runs this fake by
//! itself, with a page and calls that control it, for programs in any language.
//!
//! # How it behaves
//!
//! * **It is strict where GitHub is strict.** A request without `User-Agent`, without a token or with
//!   bad JSON fails as it does on GitHub, with GitHub's error bodies. So do a path with a trailing slash
//!   and a description of more than 140 characters.
//! * **Who calls**: a token is a person's, unless it begins with `ghs_`, as an installation's does; a
//!   JSON web token is the [`FakeApp`]'s. Permissions are not checked, but only Apps make check runs.
//! * **What a branch requires holds**, for everybody: see [`FakeProtection`]. Where it requires the merge queue,
//!   [`FakeRepository::enqueue`] is the way in.
//! * **As careless as GitHub**: each hook is told from a task of its own, so deliveries arrive in
//!   any order; a receiver has 10 s; a failed delivery is never repeated. Redirects are not
//!   followed.
//! * **It panics** where a test would: when a test asks for what is not there, or waits in vain. The
//!   message says what there is instead.
//! * `http` only, in both directions; the legacy SHA-1 signature is not sent.

// From the outside in, and nothing leans the other way: the handles (`github`, `repository`, `repository_git`,
// `organization`, `app`, `clock`, `builder`); `rest` answers calls, `webhook` delivers; `payload` renders; `traffic`
// keeps what went in and out; `state` is what is so, and knows neither JSON nor HTTP; `git` keeps repositories on disk
// for it; `objects` are plain data. `samples`, `sender` and the `wire` below it stand apart.
mod app;
mod builder;
mod clock;
mod conversation;
mod fail;
mod fake;
mod git;
mod github;
mod guid;
mod merge_queue;
mod objects;
mod organization;
mod overview;
mod payload;
mod repository;
mod repository_git;
mod requirements;
mod rest;
mod reviewing;
pub mod samples;
mod sender;
mod shared;
mod state;
mod traffic;
mod webhook;
mod wire;

pub use app::FakeApp;
pub use builder::FakeGitHubBuilder;
pub use clock::Clock;
pub use github::FakeGitHub;
pub use objects::{
    FakeCommit, FakeDeployment, FakeHook, FakeIssue, FakeProtection, FakePullRequest,
    RecordedCheckRun, RecordedComment, RecordedDeployment, RecordedDeploymentStatus, RecordedHook,
    RecordedIssue, RecordedLabel, RecordedMergeGroup, RecordedPullRequest, RecordedReaction,
    RecordedReview, RecordedStatus,
};
pub use organization::FakeOrganization;
pub use repository::FakeRepository;
pub use sender::{Answer, InvalidUrl, SendError, Sender};
pub use traffic::{Fault, RecordedDelivery, RecordedRequest, RouteAnswer, RouteRequest};
