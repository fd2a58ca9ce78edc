//! The bytes of a webhook request: what the fake and a [`Sender`](crate::Sender) send, and how.

pub(crate) mod envelope;
pub(crate) mod post;
