//! The body of a page's answer, on its way from the runtime that makes it to the connection.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::answer::AnswerBody;
use crate::incoming_body::BoxError;

/// The body of any answer of a server's.
pub(crate) enum ServedBody {
    Answer(AnswerBody),
    Page(PageBody),
}

impl From<AnswerBody> for ServedBody {
    fn from(body: AnswerBody) -> Self {
        Self::Answer(body)
    }
}

/// A part of a page.
pub(crate) type Part = Result<Frame<Bytes>, BoxError>;

/// The body of a page's answer.
pub(crate) struct PageBody {
    pub(crate) parts: mpsc::Receiver<Part>,
    /// Known until the first part was asked for.
    pub(crate) size: SizeHint,
    pub(crate) is_empty: bool,
    /// Ready when the server stops. A stream of events, which never ends by itself, ends with it.
    pub(crate) stopping: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// Who makes it; no longer when this is dropped.
    pub(crate) maker: JoinSet<()>,
}

impl Body for ServedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let page = match self.get_mut() {
            Self::Answer(body) => {
                let never = |error: Infallible| match error {};
                return Pin::new(body).poll_frame(context).map_err(never);
            }
            Self::Page(page) => page,
        };
        page.size = SizeHint::default();
        match page.parts.poll_recv(context) {
            // The task ends a moment after it let go of its sender.
            Poll::Ready(None) => match page.maker.poll_join_next(context) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Some(Err(error))) if error.is_panic() => {
                    tracing::error!("a page broke off");
                    Poll::Ready(Some(Err(error.into())))
                }
                Poll::Ready(_) => Poll::Ready(None),
            },
            Poll::Pending => match &mut page.stopping {
                Some(stopping) => stopping.as_mut().poll(context).map(|()| None),
                None => Poll::Pending,
            },
            Poll::Ready(part) => Poll::Ready(part),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Answer(body) => body.is_end_stream(),
            Self::Page(page) => page.is_empty,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Answer(body) => body.size_hint(),
            Self::Page(page) => page.size,
        }
    }
}
