//! Has GitHub deliver again what never arrived.
//!
//! GitHub delivers an event once. When the server is down at that moment, or the way to it is, GitHub
//! notes a failed delivery and leaves it at that; but for three days it delivers again what it is
//! asked for. [`Recovery`] asks: it compares what GitHub says it delivered with what the inbox has, at
//! the start and every few minutes. Switch a server off for an hour, and on again, and nothing is lost.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use hookstead::client::{Client, Token};
//! use hookstead::events::PushEvent;
//! use hookstead::inbox::SqliteInbox;
//! use hookstead::{Delivery, Router, Server, WebhookSecret, handler_fn};
//! use hookstead_recovery::Recovery;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let router = Router::new().on::<PushEvent>(handler_fn(async |push: PushEvent, _: Delivery| {
//!     println!("{} is at {}", push.r#ref, push.after);
//!     Ok(())
//! }));
//! let inbox = Arc::new(SqliteInbox::open("ci.db")?);
//!
//! let github = Client::new(Token::from_env("MY_PERSONAL_TOKEN")?)?;
//! let repo = github.repo(&"octocat/hello-world".parse()?);
//! let hook = "https://ci.example.com/event_handler";
//! let recovery = Recovery::of_repository_hook(&repo, hook, Arc::clone(&inbox)).only(&router);
//!
//! let server = Server::new("/event_handler", WebhookSecret::from_env("WEBHOOK_SECRET")?, router)
//!     .inbox(inbox)
//!     .serve("127.0.0.1:4567");
//! recovery.run_until(server).await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`run_until`](Recovery::run_until) works beside the server and ends with it. For several hooks, give
//! one recovery the next one's `run_until`. [`recover_once`](Recovery::recover_once) does a single round
//! and returns what it did, for a command line or a timer of your own.
//!
//! # What a round does
//!
//! 1. It lists the hook's deliveries: the first time as far back as GitHub keeps them
//!    ([`look_back`](Recovery::look_back)), one call for every 100; afterwards those since the last list
//!    that was read to its end. Nothing needs to be stored for that: after a restart, however long the
//!    server, the network or the token was out of order, the whole window is looked at again.
//! 2. An event that GitHub handed over by whichever attempt (`status` is `OK`) is done with. So is one
//!    that the inbox has: it arrived, and only the answer came too late.
//! 3. Of the others, GitHub is asked to deliver the newest attempt again, those first that it will
//!    forget first. They come as ordinary deliveries with their old id, out of order, in the
//!    receiver's usual way.
//!
//! | an event that failed | |
//! |---|---|
//! | less than a [minute](Recovery::margin) ago | is left for the next round: it may be on its way |
//! | and failed again | is asked for after a pause that doubles, up to [4 hours](Recovery::longest_pause) |
//! | [24 times](Recovery::max_redeliveries) | is given up, with a warning: the server refuses it each time |
//! | more than [three days](Recovery::look_back) ago | is lost, with a warning |
//! | and that nobody handles | is asked for, and ignored; or left alone: [`only`](Recovery::only) |
//!
//! # What it takes
//!
//! * **The permission** *Webhooks*, read and write; a classic token needs `admin:repo_hook` or
//!   `admin:org_hook`. For an App's hook, the App's own key. If it is missing, the log says so.
//! * **Calls**: one per round when nothing is new. Redeliveries are writes, which the client sends one
//!   after another, about one per second. When GitHub's limit is reached, the recovery sleeps until its
//!   end and goes on.
//! * **One place.** Where several servers share an inbox, run it beside one of them: two would have
//!   everything delivered twice.
//! * **A clock** that is right within hours: GitHub's window is measured with it.
//!
//! # What it cannot do
//!
//! GitHub keeps no more than three days (an Enterprise Server seven), makes no delivery at all of events
//! beyond 25 MB, and has no such list for the hooks of enterprises, Marketplace and Sponsors. A delivery
//! that was answered 2xx counts as arrived: a [`MemoryInbox`](hookstead_inbox::MemoryInbox) that died
//! with its process gets nothing back.

mod clock;
mod error;
mod hook_ref;
mod ledger;
mod listing;
mod recovery;
mod report;
mod round;
mod settings;
mod source;

pub use error::RecoveryError;
pub use hook_ref::HookRef;
pub use recovery::Recovery;
pub use report::{FailedEvent, Report};
