//! The stores: ways to keep what the contract in `store/` says.

mod memory;

pub use memory::MemoryStore;
