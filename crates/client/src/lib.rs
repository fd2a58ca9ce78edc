//! A minimal client for GitHub's REST API: what a CI server or a deployment server needs to report
//! back. Commit statuses, deployments and their statuses, pull requests and merging them.
//!
//! ```no_run
//! use hookstead_client::{Client, DeploymentOutcome, NewDeployment, NewDeploymentStatus, NewStatus};
//! use hookstead_client::{RepoName, RequiredContexts, Sha, Token};
//!
//! # async fn deploy() -> Result<(), Box<dyn std::error::Error>> {
//! let github = Client::new(Token::from_env("MY_PERSONAL_TOKEN")?)?;
//! let name: RepoName = "octocat/hello-world".parse()?;
//! let repo = github.repo(&name);
//!
//! let sha: Sha = "ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse()?;
//! repo.create_status(&sha, &NewStatus::success().context("ci/demo")).await?;
//!
//! let wish = NewDeployment::new(&sha).required_contexts(RequiredContexts::only(["ci/demo"]));
//! match repo.create_deployment(&wish).await? {
//!     DeploymentOutcome::Created(deployment) => {
//!         repo.create_deployment_status(deployment.id, &NewDeploymentStatus::success()).await?;
//!     }
//!     other => println!("no deployment was made: {other:?}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! * **One attempt per call.** A failed call is not repeated behind the caller's back, except where
//!   not one byte of it was written (an idle connection that was found dead).
//! * **Every call ends.** There is a deadline for connecting, one for the whole call, and a limit for
//!   the length of an answer; see [`ClientBuilder`].
//! * **The token goes to the base URL and nowhere else**: not to a redirect's foreign target, not to
//!   a link in a list. It shows in no `Debug`, no error and no log.
//! * **Outcomes are no errors.** What GitHub answers in the course of business is a value:
//!   [`DeploymentOutcome`], [`MergeOutcome`]. Everything else is an [`Error`], which answers questions.
//! * **What GitHub sends is read leniently.** Few fields are required, enums are open, unknown fields
//!   are skipped; old Enterprise Servers lack what today's schema calls required.
//!
//! A renamed or transferred repository answers with a redirect; it is followed with the same method
//! and body.
//!
//! # Features
//!
//! * `aws-lc-rs` (default): TLS by aws-lc-rs. Needs a C compiler.
//! * `ring`: TLS by ring, which builds faster. With both, aws-lc-rs is used.
//!
//! With neither, only `http://` base URLs work. The trusted roots are the machine's own.

mod answer;
mod base_url;
mod builder;
mod call;
mod client;
mod decode;
mod deployment;
mod deployment_status;
mod description;
mod error;
mod error_body;
mod error_kind;
mod link;
mod merge;
mod new_deployment;
mod page;
mod path;
mod pull_request;
mod rate_limit;
mod refusal;
mod repo;
mod status;
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
mod tls;
mod token;
mod transport;

pub use builder::{BuildError, ClientBuilder};
pub use client::Client;
pub use deployment::{Deployment, DeploymentFilter, DeploymentOutcome};
pub use deployment_status::{DeploymentStatus, NewDeploymentStatus};
pub use description::DESCRIPTION_MAX_CHARACTERS;
pub use error::Error;
pub use error_body::ValidationError;
pub use hookstead_types::{DeploymentState, RepoName, Sha, StatusState, Timestamp, User};
pub use http::StatusCode;
pub use merge::{MergeMethod, MergeOptions, MergeOutcome};
pub use new_deployment::{NewDeployment, RequiredContexts};
pub use page::Page;
pub use pull_request::{PullRequest, PullRequestBranch, PullRequestRepo, PullRequestState};
pub use refusal::{FailingContext, Refusal, RefusalReason};
pub use repo::Repo;
pub use status::{CombinedStatus, NewStatus, Status};
pub use token::{InvalidToken, Token};
