use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

type Boxed = Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>;

/// The body of a request to a page, as a [`Server`](crate::Server) hands it to its
/// [fallback](crate::Server::fallback), and a [`Host`](crate::Host) to its service.
///
/// It has the limits of a delivery's: it fails when it is longer than the largest
/// [payload](crate::Limits::payload), or takes longer than [its deadline](crate::Limits::body_deadline).
pub struct IncomingBody {
    /// Until it is given back.
    body: Option<Boxed>,
    /// Whoever serves the connection gets back what was not read.
    unread: Unread,
    left: usize,
    deadline: Pin<Box<Sleep>>,
}

/// A body that nobody needs any more, and that may not have been read to its end.
#[derive(Clone, Default)]
pub(crate) struct Unread(Arc<Mutex<Option<Boxed>>>);

impl Unread {
    pub(crate) fn take(&self) -> Option<Boxed> {
        // It is there or it is not.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl IncomingBody {
    pub(crate) fn new<B>(body: B, most: usize, deadline: Duration) -> (Self, Unread)
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let unread = Unread::default();
        let body: Option<Boxed> = Some(Box::pin(WithBoxError(Box::pin(body))));
        let deadline = Box::pin(sleep(deadline));
        (Self { body, unread: unread.clone(), left: most, deadline }, unread)
    }
}

impl Body for IncomingBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let Poll::Ready(frame) = body.as_mut().poll_frame(context) else {
            let late = || io::Error::new(io::ErrorKind::TimedOut, "the body took too long");
            return self.deadline.as_mut().poll(context).map(|()| Some(Err(late().into())));
        };
        let Some(Ok(read)) = &frame else { return Poll::Ready(frame) };
        let length = read.data_ref().map_or(0, Buf::remaining);
        match self.left.checked_sub(length) {
            Some(left) => self.left = left,
            None => {
                let error = io::Error::new(io::ErrorKind::FileTooLarge, "the body is too large");
                return Poll::Ready(Some(Err(error.into())));
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, |body| body.size_hint())
    }
}

impl Drop for IncomingBody {
    fn drop(&mut self) {
        *self.unread.0.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}

impl fmt::Debug for IncomingBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IncomingBody").finish_non_exhaustive()
    }
}

/// A body whose errors are boxed.
pub(crate) struct WithBoxError<B>(pub(crate) Pin<Box<B>>);

impl<B> Body for WithBoxError<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.as_mut().poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
