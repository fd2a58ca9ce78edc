//! Receives GitHub's webhooks, loses nothing, reports back.
//!
//! Implement [`Handler`] for the events you care about, put it into a [`Router`], and give that to
//! a [`Server`]. A delivery is verified, stored with one *task* for each handler that takes it, and
//! answered at once; your handler runs afterwards, and again, alone, when it fails or its process dies.
//! What it has done as a [step](Attempt::step) is not done again. It reports back through a
//! `client::Client`.
//!
//! ```no_run
//! use hookstead::events::PushEvent;
//! use hookstead::{Attempt, Handler, HandlerError, Router, Server, WebhookSecret, async_trait};
//!
//! struct Log;
//!
//! #[async_trait]
//! impl Handler<PushEvent> for Log {
//!     async fn handle(&self, push: &PushEvent, _: &Attempt) -> Result<(), HandlerError> {
//!         println!("{} is at {}", push.r#ref, push.after);
//!         Ok(())
//!     }
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = WebhookSecret::from_env("WEBHOOK_SECRET")?;
//! Server::new("/event_handler", secret, Router::new().on::<PushEvent>(Log))
//!     .serve("127.0.0.1:4567")
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! This crate only gathers the others; each can be used without the rest:
//!
//! | here | crate | what it is for |
//! |---|---|---|
//! | [`events`] | `hookstead-events` | GitHub's webhook events as types |
//! | [`signature`] | `hookstead-signature` | verifying that a delivery comes from GitHub |
//! | [`handler`] | `hookstead-handler` | what a handler is, and which one takes what |
//! | [`inbox`] | `hookstead-inbox` | keeping deliveries and their tasks until they are handled |
//! | [`receiver`] | `hookstead-receiver` | taking deliveries: a tower service, a server |
//! | `client` | `hookstead-client` | reporting back: statuses, deployments, merging |
//! | `report` | `hookstead-report` | reporting what becomes of a piece of work, whatever becomes of it |
//! | `recovery` | `hookstead-recovery` | having GitHub deliver again what never arrived |
//! | [`types`] | `hookstead-types` | the words of both directions: repository names, shas, timestamps |
//!
//! For testing your own handlers there is `hookstead-testkit`: a fake GitHub, samples and senders.
//!
//! # Features
//!
//! | feature | by default | what it adds |
//! |---|---|---|
//! | `client` | yes | the REST client, the reporters, and the recovery of what never arrived |
//! | `sqlite` | yes | an inbox on disk, `inbox::SqliteStore`; needs a C compiler |
//! | `statement-cache` | no | work that is submitted to SQLite in transactions of one's own is quicker |
//! | `postgres` | no | an inbox in PostgreSQL, for many machines: `inbox::PostgresStore` |
//! | `aws-lc-rs` | yes | TLS by aws-lc-rs; needs a C compiler |
//! | `ring` | no | TLS by ring, quicker to build |
//! | `app` | no | the client as a GitHub App |
//! | `webpki-roots` | no | the client trusts Mozilla's roots in place of the machine's |
//! | `http2` | no | the client speaks HTTP/2 |
//! | `metrics` | no | counts what happens |
//!
//! # Metrics
//!
//! With the feature `metrics` everything below is counted, for the recorder of the `metrics` crate
//! that the program has installed before it makes its server (Prometheus, StatsD and others have
//! one). Without a recorder it costs next to nothing.
//!
//! | name | kind | labels | what it counts |
//! |---|---|---|---|
//! | `hookstead_requests_total` | counter | `status` | requests to the receiver, by the answer's status |
//! | `hookstead_signature_failures_total` | counter | | signatures missing, malformed or wrong |
//! | `hookstead_accept_seconds` | histogram | | how long the inbox took to accept a delivery |
//! | `hookstead_deliveries_accepted_total` | counter | `event`, `result`: `new`, `duplicate`, `again`, `declined`, `replay` | deliveries that came, by what became of them |
//! | `hookstead_tasks_handed_over_total` | counter | `handler` | tasks that were handed to a handler as they were accepted |
//! | `hookstead_waiting_seconds` | histogram | `handler` | from receiving to the first attempt |
//! | `hookstead_handling_seconds` | histogram | `handler` | how long the handler took, for each attempt |
//! | `hookstead_tasks_settled_total` | counter | `handler`, `outcome`: `done`, `superseded`, `canceled`, `dead`, `retry`, `outage`, `wait`, `released` | attempts by their outcome |
//! | `hookstead_leases_lost_total` | counter | `handler` | attempts that lost their lease, so that another repeats them |
//! | `hookstead_slots_held_total` | counter | `handler` | attempts that held their slot for longer than the slot warning, a day by default |
//! | `hookstead_inbox_tasks` | gauge | `handler`, `state`: `ready`, `blocked`, `leased`, `delayed` | open tasks, counted up to 10,000 |
//! | `hookstead_inbox_settled_tasks` | gauge | `state`: `done`, `superseded`, `canceled`, `dead` | settled tasks, counted up to 10,000 |
//! | `hookstead_inbox_oldest_ready_seconds` | gauge | `handler` | for how long the oldest ready task has been ready; 0 if none is |
//!
//! | `hookstead_client_calls_total` | counter | `method`, `status`: of the last answer, or `none` | calls to GitHub, each once however often it was sent |
//! | `hookstead_client_call_seconds` | histogram | `method` | how long a call took, with its waits and retries |
//! | `hookstead_client_retries_total` | counter | `because`: `a rate limit`, `an outage`, `no connection`, `no answer`, ... | requests that were sent again |
//! | `hookstead_client_rate_limit_remaining` | gauge | `resource`: `core`, ... | how many requests GitHub's limit leaves, as the last answer said; of several tokens, the one that called last |
//!
//! The `handler` is its full name, `program.name`. The `event` is the name without its action; one that
//! GitHub's list does not have is `other`, so that nobody can make up labels without end. The gauges are
//! of the whole inbox, so servers that share one report the same: take their maximum, not their sum. Each
//! process refreshes them every 15 seconds (`Inbox::gauge_interval`); while the store fails they keep their
//! last values.
//!
//! The recorder has to be one for `metrics` 0.24, the version that this is built with: with another one it
//! hears nothing, and no error says so. `cargo tree -i metrics` shows one version if all is well. For
//! Prometheus that is `metrics-exporter-prometheus` 0.18 or another release that asks for 0.24.
//!
//! Of the histograms a recorder may make summaries, which cannot be added up over several servers; so name
//! buckets, in seconds:
//!
//! | histogram | buckets | why |
//! |---|---|---|
//! | `hookstead_accept_seconds` | 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 | usually a few milliseconds; GitHub gives up after 10 s |
//! | `hookstead_waiting_seconds` | 0.001, 0.01, 0.1, 1, 10, 60, 300, 1800, 7200, 86400 | in process about a millisecond; behind a lane or an outage hours; `/readyz` is red after 1800 |
//! | `hookstead_handling_seconds` | 0.01, 0.1, 1, 10, 60, 300, 900, 3600, 14400 | from a label to a long build |
//! | `hookstead_client_call_seconds` | 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300 | GitHub answers in 0.1 to 1 s, and ends a request after 10 s; a limit waits for minutes |
//!
//! Worth an alarm: any increase of `dead`, an oldest ready task of several minutes, and signature
//! failures without accepted deliveries (a secret that was changed on one side only).
//!
//! # Traces
//!
//! Each attempt runs in a span of `tracing`, `attempt`, with the fields `delivery`, `event`, `repository`,
//! `handler`, `run` and `attempt`. What the handler logs, and each call to GitHub (at level `debug`), is an
//! event in it, so every line has the repository. OpenTelemetry takes them by a layer of
//! `tracing-subscriber`. The library needs nothing for it, and the program `opentelemetry`,
//! `opentelemetry_sdk` and `opentelemetry-otlp` (0.33, with `http-proto`, `trace` and
//! `reqwest-blocking-client`) and `tracing-opentelemetry` (0.34, which is made for these). They bring some
//! hundred crates, so they are no part of these docs' tests. The example `traces` of the repository has
//! these lines, and is tested against a collector:
//!
//! ```ignore
//! use opentelemetry::trace::TracerProvider as _;
//! use tracing::Level;
//! use tracing_subscriber::filter::Targets;
//! use tracing_subscriber::layer::SubscriberExt as _;
//! use tracing_subscriber::util::SubscriberInitExt as _;
//!
//! // Where to send them stands in OTEL_EXPORTER_OTLP_ENDPOINT.
//! let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build()?;
//! let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder()
//!     .with_batch_exporter(exporter)
//!     .build();
//! tracing_subscriber::registry()
//!     // Each call to GitHub, and of what others say only what matters: sending is told of, too.
//!     .with(Targets::new().with_default(Level::INFO).with_target("hookstead", Level::DEBUG))
//!     // What people read.
//!     .with(tracing_subscriber::fmt::layer())
//!     // Spans, and the events in them.
//!     .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("traces")))
//!     .init();
//!
//! // Then the server. What was not sent yet is sent at the end.
//! server.serve("127.0.0.1:4567").await?;
//! provider.shutdown()?;
//! ```

// On docs.rs, what needs a feature says so.
#![cfg_attr(docsrs, feature(doc_cfg))]

// A room is a module and not a renamed crate, so that the compiler suggests `hookstead::inbox::Inbox`:
// a path that exists. What a feature adds is named one by one beside the glob, so that the compiler
// says which feature is missing.

/// The REST client, which reports back: statuses, deployments, checks, merging.
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod client {
    #[doc(inline)]
    pub use hookstead_client::*;
    #[cfg(feature = "app")]
    #[cfg_attr(docsrs, doc(cfg(feature = "app")))]
    #[doc(inline)]
    pub use hookstead_client::{AppKey, InvalidAppKey};
}

/// GitHub's webhook events as types, and the names of all of them.
pub mod events {
    #[doc(inline)]
    pub use hookstead_events::*;
}

/// What a handler is, which handler takes which event, and how an attempt ends.
pub mod handler {
    #[doc(inline)]
    pub use hookstead_handler::*;
}

/// Deliveries and their tasks are kept here until they are done: in memory, in SQLite or in PostgreSQL.
pub mod inbox {
    #[doc(inline)]
    pub use hookstead_inbox::*;
    #[cfg(feature = "postgres")]
    #[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
    #[doc(inline)]
    pub use hookstead_inbox::{PostgresConnection, PostgresOptions, PostgresStore};
    #[cfg(feature = "sqlite")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    #[doc(inline)]
    pub use hookstead_inbox::{SqliteOptions, SqliteStore, SqliteWriteTurn};
}

/// Deliveries are taken here: by a service that mounts in other servers, and by a server.
pub mod receiver {
    #[doc(inline)]
    pub use hookstead_receiver::*;
}

/// Has GitHub deliver again what never arrived.
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod recovery {
    #[doc(inline)]
    pub use hookstead_recovery::*;
}

/// Reports what becomes of a piece of work, whatever becomes of it.
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod report {
    #[doc(inline)]
    pub use hookstead_report::*;
}

/// The secret of a hook, and how a delivery is proved to come from GitHub.
pub mod signature {
    #[doc(inline)]
    pub use hookstead_signature::*;
}

/// The words that GitHub uses in both directions: repository names, shas, timestamps, states.
pub mod types {
    // Not `Decode`: what it writes names `hookstead_types`, which users of this crate lack. Theirs is
    // serde's `Deserialize`.
    #[doc(inline)]
    pub use hookstead_types::{
        BackOff, CheckConclusion, CheckStatus, DeploymentState, HookContentType, InvalidRepoName,
        InvalidSha, InvisibleEnd, MergeMethod, OMITTED_USER_LINKS, Outage, PullRequestState,
        RepoName, RetryAfter, SettingError, SettingSource, SettingText, Sha, StatusState,
        Timestamp, User, UserType, open_enum,
    };
}

#[doc(inline)]
pub use hookstead_handler::{
    Attempt, Delivery, Handler, HandlerError, Registration, Router, async_trait, handler_fn,
};
#[doc(inline)]
pub use hookstead_inbox::{Inbox, Work};
#[doc(inline)]
pub use hookstead_receiver::{Receiver, Server};
#[doc(inline)]
pub use hookstead_signature::{Verifier, WebhookSecret};

#[cfg(all(doctest, feature = "client", feature = "sqlite"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
