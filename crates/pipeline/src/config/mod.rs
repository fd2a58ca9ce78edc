//! What a pipeline is to do: a TOML file on the server.
//!
//! A [`Config`] is read by [`Config::read`]. Whatever is wrong with the file is said at once, each with its line,
//! its column and its key. No secret stands in the file: it names environment variables and files, which
//! [`SecretSource::read`] reads later, so that a config can be checked on a laptop.
//!
//! ```toml
#![doc = include_str!("../../tests/config/one_person.toml")]
//! ```
//!
//! # Words
//!
//! A span of time is written as `20m`, `1h30m` or `90d`, see [`parse_span`]; a size as `64 MiB`, see [`ByteSize`].
//! [`Patterns`] says how names are matched, [`Schedule`] when a job runs by itself, [`ProblemMatcher`] how a log
//! becomes annotations. Relative paths begin at the folder of the file.
//!
//! Names of projects, jobs, environments and notifiers are parts of addresses: 64 letters, digits, `-`, `_` and
//! `.` at most. No job sets the variables `PATH`, `HOME`, `PWD`, `SHELL` or one that begins with `HOOKSTEAD_`, and
//! no environment `BRANCH`, `SHA`, `DEPLOY_ENV` or `DEPLOY_TASK`: the server does. A file is at most 1 MiB long.
//!
//! # All keys
//!
//! `hookstead pipeline check --keys` prints this list, too.
//!
#![doc = include_str!("../../docs/config-keys.md")]

// What each leans on, never the other way:
//
//   value <- model <- reader
//   keys, problem <- reader
mod keys;
mod model;
mod problem;
mod reader;
mod value;

pub use keys::{Key, KeyKind, LIMITATIONS, Limitation, all_keys, keys_table};
pub use model::*;
pub use problem::{ConfigError, ConfigProblem, Severity};
pub use value::*;
