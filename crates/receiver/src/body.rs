use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Buf, Bytes};
use hookstead_signature::Verification;
use http_body::{Body, Frame};

use crate::answer::Answer;
use crate::body_buffer::BodyBuffer;
use crate::body_memory::{BodyMemory, Share, TooManyBodies};

/// A whole body, and the memory it was given.
#[derive(Debug)]
pub(crate) struct ReadBody<'a> {
    pub(crate) bytes: Bytes,
    pub(crate) verification: Verification,
    /// Given back when dropped.
    _memory: Share<'a>,
}

/// Reads a body of at most `largest` bytes; each piece is verified as it arrives.
pub(crate) async fn read<'a, B>(
    mut body: Pin<&mut B>,
    largest: usize,
    memory: &'a BodyMemory,
    mut verification: Verification,
) -> Result<ReadBody<'a>, Answer>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut share = memory.share();
    let announced = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
    let mut buffer = BodyBuffer::new(announced, largest);
    loop {
        let frame = tokio::select! {
            biased;
            frame = next_frame(body.as_mut()) => frame?,
            () = share.must_go() => return Err(too_many()),
        };
        let Some(frame) = frame else { break };
        // Trailers are no part of the body.
        let Ok(mut data) = frame.into_data() else { continue };
        let length = buffer.len() + data.remaining();
        if length > largest {
            return Err(Answer::too_large(largest));
        }
        // First the permission, then the memory.
        share.grow_to(buffer.memory_for(length)).await.map_err(|TooManyBodies| too_many())?;
        if let Some(whole) = buffer.take_whole(&mut data) {
            verification.update(whole);
        }
        while data.has_remaining() {
            let piece = data.chunk();
            verification.update(piece);
            buffer.extend(piece);
            let length = piece.len();
            data.advance(length);
        }
    }
    Ok(ReadBody { bytes: buffer.freeze(), verification, _memory: share })
}

async fn next_frame<B: Body>(mut body: Pin<&mut B>) -> Result<Option<Frame<B::Data>>, Answer> {
    let frame = poll_fn(|context| body.as_mut().poll_frame(context)).await;
    frame.transpose().map_err(|_| Answer::broken_off())
}

fn too_many() -> Answer {
    Answer::unavailable("too many bodies at once")
}
