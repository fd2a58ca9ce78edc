/// See [`MemoryStore`](super::memory_store::MemoryStore).
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) deliveries: usize,
    pub(super) bytes: usize,
    pub(super) done: usize,
    pub(super) done_bytes: usize,
}
