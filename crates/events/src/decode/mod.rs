//! How a payload becomes a type.

pub(crate) mod json_scan;
pub(crate) mod json_value;
pub(crate) mod lenient;
