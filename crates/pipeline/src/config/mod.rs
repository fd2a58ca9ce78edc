//! What a pipeline is to do: a TOML file on the server.
mod model;
mod value;

pub use model::*;
pub use value::*;
