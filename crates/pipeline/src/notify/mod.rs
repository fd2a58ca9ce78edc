//! Tells people what is worth knowing, in one line each: at the console, by the incoming webhook of a chat, by any
//! command.
//!
//! # A notifier of one's own
//!
//! Whoever has another way of telling implements [`Notifier`]:
//!
//! ```
//! use hookstead_pipeline::notify::{Notice, Notifier, NotifyError, async_trait};
//!
//! #[derive(Debug)]
//! struct Lamp;
//!
//! #[async_trait]
//! impl Notifier for Lamp {
//!     async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
//!         if notice.is_bad {
//!             std::fs::write("/sys/class/leds/build/brightness", "1")
//!                 .map_err(|error| NotifyError::new(format!("the lamp is broken: {error}")))?;
//!         }
//!         Ok(())
//!     }
//! }
//! ```
//!
//! # What holds
//!
//! * A notifier that fails, hangs or panics fails no build: [`Notifiers`] waits at most
//!   [a while](Notifiers::DEFAULT_DEADLINE), writes a line to the log, and goes on. Nothing is told twice.
//! * Part of a line is what strangers wrote, such as the title of a pull request. It has no line breaks and no control
//!   characters; what would call people in a chat is made harmless.
//! * The URL of an incoming webhook is its secret, and stands in no log and no error.

// What each leans on, never the other way:
//
//   notifiers -> console, webhook, command -> notifier -> notice
mod command;
mod console;
mod notice;
mod notifier;
mod notifiers;
mod webhook;

pub use command::CommandNotifier;
pub use console::Console;
pub use hookstead::async_trait;
pub use notice::Notice;
pub use notifier::{Notifier, NotifyError};
pub use notifiers::Notifiers;
pub use webhook::IncomingWebhook;
