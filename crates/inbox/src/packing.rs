//! Bodies are packed on their way into a database (one LZ4 block, without a frame): writing is what
//! accepting waits for, and JSON of GitHub's takes a seventh of its room then.

use std::cell::RefCell;
use std::fmt;

use bytes::Bytes;
use lz4_flex::block::{
    CompressTable, compress, compress_into_with_table, decompress, get_maximum_output_size,
};

use crate::store::packed::Packed;

/// A longer body is packed on a thread for blocking work. Up to here it takes a tenth of a
/// millisecond, which is less than the callers of a burst gain by sharing the work.
const LONG: usize = 128 * 1024;

/// No byte of an LZ4 block stands for more than so many. What claims more is damaged, and no memory
/// is taken for it.
const MAX_RATIO: usize = 255;

/// Packs a body. Callers do it for themselves, so that they share the processors.
pub(crate) async fn pack(body: Bytes) -> Packed {
    if body.len() <= LONG {
        return pack_now(body);
    }
    let packing = body.clone();
    let packed = tokio::task::spawn_blocking(move || pack_now(packing)).await;
    // An error means that the runtime is shutting down. The body can be stored as it is.
    packed.unwrap_or_else(|_| Packed::new(body, None))
}

pub(crate) fn pack_now(body: Bytes) -> Packed {
    let Ok(length) = i32::try_from(body.len()) else { return Packed::new(body, None) };
    let packed = if body.len() <= LONG {
        PACKER.with_borrow_mut(|packer| packer.pack(&body))
    } else {
        // Boxed, which gives back the room that it might have needed.
        Some(compress(&body).into_boxed_slice().into())
    };
    match packed {
        Some(packed) if packed.len() < body.len() => Packed::new(packed, Some(length)),
        _ => Packed::new(body, None),
    }
}

thread_local! {
    static PACKER: RefCell<Packer> = RefCell::default();
}

/// What packing needs beside the body. Each thread keeps it: to allocate and to clear so much for every
/// body costs a fifth of the packing.
#[derive(Default)]
struct Packer {
    table: CompressTable,
    /// As long as the longest block so far could have been: at most a little more than [`LONG`].
    room: Vec<u8>,
}

impl Packer {
    fn pack(&mut self, body: &[u8]) -> Option<Bytes> {
        let most = get_maximum_output_size(body.len());
        if self.room.len() < most {
            self.room.resize(most, 0);
        }
        let length = compress_into_with_table(body, &mut self.room, &mut self.table).ok()?;
        self.room.get(..length).map(Bytes::copy_from_slice)
    }
}

/// The body that was packed.
pub(crate) fn unpack(packed: &Packed) -> Result<Bytes, Damaged> {
    let bytes = &packed.bytes;
    let Some(length) = packed.unpacked_length else { return Ok(bytes.clone()) };
    let most = bytes.len().saturating_mul(MAX_RATIO);
    let length = usize::try_from(length).ok().filter(|length| *length <= most);
    let length = length.ok_or_else(|| Damaged::because("its length is impossible"))?;
    match decompress(bytes, length) {
        Ok(body) if body.len() == length => Ok(body.into()),
        Ok(body) => {
            Err(Damaged::because(format!("{} of its {length} bytes are there", body.len())))
        }
        Err(error) => Err(Damaged::because(error.to_string())),
    }
}

/// What is stored of a body is not what [`pack`] made, or it is gone. Says why, and nothing of the body.
#[derive(Debug)]
pub(crate) struct Damaged(Option<String>);

impl Damaged {
    fn because(why: impl Into<String>) -> Self {
        Self(Some(why.into()))
    }

    /// It was forgotten.
    pub(crate) fn gone() -> Self {
        Self(None)
    }

    /// Nobody could look.
    pub(crate) fn unread() -> Self {
        Self::because("it could not be read")
    }
}

impl fmt::Display for Damaged {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(why) => write!(formatter, "its body in the inbox is damaged ({why})")?,
            None => formatter.write_str("its body in the inbox is gone")?,
        }
        formatter.write_str("; redelivered, it comes anew")
    }
}

impl std::error::Error for Damaged {}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        fastrand::fill(&mut bytes);
        bytes
    }

    fn json(length: usize) -> Vec<u8> {
        let objects = (0..).flat_map(|number| format!("{{\"number\":{number}}},").into_bytes());
        objects.take(length).collect()
    }

    #[tokio::test]
    async fn every_body_comes_back() {
        for (body, is_packed) in [
            (Vec::new(), false),
            (b"{}".to_vec(), false),
            (random(3000), false),
            (random(2 * LONG), false),
            (json(1000), true),
            (json(LONG), true),
            (json(LONG + 1), true),
            (json(25 * 1024 * 1024), true),
            (vec![b' '; 25 * 1024 * 1024], true),
        ] {
            let packed = pack(body.clone().into()).await;
            assert_eq!(packed.unpacked_length.is_some(), is_packed, "{} bytes", body.len());
            assert_eq!(packed.bytes.len() < body.len(), is_packed, "{} bytes", body.len());
            assert!(unpack(&packed).unwrap() == body, "{} bytes", body.len());
        }
    }

    #[test]
    fn a_damaged_body_is_an_error_that_says_why() {
        let packed = pack_now(json(1000).into());
        let half = packed.bytes.slice(..packed.bytes.len() / 2);
        let (all, none) = (&packed.bytes, &Bytes::new());
        for (bytes, length, why) in [
            (&half, 1000, "("),
            (all, 999, "too small"),
            (all, 1001, "1000 of its 1001 bytes are there"),
            (all, -1, "length is impossible"),
            (all, i32::MAX, "length is impossible"),
            (none, 1000, "length is impossible"),
            (none, 0, "("),
        ] {
            let damaged = Packed::new(bytes.clone(), Some(length));
            let error = unpack(&damaged).unwrap_err().to_string();
            assert!(error.contains(why), "{length}: {error}");
        }
    }

    #[test]
    fn no_damage_is_a_panic() {
        let packed = pack_now(json(1000).into()).bytes;
        for _ in 0..10_000 {
            let mut damaged = packed.to_vec();
            for _ in 0..fastrand::usize(1..4) {
                damaged[fastrand::usize(..packed.len())] = fastrand::u8(..);
            }
            damaged.truncate(fastrand::usize(..=packed.len()));
            let _ = unpack(&Packed::new(damaged.into(), Some(fastrand::i32(0..2000))));
        }
    }
}
