use std::any::type_name;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::attempt::Attempt;
use crate::error::HandlerError;
use crate::interruption::Interruption;
use crate::step_keeper::{KeptStep, StepNotKept};

/// A part of a handler's work that is done once in a run, made by [`Attempt::step`] or
/// [`Attempt::once`]; `.await` it.
///
/// * An `Ok` is kept as JSON, durably, before it is returned. What is returned is what later attempts
///   will get: the result as it was read back from its JSON. An `Err` is not kept.
/// * The name has 1 to [`KeptStep::MAX_NAME_LENGTH`] bytes and no control characters, and is used once
///   in an attempt, also among steps that run at the same time. Another use is a permanent error
///   before the work begins.
/// * The result has at most [`KeptStep::MAX_JSON_LENGTH`] bytes of JSON. One that cannot be kept is a
///   permanent error: to do the work again would end the same way.
/// * A kept result belongs to its name and its type. Where the type has changed since, or the result
///   does not decode any longer, the step is a permanent error, unless it is
///   [`repeatable`](Self::repeatable).
/// * Between the end of the work and its note the process may be killed. So it is done **at least
///   once**: what must not happen twice must also be looked up where it happened.
#[must_use = "a step does nothing until it is awaited"]
pub struct Step<'a, T> {
    attempt: Attempt,
    name: String,
    work: Work<'a, T>,
    is_repeatable: bool,
}

type Work<'a, T> = Box<dyn FnOnce() -> StepFuture<'a, T> + Send + 'a>;

/// The work of a step and the keeping of its result.
type StepFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, HandlerError>> + Send + 'a>>;

impl<'a, T: Serialize + DeserializeOwned + Send + 'a> Step<'a, T> {
    pub(crate) fn new<E, F, R>(attempt: Attempt, name: String, work: F) -> Self
    where
        E: Into<HandlerError>,
        F: FnOnce() -> R + Send + 'a,
        R: Future<Output = Result<T, E>> + Send + 'a,
    {
        let work: Work<'a, T> = Box::new(move || {
            let begun = work();
            Box::pin(async move { begun.await.map_err(Into::into) })
        });
        Self { attempt, name, work, is_repeatable: false }
    }

    /// Lets the work be done again where its kept result cannot be read any longer, because a newer
    /// version of the program has another type for it.
    pub fn repeatable(mut self) -> Self {
        self.is_repeatable = true;
        self
    }

    async fn run(self) -> Result<T, HandlerError> {
        let Self { attempt, name, work, is_repeatable } = self;
        check_name(&name)?;
        match begin(&attempt, &name)? {
            None => {}
            Some(kept) => match read_back(&kept) {
                Ok(result) => return Ok(result),
                Err(_) if is_repeatable => {}
                Err(problem) => {
                    return Err(HandlerError::permanent(format!(
                        "the kept result of step `{name}` {problem}; as the step is not repeatable, it is \
                     not done again"
                    )));
                }
            },
        }
        let result = work().await?;
        let (step, result) = written(&name, &result)?;
        keep(&attempt, step).await?;
        Ok(result)
    }
}

/// The steps of an attempt.
impl Attempt {
    /// Does a part of the work once in a run: what it returns with `Ok` is kept, and later attempts of
    /// the run get it back without beginning the work again. So a build is not built again because its
    /// report failed. See [`Step`] for the rules.
    ///
    /// ```
    /// # use hookstead_handler::{Attempt, HandlerError};
    /// # async fn build() -> Result<bool, std::io::Error> { Ok(true) }
    /// # async fn report(passed: bool) -> Result<(), HandlerError> { Ok(()) }
    /// # async fn handle(attempt: &Attempt) -> Result<(), HandlerError> {
    /// let passed: bool = attempt.step("build", || build()).await?;
    /// report(passed).await?; // if this fails, the next attempt begins here
    /// # Ok(())
    /// # }
    /// ```
    pub fn step<'a, T, E, F, R>(&self, name: &str, work: F) -> Step<'a, T>
    where
        T: Serialize + DeserializeOwned + Send + 'a,
        E: Into<HandlerError>,
        F: FnOnce() -> R + Send + 'a,
        R: Future<Output = Result<T, E>> + Send + 'a,
    {
        Step::new(self.clone(), name.to_owned(), work)
    }

    /// Does a part of the work once in a run, as [`step`](Self::step) does, of which nobody needs the result:
    /// only that it was done is kept. So a comment is not written again because what follows failed.
    ///
    /// ```
    /// # use hookstead_handler::{Attempt, HandlerError};
    /// # struct Comment;
    /// # async fn comment() -> Result<Comment, std::io::Error> { Ok(Comment) }
    /// # async fn handle(attempt: &Attempt) -> Result<(), HandlerError> {
    /// attempt.once("greet", || comment()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn once<'a, T, E, F, R>(&self, name: &str, work: F) -> Step<'a, ()>
    where
        E: Into<HandlerError>,
        F: FnOnce() -> R + Send + 'a,
        R: Future<Output = Result<T, E>> + Send + 'a,
    {
        self.step(name, move || {
            let begun = work();
            async move { begun.await.map(drop) }
        })
    }
}

impl Attempt {
    /// Whether a step of this name has been done, by this attempt or an earlier one of the run: its result
    /// is kept.
    #[must_use]
    pub fn has_done(&self, step: &str) -> bool {
        self.steps().kept.iter().any(|kept| kept.name == step)
    }
}

impl<'a, T: Serialize + DeserializeOwned + Send + 'a> IntoFuture for Step<'a, T> {
    type Output = Result<T, HandlerError>;
    type IntoFuture = StepFuture<'a, T>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T> fmt::Debug for Step<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Step")
            .field("name", &self.name)
            .field("is_repeatable", &self.is_repeatable)
            .finish_non_exhaustive()
    }
}

/// No store takes every text as a key: PostgreSQL refuses NUL. Nor do people read control characters.
fn check_name(name: &str) -> Result<(), HandlerError> {
    let longest = KeptStep::MAX_NAME_LENGTH;
    if (1..=longest).contains(&name.len()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let shown: String = name.chars().take(longest).collect();
    Err(HandlerError::permanent(format!(
        "{shown:?} is no name of a step: 1 to {longest} bytes without control characters are"
    )))
}

/// Takes the name for this attempt. Returns what was kept under it.
fn begin(attempt: &Attempt, name: &str) -> Result<Option<KeptStep>, HandlerError> {
    let mut steps = attempt.steps();
    if steps.begun.iter().any(|begun| begun == name) {
        return Err(HandlerError::permanent(format!(
            "step `{name}` is there twice in one attempt; every step needs a name of its own"
        )));
    }
    steps.begun.push(name.to_owned());
    Ok(steps.kept.iter().find(|kept| kept.name == name).cloned())
}

/// The kept result, else what is wrong with it. The JSON is not shown, it may be private.
fn read_back<T: DeserializeOwned>(kept: &KeptStep) -> Result<T, &'static str> {
    if kept.of_type != type_name::<T>() {
        return Err("is of another type than the one that is asked for");
    }
    serde_json::from_slice(&kept.json).map_err(|_| "does not decode any longer")
}

/// A result as it is kept, and as it is read back from that.
fn written<T: Serialize + DeserializeOwned>(
    name: &str,
    result: &T,
) -> Result<(KeptStep, T), HandlerError> {
    let cannot = |size: usize, problem: String| {
        HandlerError::permanent(format!(
            "the result of step `{name}` ({size} bytes of JSON) cannot be kept: {problem}"
        ))
    };
    let mut json = Limited::default();
    let serialized = serde_json::to_writer(&mut json, result);
    serialized.map_err(|error| cannot(json.length, error.to_string()))?;
    if json.length > KeptStep::MAX_JSON_LENGTH {
        let limit = KeptStep::MAX_JSON_LENGTH;
        return Err(cannot(json.length, format!("at most {limit} bytes are")));
    }
    let json = json.kept;
    // Some types write what they do not read: a NaN becomes `null`. Better now than at the next
    // attempt.
    let read_back = serde_json::from_slice(&json)
        .map_err(|_| cannot(json.len(), "its type does not read what it has written".to_owned()))?;
    let of_type = type_name::<T>().to_owned();
    Ok((KeptStep { name: name.to_owned(), of_type, json: json.into() }, read_back))
}

async fn keep(attempt: &Attempt, step: KeptStep) -> Result<(), HandlerError> {
    match attempt.keeper().keep(step.clone()).await {
        Ok(()) => {
            let mut steps = attempt.steps();
            steps.kept.retain(|kept| kept.name != step.name);
            steps.kept.push(step);
            Ok(())
        }
        Err(StepNotKept::LeaseLost) => {
            attempt.interrupt(Interruption::LeaseLost);
            // Whoever runs the handler ends it here. Outside of a worker, the error does.
            pause_once().await;
            Err(HandlerError::retry(format!(
                "cannot keep the result of step `{}`: the lease is lost",
                step.name
            )))
        }
        Err(not_kept @ StepNotKept::Store(_)) => {
            Err(HandlerError::retry(CannotKeep { step: step.name, not_kept }))
        }
    }
}

/// Returns at the second time it is polled, which is soon.
async fn pause_once() {
    let mut has_paused = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[derive(Debug)]
struct CannotKeep {
    step: String,
    not_kept: StepNotKept,
}

impl fmt::Display for CannotKeep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot keep the result of step `{}`", self.step)
    }
}

impl std::error::Error for CannotKeep {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.not_kept)
    }
}

/// Counts what is written, and keeps as much as may be kept.
#[derive(Default)]
struct Limited {
    kept: Vec<u8>,
    length: usize,
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.length = self.length.saturating_add(bytes.len());
        if self.length <= KeptStep::MAX_JSON_LENGTH {
            self.kept.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
