use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use hookstead::client::{Endpoint, Error, Method, Repetition, calls};

use crate::stage::Stage;

/// One call that the client can make.
pub(crate) struct Call {
    /// As the client declares it; `None` for a call to any endpoint.
    pub(crate) declared: Option<&'static Endpoint>,
    /// What it is for: of a hook, one of several.
    pub(crate) target: Target,
    /// What repeating it means.
    pub(crate) repetition: Repetition,
    pub(crate) answer: Answer,
    pub(crate) caller: Caller,
    pub(crate) make: Box<Make>,
    pub(crate) effects: Box<Effects>,
}

type Make =
    dyn Fn(Arc<Stage>) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>> + Send + Sync;
type Effects = dyn Fn(&Stage) -> usize + Send + Sync;

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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    method: String,
    path: String,
}

impl Target {
    fn new(method: &Method, path: String) -> Self {
        Self { method: method.to_string(), path }
    }

    /// All that a declared call can be for.
    pub(crate) fn all_of(endpoint: &Endpoint) -> impl Iterator<Item = Self> {
        endpoint.paths().map(|path| Self::new(&endpoint.method, path))
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

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// A call that the client declares, by the name of its method. What repeating it means is declared, too.
pub(crate) fn call<T, F>(
    name: &'static str,
    make: impl Fn(Arc<Stage>) -> F + Send + Sync + 'static,
) -> Call
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let declared = calls().find(|it| it.name == name);
    let declared = declared.unwrap_or_else(|| panic!("the client declares no call {name}"));
    let target = Target::all_of(declared).next().unwrap();
    Call { declared: Some(declared), ..of(target, declared.repetition, make) }
}

/// A call to any endpoint, of which the client knows nothing.
pub(crate) fn undeclared<T, F>(
    repetition: Repetition,
    method: Method,
    path: &str,
    make: impl Fn(Arc<Stage>) -> F + Send + Sync + 'static,
) -> Call
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    of(Target::new(&method, path.to_owned()), repetition, make)
}

fn of<T, F>(
    target: Target,
    repetition: Repetition,
    make: impl Fn(Arc<Stage>) -> F + Send + Sync + 'static,
) -> Call
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    Call {
        declared: None,
        target,
        repetition,
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
    /// Makes it for the one of its targets whose path begins so.
    pub(crate) fn at(self, place: &str) -> Self {
        let mut targets = self.declared.into_iter().flat_map(Target::all_of);
        let target = targets.find(|it| it.path.starts_with(place)).unwrap();
        Self { target, ..self }
    }

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
