use std::fmt;

use bytes::Bytes;

/// A body as it is stored.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packed {
    /// An LZ4 block, or the body as it came.
    pub bytes: Bytes,
    /// The body's own length; `None` if it is stored as it came.
    pub unpacked_length: Option<i32>,
}

impl Packed {
    /// These bytes; for those who write a store.
    #[must_use]
    pub fn new(bytes: Bytes, unpacked_length: Option<i32>) -> Self {
        Self { bytes, unpacked_length }
    }
}

/// Leaves the bytes out: they may be private, and they are long.
impl fmt::Debug for Packed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Packed({} bytes)", self.bytes.len())
    }
}
