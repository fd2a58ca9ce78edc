use std::fmt;
use std::time::Duration;

use crate::config::value::{ByteSize, show_span};

/// A key of a config.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Key {
    /// Where it stands: `projects.NAME.jobs.NAME.timeout`. `NAME` is a name that the user chooses.
    pub path: &'static str,
    /// What its value is.
    pub kind: KeyKind,
    /// What holds if it is not there, as a config would write it; empty where nothing else takes its place.
    pub default: &'static str,
    /// Whether it has to be there.
    pub is_required: bool,
    /// What it is for.
    pub about: &'static str,
    /// Why the default is as it is; empty where there is nothing to choose.
    pub reason: &'static str,
}

impl Key {
    pub(super) const fn new(path: &'static str, kind: KeyKind, about: &'static str) -> Self {
        Self { path, kind, default: "", is_required: false, about, reason: "" }
    }

    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(super) const fn default(self, default: &'static str, reason: &'static str) -> Self {
        Self { default, reason, ..self }
    }

    /// The last part of its path.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// What holds if it is not there, in words.
    #[must_use]
    pub fn default_words(&self) -> &'static str {
        match (self.is_required, self.default) {
            (true, _) => "has to be there",
            (false, "") => "none",
            (false, default) => default,
        }
    }
}

/// What the value of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// A text.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number, within these.
    Number {
        /// The least.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// A number that may have a fraction.
    Fraction,
    /// A span of time, within these numbers of seconds.
    Span {
        /// The shortest.
        least: u64,
        /// The longest.
        most: u64,
    },
    /// A size, within these numbers of bytes.
    Size {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// A URL.
    Url,
    /// A file or folder. A relative one begins at the folder of the config.
    Path,
    /// A secret, by the place where it stands.
    Secret,
    /// A secret, or several of them.
    Secrets,
    /// A list of texts.
    Texts,
    /// A list of these words.
    Choices(&'static [&'static str]),
    /// A list of folders.
    Paths,
    /// A list of patterns for names.
    Patterns,
    /// What is run: a text for `sh -ec`, or a program and its arguments as a list.
    Command,
    /// A table whose keys are in this list.
    Table,
    /// A list of tables whose keys are in this list.
    Tables,
    /// A table with names that the user chooses.
    Names,
    /// A table of environment variables.
    Variables,
    /// A table of environment variables that are secret.
    SecretVariables,
}

impl KeyKind {
    /// Whether a secret could stand in the value, also by mistake.
    pub(crate) fn holds_secrets(self) -> bool {
        matches!(
            self,
            Self::Secret
                | Self::Secrets
                | Self::SecretVariables
                | Self::Variables
                | Self::Table
                | Self::Tables
                | Self::Names
        )
    }
}

/// In words, as the table of the docs shows it.
impl fmt::Display for KeyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words =
            |words: &[&str]| words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>();
        match self {
            Self::Text => formatter.write_str("text"),
            Self::Choice(choices) => formatter.write_str(&words(choices).join(" or ")),
            Self::Flag => formatter.write_str("`true` or `false`"),
            Self::Number { least, most } => write!(formatter, "number from {least} to {most}"),
            Self::Fraction => formatter.write_str("number, as `1.5`"),
            Self::Span { least, most } => {
                let shown = |seconds: &u64| show_span(Duration::from_secs(*seconds));
                write!(
                    formatter,
                    "span of time from `\"{}\"` to `\"{}\"`",
                    shown(least),
                    shown(most)
                )
            }
            Self::Size { least, most } => {
                let (least, most) = (ByteSize::new(*least), ByteSize::new(*most));
                write!(formatter, "size from `\"{least}\"` to `\"{most}\"`")
            }
            Self::Url => formatter.write_str("URL"),
            Self::Path => formatter.write_str("path"),
            Self::Secret => formatter.write_str("`{ env = \"NAME\" }` or `{ file = \"PATH\" }`"),
            Self::Secrets => formatter.write_str("secret, or a list of them"),
            Self::Texts => formatter.write_str("list of texts"),
            Self::Choices(choices) => write!(formatter, "list of {}", words(choices).join(", ")),
            Self::Paths => formatter.write_str("list of paths"),
            Self::Patterns => formatter.write_str("list of patterns"),
            Self::Command => {
                formatter.write_str("text for `sh -ec`, or a list: a program and its arguments")
            }
            Self::Table => formatter.write_str("table"),
            Self::Tables => formatter.write_str("list of tables"),
            Self::Names => formatter.write_str("table for each name"),
            Self::Variables => formatter.write_str("table of environment variables"),
            Self::SecretVariables => {
                formatter.write_str("table of environment variables, each a secret")
            }
        }
    }
}
