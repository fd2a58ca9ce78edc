//! What a pipeline is to do: a TOML file on the server.
mod value;

pub use value::*;
