//! What a pipeline is to do: a TOML file on the server.
mod keys;
mod model;
mod problem;
mod reader;
mod value;

pub use keys::{Key, KeyKind, LIMITATIONS, Limitation, all_keys, keys_table};
pub use model::*;
pub use problem::{ConfigError, ConfigProblem, Severity};
pub use value::*;
