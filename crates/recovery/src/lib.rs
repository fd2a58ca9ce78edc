//! Has GitHub deliver again what never arrived.
//!
//! GitHub delivers an event once. When the server is down at that moment, or the way to it is, GitHub
//! notes a failed delivery and leaves it at that. But for three days it delivers again what it is
//! asked for. [`Recovery`] asks: it compares what GitHub says it delivered with what the inbox has, at
//! the start and every few minutes. Switch a server off for an hour, and on again, and nothing is lost.
//!
//! ```no_run
//! use hookstead::client::{Client, Token};
//! use hookstead::events::PushEvent;
//! use hookstead::inbox::SqliteStore;
//! use hookstead::{Attempt, Inbox, Router, Server, WebhookSecret, handler_fn};
//! use hookstead_recovery::Recovery;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let router = Router::new().on::<PushEvent>(handler_fn(async |push: PushEvent, _: Attempt| {
//!     println!("{} is at {}", push.r#ref, push.after);
//!     Ok(())
//! }));
//! let inbox = Inbox::new(SqliteStore::open("ci.db")?, router);
//!
//! let github = Client::new(Token::from_env("MY_PERSONAL_TOKEN")?)?;
//! let repo = github.repo(&"octocat/hello-world".parse()?);
//! let hook = "https://ci.example.com/event_handler";
//! let recovery = Recovery::of_repository_hook(&repo, hook, inbox.clone());
//!
//! let secret = WebhookSecret::from_env("WEBHOOK_SECRET")?;
//! let server = Server::of("/event_handler", secret, inbox).serve("127.0.0.1:4567");
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
//! 2. An event that the inbox knows is done with, whatever GitHub believes: it arrived, and perhaps only
//!    the answer came too late. One that all handlers declined is known, too.
//! 3. One that GitHub handed over (`status` is `OK`) and the inbox does not know was answered by somebody
//!    who did not take it: an older version of the program, say, that ignored it. It never arrived, unless
//!    it was handed over before any process had a handler for it, or longer ago than the inbox
//!    [remembers](hookstead_inbox::Inbox::keep_settled).
//! 4. Of all that never arrived, GitHub is asked to deliver the newest attempt again, those first that it will
//!    forget first. They come as ordinary deliveries with their old id, out of order, in the
//!    receiver's usual way.
//!
//! | an event that never arrived | |
//! |---|---|
//! | less than a [minute](Recovery::margin) ago | is left for the next round: it may be on its way |
//! | and again did not arrive | is asked for after a pause that doubles, up to [4 hours](Recovery::longest_delay) |
//! | [24 times](Recovery::max_redeliveries) | is given up, with a warning: the server refuses it each time |
//! | more than [three days](Recovery::look_back) ago | is lost, with a warning |
//! | and that no handler takes | is left alone |
//!
//! # What it takes
//!
//! * **The permission** *Webhooks*, read and write; a classic token needs `admin:repo_hook` or
//!   `admin:org_hook`. An App's hook needs the App's own key. If it is missing, the log says so.
//! * **Calls**: one per round when nothing is new. Redeliveries are writes, which the client sends one
//!   after another, about one per second. When GitHub's limit is reached, the recovery sleeps until its
//!   end and goes on.
//! * **Nothing more where several servers share an inbox.** Run it beside each: one at a time works, and
//!   when that one ends, another takes over, within two minutes if it was killed.
//! * **A clock** that is right within hours: GitHub's window is measured with it.
//!
//! # What it cannot do
//!
//! GitHub keeps no more than three days (an Enterprise Server seven), makes no delivery at all of events
//! beyond 25 MB, and has no such list for the hooks of enterprises, Marketplace and Sponsors. A
//! [`MemoryStore`](hookstead_inbox::MemoryStore) that died with its process gets nothing back: whoever
//! begins anew knows of nobody who took anything before.

mod clock;
mod configuring;
mod error;
mod hook_ref;
mod known;
mod ledger;
mod listing;
mod recovery;
mod report;
mod round;
mod settings;
mod source;
mod taken;
mod turn;

pub use error::RecoveryError;
pub use hook_ref::HookRef;
pub use recovery::Recovery;
pub use report::{FailedEvent, Report};
