use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use hookstead::client::{Error, Method};

use crate::stage::Stage;

/// One call that the client can make.
pub(crate) struct Call {
    pub(crate) endpoint: Endpoint,
    pub(crate) kind: Kind,
    pub(crate) answer: Answer,
    pub(crate) caller: Caller,
    pub(crate) make: Box<Make>,
    pub(crate) effects: Box<Effects>,
}

type Make =
    dyn Fn(Arc<Stage>) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>> + Send + Sync;
type Effects = dyn Fn(&Stage) -> usize + Send + Sync;

/// What repeating it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It reads.
    Read,
    /// It may be repeated, and has its effect each time.
    Repeated,
    /// It may be repeated, and finds it done the second time.
    Settled,
    /// It may be repeated, and when refused looks whether that is because it was done.
    LooksAgain,
    /// It must not be repeated when in doubt.
    Once,
}

/// What becomes of a good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Decoded,
    /// Nobody looks into it.
    Ignored,
    /// It has no body.
    Empty,
}

/// Who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    User,
    App,
    Installation,
}

/// What is called: `GET /repos/{owner}/{repo}`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endpoint {
    method: &'static str,
    path: &'static str,
}

impl Endpoint {
    fn new(text: &'static str) -> Self {
        let (method, path) = text.split_once(' ').unwrap();
        Self { method, path }
    }

    /// Whether the path has this part.
    pub(crate) fn has(&self, part: &str) -> bool {
        self.path.contains(part)
    }

    /// Whether it belongs to a repository, which can be moved.
    pub(crate) fn is_of_repository(&self) -> bool {
        self.path.starts_with("/repos/")
    }

    /// Whether a request is for it.
    pub(crate) fn is(&self, method: &Method, path: &str) -> bool {
        let expected = self.path.split('/');
        let mut found = path.split('/');
        let is_path = expected.clone().count() == found.clone().count()
            && expected.zip(&mut found).all(|(it, found)| it.starts_with('{') || it == found);
        method.as_str() == self.method && is_path
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// A call that reads.
pub(crate) fn read<T, F>(
    endpoint: &'static str,
    make: impl Fn(Arc<Stage>) -> F + Send + Sync + 'static,
) -> Call
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    write(Kind::Read, endpoint, make)
}

/// A call that changes something.
pub(crate) fn write<T, F>(
    kind: Kind,
    endpoint: &'static str,
    make: impl Fn(Arc<Stage>) -> F + Send + Sync + 'static,
) -> Call
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    Call {
        endpoint: Endpoint::new(endpoint),
        kind,
        answer: Answer::Decoded,
        caller: Caller::User,
        make: Box::new(move |stage| {
            let made = make(stage);
            Box::pin(async move { made.await.map(drop) })
        }),
        effects: Box::new(Stage::writes_carried_out),
    }
}

impl Call {
    pub(crate) fn by(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    pub(crate) fn answered(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }

    /// Counts its effects in what is there afterwards, and not in what the fake says it did.
    pub(crate) fn counting(
        self,
        effects: impl Fn(&Stage) -> usize + Send + Sync + 'static,
    ) -> Self {
        Self { effects: Box::new(effects), ..self }
    }
}
