use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The body of an answer: whole, or cut in the middle.
#[derive(Debug)]
pub(super) struct ServedBody {
    /// What is still to be sent.
    data: Bytes,
    /// How much is still announced; more than there is if the body is cut.
    announced: u64,
    /// Whether what there is has gone out, and only the cut is left.
    flushing: bool,
    /// Set when the body is done with.
    done: Option<Arc<AtomicBool>>,
}

impl ServedBody {
    pub(super) fn whole(data: Bytes) -> Self {
        Self { announced: data.len() as u64, data, flushing: false, done: None }
    }

    /// Half of the data, while the length of all is announced. There must be some.
    pub(super) fn cut(data: &Bytes) -> Self {
        let half = data.slice(..data.len() / 2);
        Self { announced: data.len() as u64, data: half, flushing: false, done: None }
    }

    /// Sets the flag when the body, and so the answer, has been handed over.
    pub(super) fn telling(mut self, done: Arc<AtomicBool>) -> Self {
        self.done = Some(done);
        self
    }
}

impl Body for ServedBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if !self.data.is_empty() {
            let data = std::mem::take(&mut self.data);
            self.announced -= data.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.announced == 0 {
            return Poll::Ready(None);
        }
        if !self.flushing {
            // The connection writes out what it has whenever a body has nothing at the moment; an error
            // right now would take the first half with it.
            self.flushing = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(Cut)))
    }

    fn is_end_stream(&self) -> bool {
        self.announced == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}

impl Drop for ServedBody {
    fn drop(&mut self) {
        if let Some(done) = &self.done {
            done.store(true, Ordering::Relaxed);
        }
    }
}

/// The connection is to be cut here.
#[derive(Debug)]
pub(super) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("cut on demand")
    }
}

impl std::error::Error for Cut {}
