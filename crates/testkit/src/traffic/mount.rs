use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

type Answering = Pin<Box<dyn Future<Output = Response<Bytes>> + Send>>;
type Answer = dyn Fn(Request<Bytes>) -> Answering + Send + Sync;

/// A path of the server's that is no part of GitHub, and who answers there.
#[derive(Clone)]
pub(crate) struct Mount {
    /// Without a slash at its end.
    path: String,
    answer: Arc<Answer>,
}

impl Mount {
    pub(crate) fn new<F>(
        path: &str,
        answer: impl Fn(Request<Bytes>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Response<Bytes>> + Send + 'static,
    {
        let path = path.trim_end_matches('/').to_owned();
        Self { path, answer: Arc::new(move |request| Box::pin(answer(request))) }
    }

    /// Whether a path is this one, or below it.
    pub(crate) fn has(&self, path: &str) -> bool {
        path.strip_prefix(&self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Call it without the lock: the function may well use the fake.
    pub(crate) async fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        (self.answer)(request).await
    }
}

impl fmt::Debug for Mount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_has_what_is_below_it() {
        let mount = Mount::new("/_own/", |_| async { Response::default() });
        for (path, expected) in [
            ("/_own", true),
            ("/_own/", true),
            ("/_own/a/b", true),
            ("/_owner", false),
            ("/", false),
        ] {
            assert_eq!(mount.has(path), expected, "{path}");
        }
    }
}
