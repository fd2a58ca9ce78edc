use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::mpsc::Receiver;

use super::body::Cut;

/// The body of an answer to a client of git's: there at once, or as git writes it.
#[derive(Debug)]
pub(super) struct GitBody {
    first: Bytes,
    rest: Option<Receiver<Bytes>>,
}

impl GitBody {
    pub(super) fn whole(data: impl Into<Bytes>) -> Self {
        Self { first: data.into(), rest: None }
    }

    pub(super) fn streamed(data: Receiver<Bytes>) -> Self {
        Self { first: Bytes::new(), rest: Some(data) }
    }
}

impl Body for GitBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if !self.first.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.first)))));
        }
        match &mut self.rest {
            None => Poll::Ready(None),
            Some(rest) => {
                rest.poll_recv(context).map(|data| data.map(|data| Ok(Frame::data(data))))
            }
        }
    }
}
