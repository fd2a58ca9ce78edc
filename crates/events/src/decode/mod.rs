//! How a payload becomes a type: read as a whole, leniently where it does not fit, and within a
//! limit.
//!
//! Every family may lean on it; it knows the events by name only.

pub(crate) mod decode_error;
pub(crate) mod decode_json;
pub(crate) mod json_scan;
pub(crate) mod json_value;
pub(crate) mod lenient;

pub use decode_error::DecodeError;
pub use decode_json::{
    MEMORY_ALWAYS, MEMORY_PER_BYTE, decode_json, decode_json_within, memory_for,
};
