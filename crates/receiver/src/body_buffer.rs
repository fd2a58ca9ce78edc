use bytes::{Buf, Bytes};
use memmap2::MmapMut;

use crate::body_memory::SMALL;
use crate::connection::READ_BUFFER;

/// The system hands out memory in pages of this size (or larger ones, on few machines).
const PAGE: usize = 4096;

/// The least that a body of unknown length begins with.
const LEAST: usize = 4096;

/// A body that comes whole, in one piece of at least this size, stays where it is. That is in its
/// connection's [buffer](crate::connection::READ_BUFFER), of which it holds on to all: at most twice its own
/// size. A shorter one is copied, so that it does not hold on to much more than that.
const WHOLE: usize = READ_BUFFER / 2;

/// The bytes of a body while it arrives.
///
/// A large body is put into memory straight from the system: it takes only the pages that have
/// arrived, whatever was announced; it is never moved while it grows; and all of it goes back to the
/// system at the end. From the heap none of that is sure, and a crowd of large bodies would leave a
/// heap that never shrinks.
#[derive(Debug)]
pub(crate) struct BodyBuffer {
    filled: Filled,
    /// The length that was announced.
    announced: Option<usize>,
    largest: usize,
}

#[derive(Debug)]
enum Filled {
    /// It came in one piece, which nobody copies.
    Whole(Bytes),
    Heap(Vec<u8>),
    Mapped(Mapped),
}

#[derive(Debug)]
struct Mapped {
    memory: MmapMut,
    length: usize,
}

impl BodyBuffer {
    /// For a body of this announced length, if any was, and at most so many bytes.
    pub(crate) fn new(announced: Option<usize>, largest: usize) -> Self {
        Self { filled: Filled::Heap(Vec::new()), announced, largest }
    }

    pub(crate) fn len(&self) -> usize {
        match &self.filled {
            Filled::Whole(bytes) => bytes.len(),
            Filled::Heap(bytes) => bytes.len(),
            Filled::Mapped(mapped) => mapped.length,
        }
    }

    /// How much memory it takes to hold so many bytes. Of a large body, what its connection has read and what
    /// it reads into count as well: as much as can be by then, and there may be hundreds of them.
    pub(crate) fn memory_for(&self, length: usize) -> usize {
        match &self.filled {
            Filled::Heap(bytes) if !self.is_large(length) => {
                bytes.capacity().max(self.heap_for(length))
            }
            _ => length.next_multiple_of(PAGE) + 2 * READ_BUFFER,
        }
    }

    /// Takes a piece that is all of the body as it is, where copying it would save no memory. `None`: it is to be
    /// [copied](Self::extend).
    pub(crate) fn take_whole(&mut self, piece: &mut impl Buf) -> Option<&Bytes> {
        let length = piece.remaining();
        let is_whole = self.len() == 0 && self.announced == Some(length);
        if !is_whole || !(WHOLE..=READ_BUFFER).contains(&length) || piece.chunk().len() < length {
            return None;
        }
        self.filled = Filled::Whole(piece.copy_to_bytes(length));
        match &self.filled {
            Filled::Whole(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Appends a piece of a body that is no longer than what was announced, or than the largest.
    pub(crate) fn extend(&mut self, piece: &[u8]) {
        let length = self.len() + piece.len();
        if self.is_large(length) {
            self.map(length);
        }
        let heap = self.heap_for(length);
        if let Filled::Whole(bytes) = &self.filled {
            self.filled = Filled::Heap(bytes.to_vec());
        }
        match &mut self.filled {
            Filled::Whole(_) => {}
            Filled::Heap(bytes) => {
                if bytes.capacity() < length {
                    bytes.reserve_exact(heap.max(length) - bytes.len());
                }
                bytes.extend_from_slice(piece);
            }
            Filled::Mapped(mapped) => {
                if let Some(target) = mapped.memory.get_mut(mapped.length..length) {
                    target.copy_from_slice(piece);
                    mapped.length = length;
                }
            }
        }
    }

    pub(crate) fn freeze(self) -> Bytes {
        match self.filled {
            Filled::Whole(bytes) => bytes,
            Filled::Heap(bytes) => bytes.into(),
            Filled::Mapped(mapped) => Bytes::from_owner(mapped),
        }
    }

    fn is_large(&self, length: usize) -> bool {
        length.max(self.announced.unwrap_or_default()) > SMALL
    }

    /// A small body of known length takes just that; else it doubles.
    fn heap_for(&self, length: usize) -> usize {
        let announced = self.announced.filter(|announced| *announced >= length);
        announced.unwrap_or_else(|| length.max(LEAST).next_power_of_two())
    }

    /// Moves what is there into mapped memory. Where the system has none, the heap has to do.
    fn map(&mut self, length: usize) {
        let Filled::Heap(bytes) = &self.filled else { return };
        let size = self.announced.unwrap_or(self.largest).max(length);
        let Ok(mut memory) = MmapMut::map_anon(size) else { return };
        if let Some(target) = memory.get_mut(..bytes.len()) {
            target.copy_from_slice(bytes);
            self.filled = Filled::Mapped(Mapped { length: bytes.len(), memory });
        }
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_every_size_come_out_as_they_came_in() {
        let body: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        for length in [0, 1, 4096, SMALL, SMALL + 1, body.len()] {
            for announced in [None, Some(length)] {
                for pieces in [1, 1000, 65_536, body.len()] {
                    let mut buffer = BodyBuffer::new(announced, body.len());
                    for piece in body[..length].chunks(pieces) {
                        let memory = buffer.memory_for(buffer.len() + piece.len());
                        buffer.extend(piece);
                        assert!(buffer.len() <= memory);
                        let least = announced.filter(|it| *it <= SMALL).unwrap_or(2 * LEAST);
                        let beside =
                            if buffer.is_large(buffer.len()) { 2 * READ_BUFFER } else { 0 };
                        assert!(memory <= (2 * buffer.len()).max(least) + beside, "{announced:?}");
                    }
                    assert_eq!(buffer.freeze(), body[..length]);
                }
            }
        }
    }

    #[test]
    fn what_is_announced_takes_no_memory_before_it_comes() {
        let mut buffer = BodyBuffer::new(Some(25 << 20), 25 << 20);
        assert_eq!(buffer.memory_for(1), PAGE + 2 * READ_BUFFER);
        buffer.extend(b"{");
        assert_eq!(buffer.memory_for(PAGE + 1), 2 * PAGE + 2 * READ_BUFFER);
    }
}
