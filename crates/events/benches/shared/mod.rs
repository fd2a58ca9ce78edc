//! What the benchmarks measure, and how. The package `peer` beside it measures the same.

#![allow(dead_code, reason = "each benchmark uses its part")]

pub(crate) mod allocations;
pub(crate) mod floor;
pub(crate) mod payloads;
pub(crate) mod rounds;
pub(crate) mod table;
