//! The store in memory: [`MemoryStore`] says what it promises; `shelf` keeps the rows, and the other
//! files say what may be done with them.
//!
//! It is the plainest way to keep the contract of [`Store`](crate::Store), and so what the stores in
//! databases are compared with. Each call is one visit to the shelf, under one lock.

mod accept;
mod change;
#[cfg(test)]
mod checking;
mod deliveries;
mod indexes;
mod known;
mod lane;
mod lanes;
mod lease;
mod limits;
mod looking;
mod memory_store;
mod moment;
mod news;
mod purge;
mod registry;
mod roles;
mod room;
mod settle;
mod shelf;
mod task;

pub use memory_store::MemoryStore;
