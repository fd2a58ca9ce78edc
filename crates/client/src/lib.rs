//! A minimal client for GitHub's REST API: what a CI server, a deployment server or a bot needs to report
//! back. Commit statuses, deployments and their statuses, checks, pull requests and merging them, comments,
//! labels and reactions, commits, branches and files. [`calls`] lists every call; [`Request`] makes any other.
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
//! * **What must arrive arrives, and what must not happen twice does not.** See
//!   [below](#what-is-repeated).
//! * **It keeps within GitHub's limits**, and waits when it did not, as long as that makes sense; see
//!   [`RateLimitPolicy`]. A worker that handles webhooks learns when to come back.
//! * **Every call ends.** There is a deadline for connecting, one for each attempt, one for the whole
//!   call, a longest wait for its turn, and a limit for the length of an answer; see [`ClientBuilder`].
//! * **The token goes to the base URL and nowhere else**: not to a redirect's foreign target, not to
//!   a link in a list. It shows in no `Debug`, no error and no log.
//! * **What decorates never costs what it decorates.** A description may be too long or hold characters
//!   that GitHub refuses, a link may lead nowhere, there may be an annotation too many. Each is made to
//!   fit or left out, with a line in the log that names the field. What GitHub refuses all the same is
//!   sent again without.
//! * **Outcomes are no errors.** What GitHub answers in the course of business is a value:
//!   [`DeploymentOutcome`], [`MergeOutcome`]. Everything else is an [`Error`], which answers questions.
//! * **What GitHub sends is read leniently.** Few fields are required, enums are open, unknown fields
//!   are skipped; old Enterprise Servers lack what today's schema calls required.
//!
//! A renamed or transferred repository answers with a redirect; it is followed with the same method
//! and body.
//!
//! # What is required, and what is green
//!
//! [`Repo::checks_of`] puts statuses and check runs together with what the branch requires by its protection
//! and by rulesets. What the token may not read is named there, and nothing is called green then.
//!
//! # Tokens for builds, and other services
//!
//! A build gets a token of its own, limited to what it does: [`NewInstallationToken`] is the wish, and
//! [`Token::expose`] shows what came. For git there is [`Client::git_credential`]. [`HttpClient`] is the
//! transport below all this by itself, for a chat or a build server.
//!
//! # What is repeated
//!
//! A call is sent again, with the very same bytes, when GitHub has surely not processed it: no connection
//! came about, a rate limit refused it, or its token was expired or not yet known. When GitHub may have processed it (the
//! connection broke, no answer came in time, 500, 502, 503 or 504), only what is harmless to do twice is
//! sent again:
//!
//! * Whatever reads is.
//! * Each write is declared with a yes or no and the reason; [`calls`] lists them all. **A deployment is not**:
//!   there would be two, and both would be carried out.
//! * [Any other endpoint](Request) is only if it reads, unless it is called harmless: only the caller knows.
//!
//! A write that GitHub accepted (with a 2xx) is never sent again, even if its answer is unreadable. How
//! often, and after which waits, says [`RetryPolicy`]; [`Error::attempts`] and the log say how often it
//! was.
//!
//! # What goes wrong, and what to do
//!
//! | GitHub's answer | the error | repeated | what to do |
//! |---|---|---|---|
//! | none: no connection | [`is_connect`](Error::is_connect) | yes, every call | look at network, proxy, base URL |
//! | none: no trust, no TLS, a proxy's 407 | `is_connect` | no | look at roots, clock, base URL, the proxy's password |
//! | none: the connection broke, the deadline passed | [`is_timeout`](Error::is_timeout), or no [`status`](Error::status) | if harmless | look whether it was done, then do it again |
//! | 2xx that is not GitHub's: HTML, other JSON | [`is_not_github`](Error::is_not_github) | no | look for a login page, a proxy, a base URL without `/api/v3` |
//! | 2xx that cannot be read | [`took_effect`](Error::took_effect) for writes | reads whose connection broke | do not do it again |
//! | 301, 302, 307, 308 to elsewhere | text: *leads to* | no | correct the base URL, or name [the other one](ClientBuilder::also_at) |
//! | 400 | `status` | no | correct the request or the API version |
//! | 401 | `status` | with the same token while it is [young](RetryPolicy::young_token); once, if there is another one, or the App's clock was wrong | replace the token; see [`TokenProvider`] |
//! | 403 because of a suspension | [`is_suspended`](Error::is_suspended) | no | have it lifted |
//! | 403 without signs of a limit | [`accepted_permissions`](Error::accepted_permissions) | as a 401 with a young token, if it names no permission | give the token that permission |
//! | 2xx whose links have no end | [`is_endless_list`](Error::is_endless_list) | no | look what is in between; see [`ClientBuilder::max_pages`] |
//! | 403, 429 with signs of a limit | [`is_rate_limited`](Error::is_rate_limited), [`retry_after`](Error::retry_after) | within the [budget](RateLimitPolicy::longest_wait) | come back then; an inbox's worker does |
//! | 404 | [`is_not_found`](Error::is_not_found) | only by [`Repo::just_named`] | look at name and permissions: GitHub hides what a token may not see |
//! | 405, 409 in the course of business | none: an outcome | | `match` it |
//! | 410 | `status` | no | set another API version |
//! | 422 | [`validation_errors`](Error::validation_errors) | for a commit, only by [`Repo::just_named`] | correct the request |
//! | 500, 502, 503, 504 | `status`, [`response_text`](Error::response_text) | if harmless | do it again later |
//!
//! Errors that carry a time have [`RetryAfter`](hookstead_types::RetryAfter) among their sources, so a
//! handler that passes them on by `?` is run again at that time, and no worker waits for it. Where no
//! connection came about or one broke, no answer came in time, or GitHub answered with a 5xx, it is
//! [`Outage`](hookstead_types::Outage): no failure of the handler's, so that it is tried again for longer.
//!
//! # Clocks
//!
//! This machine's clock may be wrong. Times are compared with the `Date` of the answer that they stand in:
//! the end of a limit, the end of a token. An App dates its claims by this machine's clock until GitHub refuses
//! them and its `Date` shows another time, and by that from then on.
//!
//! # Features
//!
//! * `aws-lc-rs` (default): TLS by aws-lc-rs. Needs a C compiler.
//! * `ring`: TLS by ring, which builds faster. With both, aws-lc-rs is used.
//! * `app`: GitHub Apps: `AppKey` and `Client::for_installation`. Signs by the TLS provider's
//!   cryptography.
//! * `webpki-roots`: Mozilla's list of trusted roots, built in, for machines without one; see
//!   [`TrustedRoots`].
//! * `http2`: HTTP/2 where the server offers it.
//!
//! With neither of the first two, only `http://` base URLs and
//! [own transports](ClientBuilder::transport) work. The trusted roots are the machine's own unless
//! [`ClientBuilder::trusted_roots`] says otherwise, and the proxy is the environment's.
//!
//! # Weight
//!
//! | features | crates | cold debug build, CPU | to octocrab's |
//! |---|---|---|---|
//! | `ring` alone | 87 | 53 s | 0.36 |
//! | default | 86 | 85 s | 0.59 |
//! | default, `app` | 86 | | |
//! | default, `webpki-roots` | 87 | | |
//! | default, `http2` | 94 | | |
//! | octocrab 0.54.9, for comparison | 138 | 146 s | 1 |
//!
//! Seconds of user and system together, the mean of two rounds on two shared, busy cores; compare the
//! rows, not the seconds.

#![cfg_attr(docsrs, feature(doc_cfg))]

// What each leans on, never the other way:
//
//   api -> repo -> client -> app -> engine -> identity -> transport
//                  builder -> client
mod api;
mod app;
mod builder;
mod client;
mod engine;
mod identity;
mod repo;
mod transport;

pub use api::*;
pub use app::*;
pub use async_trait::async_trait;
pub use builder::ClientBuilder;
pub use client::Client;
pub use engine::*;
pub use hookstead_types::{
    CheckConclusion, CheckStatus, DeploymentState, HookContentType, InvisibleEnd, MergeMethod,
    PullRequestState, RepoName, Sha, StatusState, Timestamp, User,
};
pub use http::{Method, StatusCode};
pub use identity::*;
pub use repo::Repo;
pub use transport::*;
