use super::command::Command;
use crate::config::value::SecretSource;

/// A way to tell people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotifierConfig {
    /// An incoming webhook takes a line as JSON. Whoever knows its URL can write to it, so it is secret.
    Post(SecretSource),
    /// A command gets a line.
    Command(Command),
    /// The server's own output gets a line.
    Console,
}
