use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hookstead_client::{Error, NewStatus, Repo};
use hookstead_types::{Sha, StatusState};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::outstanding;
use crate::poster::{Look, Poster};
use crate::progress::Progress;
use crate::report_error::{ReportError, too_long};
use crate::settings::{AfterInterruption, Settings};
use crate::verdict::Verdict;
use crate::work::{End, until_the_end};

/// Reports on one piece of work by commit statuses, and owns the rules.
///
/// * `pending` when it is [queued](Self::queued), and with other words when it [runs](Self::run).
/// * **A terminal state whatever happens**: the [`Verdict`] when there is one; `error` when the work
///   returns an error, panics, takes longer than its [deadline](Self::deadline) or is
///   [interrupted](Self#interruption).
/// * **An older build never overwrites a newer one**; see [below](Self#older-and-newer-builds).
/// * A status that would change nothing is not posted.
/// * **What decorates never costs the state**: descriptions and links are made to fit, and what GitHub
///   refuses all the same is left out.
///
/// ```no_run
/// use hookstead_client::{Repo, Sha};
/// use hookstead_report::{StatusReporter, Verdict};
/// # type BoxError = Box<dyn std::error::Error + Send + Sync>;
///
/// async fn build(sha: &Sha) -> Result<Verdict, BoxError> {
///     let failed = 0; // run the tests
///     Ok(match failed {
///         0 => Verdict::success("All 108 tests passed"),
///         _ => Verdict::failure(format!("{failed} of 108 tests failed")),
///     })
/// }
///
/// async fn check(repo: &Repo, sha: &Sha) -> Result<(), BoxError> {
///     let reporter = StatusReporter::new(repo, sha, "ci/demo")
///         .target_url("https://ci.example.com/builds/17");
///     reporter.queued("Waiting for a machine").await?;
///     // ...
///     let verdict = reporter.run("The build is running", build(sha)).await?;
///     println!("{}", verdict.description());
///     Ok(())
/// }
/// ```
///
/// The words of an error or a panic are not posted: whoever sees the commit sees its statuses, and
/// errors tell of machines and paths. Work that wants to say more returns [`Verdict::error`].
///
/// # AfterInterruption
///
/// The work is interrupted when the future of [`run`](Self::run), or a reporter that has queued
/// something, is dropped. That happens when the program shuts down, the lease is lost, the handler's
/// deadline passes, or a newer delivery takes its place. Then the status becomes `error`, unless
/// [`on_interruption`](Self::on_interruption) says otherwise, with
/// [the reason](Self::interrupted_because) if one is known; and an attempt that follows makes it
/// `pending` again. In this process that order is certain; if the new attempt is quick enough, the
/// `error` is not even posted.
///
/// Dropping cannot wait, so a task on the same runtime posts it. **A runtime that ends takes that
/// task with it**: let [`StatusReporter::finish`] be the last thing that `main` does. Nothing can be
/// posted when the process is killed or the machine fails. A delivery in an inbox is handled again then,
/// and its new attempt puts the status right; work without an inbox stays `pending`.
///
/// # Older and newer builds
///
/// Of the reporters for one context of one commit, that one is newer which was made later. As soon as
/// it queues or runs something, the older ones are silent for good: their work goes on and its verdict
/// is returned, but nothing is posted. [`Progress::is_superseded`] tells the work, so that it can stop.
///
/// This covers one process. Where several report on the same context, let them
/// [look for newer statuses](Self::look_for_newer) before they post the last.
pub struct StatusReporter {
    poster: Arc<Poster>,
    settings: Settings,
    progress: watch::Sender<String>,
    /// The runtime of the first post, for the one that dropping makes.
    runtime: OnceLock<Handle>,
    /// Whether GitHub may say `pending` on our behalf, and nobody is about to change that.
    is_pending: AtomicBool,
}

impl StatusReporter {
    /// 30 s: GitHub takes about 500 writes an hour that create something, for all that a token does,
    /// and not every reader reloads the page twice a minute.
    pub const DEFAULT_PROGRESS_INTERVAL: Duration = Duration::from_secs(30);

    /// 100: GitHub takes at most a thousand statuses of a context on a commit. This leaves room for
    /// several attempts, and always for the last status.
    pub const DEFAULT_MAX_PROGRESS: u32 = 100;

    /// A reporter for this context of this commit. Nothing is posted yet.
    #[must_use]
    pub fn new(repo: &Repo, sha: &Sha, context: impl Into<String>) -> Self {
        // As GitHub will have it, so that the reporters of one status find each other.
        let context = known_context(&NewStatus::pending().context(context));
        let poster = Poster::new(repo, sha, context);
        let settings = Settings {
            target_url: None,
            deadline: None,
            interruption: AfterInterruption::default(),
            reason: None,
            progress_interval: Self::DEFAULT_PROGRESS_INTERVAL,
            max_progress: Self::DEFAULT_MAX_PROGRESS,
            looks_for_newer: false,
        };
        Self {
            poster: Arc::new(poster),
            settings,
            progress: watch::Sender::new(String::new()),
            runtime: OnceLock::new(),
            is_pending: AtomicBool::new(false),
        }
    }

    /// Where the statuses' link leads: the build's page. One that is no `http://` or `https://` URL is
    /// left out.
    #[must_use]
    pub fn target_url(mut self, url: impl Into<String>) -> Self {
        self.settings.target_url = Some(url.into());
        self
    }

    /// The work may run this long; the time before it does not count. Then it is dropped, the status
    /// becomes `error`, and [`run`](Self::run) fails with [`ReportError::Deadline`]. By default it may
    /// run for ever.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = Some(deadline);
        self
    }

    /// What is left behind when the work is interrupted. The default is [`AfterInterruption::Error`].
    #[must_use]
    pub fn on_interruption(mut self, interruption: AfterInterruption) -> Self {
        self.settings.interruption = interruption;
        self
    }

    /// Says why the work was interrupted, in place of *Interrupted before the end*.
    ///
    /// The function is called when the reporter is dropped before the end, which cannot wait: it
    /// should only look. With `None` (or when it panics) the usual words stand. It has no say in what
    /// [is left behind](Self::on_interruption).
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    /// use hookstead_client::{Repo, Sha};
    /// use hookstead_report::StatusReporter;
    ///
    /// fn reporter(repo: &Repo, sha: &Sha, shuts_down: Arc<AtomicBool>) -> StatusReporter {
    ///     StatusReporter::new(repo, sha, "ci/demo").interrupted_because(move || {
    ///         let shuts_down = shuts_down.load(Ordering::Relaxed);
    ///         shuts_down.then(|| "The server is being restarted".to_owned())
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn interrupted_because(
        mut self,
        reason: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.settings.reason = Some(Box::new(reason));
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

    /// Before it posts a terminal status, asks GitHub whether somebody else (another process, a
    /// person) posted a newer one of this context, and if so posts nothing. It is off by default,
    /// because it costs a request per build and only helps where several processes report on one
    /// context. There it keeps a worker that lost its lease from spoiling its successor's status. A gap remains between question and post. If GitHub does not answer, or lists more
    /// than a hundred newer statuses of other contexts first, the status is posted.
    ///
    /// Permission: *Commit statuses* read, beside write.
    #[must_use]
    pub fn look_for_newer(mut self) -> Self {
        self.settings.looks_for_newer = true;
        self
    }

    /// Tells from inside the work how far it is.
    ///
    /// ```no_run
    /// use hookstead_report::{ReportError, StatusReporter, Verdict};
    ///
    /// # async fn check(reporter: StatusReporter) -> Result<(), ReportError> {
    /// let progress = reporter.progress();
    /// let work = async move {
    ///     for test in 1..=108 {
    ///         progress.say(format!("Test {test} of 108"));
    ///     }
    ///     Ok::<_, ReportError>(Verdict::success("All 108 tests passed"))
    /// };
    /// reporter.run("The tests are running", work).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { said: self.progress.clone(), poster: self.poster.clone() }
    }

    /// Posts `pending`: the work waits for its turn. Reporters made before this one are silent from
    /// now on.
    ///
    /// # Errors
    ///
    /// Fails as [`Repo::create_status`] does.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    pub async fn queued(&self, description: impl Into<String>) -> Result<(), Error> {
        self.post_pending(description).await
    }

    /// Posts `pending`, does the work, posts what it came to, and returns that. A panic of the work
    /// goes on after its status is posted.
    ///
    /// The work's error type is the function's own, so that it passes unchanged; it must be one that
    /// other errors can become by `?`, such as a `HandlerError` or a boxed error.
    ///
    /// # Errors
    ///
    /// * The work's own error, after the status became `error`. If that cannot be posted, the log
    ///   says so.
    /// * [`ReportError::Deadline`], likewise.
    /// * [`ReportError::Call`] when GitHub could not be told that the work runs, which is then not
    ///   begun; or what it came to.
    ///
    /// # Panics
    ///
    /// Panics when the work does, and outside of a Tokio runtime.
    pub async fn run<E>(
        self,
        description: impl Into<String>,
        work: impl Future<Output = Result<Verdict, E>>,
    ) -> Result<Verdict, E>
    where
        E: From<ReportError>,
    {
        self.post_pending(description).await.map_err(ReportError::from)?;
        let telling = self.tell_progress(self.progress.subscribe());
        match until_the_end(work, self.settings.deadline, telling).await {
            End::Done(Ok(verdict)) => {
                self.post_terminal(
                    verdict.state(),
                    verdict.description(),
                    verdict.own_target_url(),
                )
                .await
                .map_err(ReportError::from)?;
                Ok(verdict)
            }
            End::Done(Err(error)) => {
                // A failed post of an `error` is in the log; what went wrong first matters more.
                _ = self.post_error("Ended by an error").await;
                Err(error)
            }
            End::Panicked(panic) => {
                _ = self.post_error("Ended by a panic").await;
                resume_unwind(panic)
            }
            End::TooLate(after) => {
                _ = self.post_error(&format!("The work {}", too_long(after))).await;
                Err(ReportError::Deadline { after }.into())
            }
        }
    }

    /// Waits until every status that any reporter of this program is about to post has arrived or
    /// failed, at most this long; says whether that was enough. For the end of `main`: the runtime takes
    /// with it what is on its way.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use hookstead_report::StatusReporter;
    ///
    /// # async fn serve() -> std::io::Result<()> { Ok(()) }
    /// # async fn run() -> std::io::Result<()> {
    /// serve().await?;
    /// StatusReporter::finish(Duration::from_secs(5)).await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn finish(at_most: Duration) -> bool {
        timeout(at_most, outstanding::none_left()).await.is_ok()
    }

    /// Posts what the work says about its progress, for as long as it is polled.
    async fn tell_progress(&self, mut said: watch::Receiver<String>) -> Infallible {
        let mut last = Instant::now();
        for _ in 0..self.settings.max_progress {
            if said.changed().await.is_err() {
                break;
            }
            sleep(self.settings.progress_interval.saturating_sub(last.elapsed())).await;
            let description = said.borrow_and_update().clone();
            let status = self.status(StatusState::Pending, description, None);
            // A failure is in the log, and the work goes on.
            _ = self.post(status, Look::No).await;
            last = Instant::now();
        }
        pending().await
    }

    async fn post_pending(&self, description: impl Into<String>) -> Result<(), Error> {
        self.poster.slot.take_over(self.poster.number);
        let status = self.status(StatusState::Pending, description, None);
        // Set before, because a post that is interrupted arrives all the same.
        let was_pending = self.is_pending.swap(true, Ordering::SeqCst);
        let outcome = self.post(status, Look::No).await;
        if outcome.as_ref().is_err_and(was_surely_refused) {
            self.is_pending.store(was_pending, Ordering::SeqCst);
        }
        outcome
    }

    async fn post_error(&self, description: &str) -> Result<(), Error> {
        self.post_terminal(StatusState::Error, description, None).await
    }

    async fn post_terminal(
        &self,
        state: StatusState,
        description: &str,
        target_url: Option<&str>,
    ) -> Result<(), Error> {
        let status = self.status(state, description, target_url);
        // Cleared before, because the post goes on if this is interrupted.
        self.is_pending.store(false, Ordering::SeqCst);
        self.post(status, self.look()).await
    }

    /// Posts a status; being interrupted does not stop it.
    async fn post(&self, status: NewStatus, look: Look) -> Result<(), Error> {
        let runtime = Handle::current();
        _ = self.runtime.set(runtime.clone());
        match self.poster.spawn(&runtime, status, look).await {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // The runtime ends, and whoever waits here with it.
            Err(_) => pending().await,
        }
    }

    fn status(
        &self,
        state: StatusState,
        description: impl Into<String>,
        target_url: Option<&str>,
    ) -> NewStatus {
        let status =
            NewStatus::new(state).context(self.poster.context.as_str()).description(description);
        // An own one that cannot be used is none.
        [self.settings.target_url.as_deref(), target_url]
            .into_iter()
            .flatten()
            .fold(status, NewStatus::target_url)
    }

    /// Why the work was interrupted.
    fn reason(&self) -> String {
        let reason = self.settings.reason.as_ref().and_then(|reason| {
            // A panic while another one unwinds would end the program.
            catch_unwind(AssertUnwindSafe(reason)).unwrap_or_default()
        });
        reason.unwrap_or_else(|| "Interrupted before the end".to_owned())
    }

    fn look(&self) -> Look {
        if self.settings.looks_for_newer { Look::First } else { Look::No }
    }
}

impl Drop for StatusReporter {
    fn drop(&mut self) {
        let is_silent = self.settings.interruption == AfterInterruption::Pending;
        if is_silent || !self.is_pending.load(Ordering::SeqCst) {
            return;
        }
        if let Some(runtime) = self.runtime.get() {
            let status = self.status(StatusState::Error, self.reason(), None);
            // Nobody waits for it; a failure is in the log.
            drop(self.poster.spawn(runtime, status, self.look()));
        }
    }
}

impl fmt::Debug for StatusReporter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StatusReporter")
            .field("repo", self.poster.repo.name())
            .field("sha", &self.poster.sha)
            .field("context", &self.poster.context)
            .finish_non_exhaustive()
    }
}

/// The context by which GitHub knows a status: it takes `default` when none is given.
fn known_context(status: &NewStatus) -> String {
    let status = serde_json::to_value(status).unwrap_or_default();
    status["context"].as_str().unwrap_or("default").to_owned()
}

/// Whether GitHub has surely not created the status.
fn was_surely_refused(error: &Error) -> bool {
    let is_refusal = error.status().is_some_and(|status| status.is_client_error());
    match error.attempts() {
        0 => true,
        1 => is_refusal || error.is_connect(),
        // An earlier attempt may have arrived.
        _ => false,
    }
}
