use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;

use bytes::{Buf, Bytes, BytesMut};
use hookstead_signature::Verification;
use http_body::Body;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::answer::Answer;

/// The unit in which memory for bodies is handed out.
const KIBIBYTE: usize = 1024;

/// The memory that bodies may take together until their signatures are known.
#[derive(Debug)]
pub(crate) struct BodyMemory(Semaphore);

impl BodyMemory {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Semaphore::new((bytes / KIBIBYTE).min(Semaphore::MAX_PERMITS)))
    }
}

/// A whole body, and the memory it was given.
#[derive(Debug)]
pub(crate) struct ReadBody<'a> {
    pub(crate) bytes: Bytes,
    pub(crate) verification: Verification,
    /// Given back when dropped.
    _memory: Option<SemaphorePermit<'a>>,
}

/// Reads a body of at most `largest` bytes; each piece is verified as it arrives.
pub(crate) async fn read<B>(
    body: B,
    largest: usize,
    memory: &BodyMemory,
    mut verification: Verification,
) -> Result<ReadBody<'_>, Answer>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    let mut held: Option<SemaphorePermit<'_>> = None;
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        // Trailers are no part of the body.
        let Ok(mut data) = frame.map_err(|_| Answer::broken_off())?.into_data() else { continue };
        let length = bytes.len() + data.remaining();
        if length > largest {
            return Err(Answer::too_large(largest));
        }
        let needed = length.div_ceil(KIBIBYTE) - bytes.len().div_ceil(KIBIBYTE);
        let more = u32::try_from(needed).ok().and_then(|kib| memory.0.try_acquire_many(kib).ok());
        match (&mut held, more) {
            (_, None) => return Err(Answer::unavailable("too many bodies at once")),
            (Some(held), Some(more)) => held.merge(more),
            (held, more) => *held = more,
        }
        while data.has_remaining() {
            let piece = data.chunk();
            verification.update(piece);
            bytes.extend_from_slice(piece);
            let length = piece.len();
            data.advance(length);
        }
    }
    Ok(ReadBody { bytes: bytes.freeze(), verification, _memory: held })
}
