use async_trait::async_trait;

use super::ending::Outcome;
use super::error::RunnerError;
use super::order::Order;
use super::place::Place;

/// Runs what an [`Order`] says, somewhere: on this machine, at Jenkins, at a service.
///
/// [`LocalRunner`](super::LocalRunner) is one. Bring your own by implementing the three methods.
///
/// # How a runner is used
///
/// ```
/// use hookstead_pipeline::runner::{Order, Outcome, Progress, Runner, RunnerError};
///
/// async fn build(runner: &dyn Runner, order: &Order) -> Result<Outcome, RunnerError> {
///     // An attempt keeps the place as a step, so that the next attempt goes on where this one was killed.
///     let mut place = runner.start("build-17", order).await?;
///     let mut read = 0;
///     loop {
///         match runner.follow(&place, read).await? {
///             Progress::Log(bytes) => read += bytes.len() as u64, // and keep them
///             Progress::Quiet => {}
///             Progress::Moved(to) => place = to,
///             Progress::Ended(outcome) => break Ok(outcome),
///         }
///     }
/// }
/// ```
///
/// # What a runner promises
///
/// * **Starting is safe to repeat.** Two calls of [`start`](Self::start) with one name begin one run, also
///   when the process was killed between them. Whoever wants a new run takes a new name.
/// * **A place is all there is to know.** It survives the server. Any process that holds it can follow and
///   cancel. Between two calls nobody needs to be there, but for the runner's own patience.
/// * **A log only grows.** The byte at an offset never changes, so a follower goes on from the offset that
///   it has reached. Bytes are what the commands wrote, be they text or not, but for secrets.
/// * **A run ends once.** What [`Progress::Ended`] said is said again by every later call, and only after
///   the whole log was handed out.
/// * **Canceling is a request.** [`cancel`](Self::cancel) returns at once. The end of the run shows who was
///   first: a run that had ended already stays as it was.
/// * **An error is not the end of a run.** [`RunnerError`] means that the runner could not be asked, or
///   could not begin. What became of the commands is an [`Outcome`], also that they could not be started.
///
/// A runner that asks a service polls it within [`follow`](Self::follow). It returns [`Progress::Quiet`]
/// when nothing has come for some seconds, so that the caller sees that it lives.
#[async_trait]
pub trait Runner: Send + Sync {
    /// Begins what `order` says, or finds that a run of this name has begun.
    ///
    /// `name` is the caller's name for the run. It has 1 to 100 characters of `[A-Za-z0-9_.-]`, and begins with
    /// a letter or a digit.
    ///
    /// # Errors
    ///
    /// When it could not begin and will not: nothing runs under this name.
    async fn start(&self, name: &str, order: &Order) -> Result<Place, RunnerError>;

    /// Waits until there is something to say about the run at `place`, or for some seconds.
    ///
    /// `from` is the offset in the log from which the caller wants bytes: so many it has got.
    ///
    /// # Errors
    ///
    /// When the runner could not be asked. The caller may ask again.
    async fn follow(&self, place: &Place, from: u64) -> Result<Progress, RunnerError>;

    /// Asks the run at `place` to end. Canceling twice, or after the end, changes nothing.
    ///
    /// # Errors
    ///
    /// When the runner could not be asked. The caller may ask again.
    async fn cancel(&self, place: &Place) -> Result<(), RunnerError>;

    /// The place of the run of this name, if one has begun and is not forgotten. Finding it counts as following: its
    /// patience begins anew.
    ///
    /// The default knows none. Then a server that was killed between starting a run and writing down its place
    /// starts it again, by the same name.
    ///
    /// # Errors
    ///
    /// When the runner could not be asked.
    async fn find(&self, name: &str) -> Result<Option<Place>, RunnerError> {
        let _ = name;
        Ok(None)
    }

    /// The names of all runs of which it keeps something here, so that those can be [discarded](Self::discard) that
    /// nobody comes back to.
    ///
    /// The default keeps nothing.
    ///
    /// # Errors
    ///
    /// When the runner could not be asked.
    async fn names(&self) -> Result<Vec<String>, RunnerError> {
        Ok(Vec::new())
    }

    /// Ends the run of this name and forgets it, wherever it stands. Returns whether nothing is left of it; if it is
    /// still about to end, call again later.
    ///
    /// The default has nothing to forget.
    ///
    /// # Errors
    ///
    /// When the runner could not be asked.
    async fn discard(&self, name: &str) -> Result<bool, RunnerError> {
        let _ = name;
        Ok(true)
    }

    /// Removes what the runner keeps of a run that has ended. The caller has kept the log elsewhere.
    ///
    /// The default keeps everything.
    ///
    /// # Errors
    ///
    /// When the run has not ended, or the runner could not be asked.
    async fn forget(&self, place: &Place) -> Result<(), RunnerError> {
        let _ = place;
        Ok(())
    }
}

/// What is new about a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// The log from the offset that was asked for: at least a byte, at most what is read at once.
    Log(Vec<u8>),
    /// Nothing for some seconds.
    Quiet,
    /// The run is found elsewhere from now on. The offset in the log stays as it is.
    Moved(Place),
    /// It has ended, and the whole log was handed out.
    Ended(Outcome),
}
