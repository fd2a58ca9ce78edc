use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hookstead_client::Error;
use hookstead_handler::Attempt;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::poster::{Poster, Word};
use crate::progress::Progress;
use crate::settings::{AfterInterruption, Settings};
use crate::target::{Saying, Target};
use crate::words;

/// Reports on one piece of work, and owns the rules. There are three: a [`StatusReporter`], a
/// [`DeploymentReporter`] and a [`CheckReporter`], made by [`Reporters`](crate::Reporters).
///
/// See [the crate](crate#the-rules) for the rules.
///
/// [`StatusReporter`]: crate::StatusReporter
/// [`DeploymentReporter`]: crate::DeploymentReporter
/// [`CheckReporter`]: crate::CheckReporter
pub struct Reporter<T: Target> {
    pub(crate) poster: Arc<Poster<T>>,
    pub(crate) attempt: Attempt,
    pub(crate) settings: Settings,
    pub(crate) decoration: T::Decoration,
    pub(crate) progress: watch::Sender<String>,
    /// The runtime of the first post, for the one that dropping makes.
    runtime: OnceLock<Handle>,
    /// Whether GitHub may say on our behalf that the work goes on, and nobody is about to change that.
    pub(crate) is_open: AtomicBool,
}

impl<T: Target> Reporter<T> {
    /// 30 s: GitHub takes about 500 writes an hour that create something, for all that a token does,
    /// and not every reader reloads the page twice a minute.
    pub const DEFAULT_PROGRESS_INTERVAL: Duration = Duration::from_secs(30);

    /// 100: GitHub takes at most a thousand statuses of a context on a commit. This leaves room for
    /// several attempts, and always for the last status.
    pub const DEFAULT_MAX_PROGRESS: u32 = 100;

    /// 10 s: a good call takes less than one, and work should not wait for the end of an outage.
    pub const DEFAULT_ANNOUNCEMENT_DEADLINE: Duration = Duration::from_secs(10);

    pub(crate) fn new(target: T, attempt: &Attempt) -> Self {
        Self {
            poster: Arc::new(Poster::new(target, attempt)),
            attempt: attempt.clone(),
            settings: Settings {
                description: words::RUNNING.to_owned(),
                announces: true,
                interruption: AfterInterruption::default(),
                announcement_deadline: Self::DEFAULT_ANNOUNCEMENT_DEADLINE,
                progress_interval: Self::DEFAULT_PROGRESS_INTERVAL,
                max_progress: Self::DEFAULT_MAX_PROGRESS,
            },
            decoration: T::Decoration::default(),
            progress: watch::Sender::new(String::new()),
            runtime: OnceLock::new(),
            is_open: AtomicBool::new(false),
        }
    }

    /// What the report says while the work runs. The default is *Running*.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.settings.description = description.into();
        self
    }

    /// Says only what the work came to, and nothing before: for one who has few writes left. What an earlier attempt
    /// said is put right all the same.
    #[must_use]
    pub fn only_the_end(mut self) -> Self {
        self.settings.announces = false;
        self
    }

    /// What is left behind when the work is interrupted and another attempt follows. The default is
    /// [`AfterInterruption::Error`].
    #[must_use]
    pub fn on_interruption(mut self, interruption: AfterInterruption) -> Self {
        self.settings.interruption = interruption;
        self
    }

    /// How long the work waits for GitHub to hear that it begins. Then it begins all the same, and the
    /// report goes on its way. The default is
    /// [`DEFAULT_ANNOUNCEMENT_DEADLINE`](Self::DEFAULT_ANNOUNCEMENT_DEADLINE).
    #[must_use]
    pub fn announcement_deadline(mut self, deadline: Duration) -> Self {
        self.settings.announcement_deadline = deadline;
        self
    }

    /// Between two posts of [`Progress`], and after the start, passes at least this time. The default
    /// is [`DEFAULT_PROGRESS_INTERVAL`](Self::DEFAULT_PROGRESS_INTERVAL).
    #[must_use]
    pub fn progress_interval(mut self, interval: Duration) -> Self {
        self.settings.progress_interval = interval;
        self
    }

    /// So many posts of [`Progress`] are made at most. The default is
    /// [`DEFAULT_MAX_PROGRESS`](Self::DEFAULT_MAX_PROGRESS).
    #[must_use]
    pub fn max_progress(mut self, posts: u32) -> Self {
        self.settings.max_progress = posts;
        self
    }

    /// Tells from inside the work how far it is.
    ///
    /// ```no_run
    /// use hookstead_handler::HandlerError;
    /// use hookstead_report::{StatusReporter, Verdict};
    ///
    /// # async fn check(reporter: StatusReporter) -> Result<(), HandlerError> {
    /// let progress = reporter.progress();
    /// let work = async move || {
    ///     for test in 1..=108 {
    ///         progress.say(format!("Test {test} of 108"));
    ///     }
    ///     Ok::<_, HandlerError>(Verdict::success("All 108 tests passed"))
    /// };
    /// reporter.run(work).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn progress(&self) -> Progress {
        let Poster { slot, number, .. } = &*self.poster;
        Progress { said: self.progress.clone(), slot: slot.clone(), number: *number }
    }

    /// Starts to post; being interrupted does not stop it.
    pub(crate) fn begin_to_post(
        &self,
        saying: &Saying,
        word: Word,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<T> {
        let report = self.poster.target.report(saying, &self.decoration);
        let runtime = Handle::current();
        _ = self.runtime.set(runtime.clone());
        let posting = self.poster.spawn(&runtime, report, word);
        async move {
            match posting.await {
                Ok(outcome) => outcome,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                // The runtime ends, and whoever waits here with it.
                Err(_) => std::future::pending().await,
            }
        }
    }

    /// Posts the last word.
    pub(crate) async fn post_last(&self, saying: &Saying) -> Result<(), Error> {
        // Cleared before, because the post goes on if this is interrupted.
        self.is_open.store(false, Ordering::SeqCst);
        self.begin_to_post(saying, Word::Last).await
    }
}

/// Says that the work was interrupted, unless it has ended. Dropping cannot wait, so a task does it; see
/// [`Reporters::finish`](crate::Reporters::finish).
impl<T: Target> Drop for Reporter<T> {
    fn drop(&mut self) {
        let why = self.attempt.interruption();
        if !self.is_open.load(Ordering::SeqCst) || self.settings.interruption.is_silent(why) {
            return;
        }
        if let Some(runtime) = self.runtime.get() {
            let saying = Saying::ended(&words::of_interruption(why));
            let report = self.poster.target.report(&saying, &self.decoration);
            // Nobody waits for it; a failure is in the log.
            drop(self.poster.spawn(runtime, report, Word::Last));
        }
    }
}

impl<T: Target> fmt::Debug for Reporter<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reporter")
            .field("repo", self.poster.target.repo().name())
            .field("on", &self.poster.target.short_name())
            .finish_non_exhaustive()
    }
}
