use std::convert::Infallible;
use std::future::pending;
use std::panic::resume_unwind;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use hookstead_client::Error;
use hookstead_handler::{Advice, End, HandlerError, KeptStep};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::distinct::distinct;
use crate::kept::Kept;
use crate::poster::{Poster, Word};
use crate::reporter::Reporter;
use crate::target::{Saying, Target};
use crate::verdict::Verdict;
use crate::words;
use crate::work::{WorkEnd, until_the_end};

/// The end of the name of the step that says that the verdict was reported.
const REPORTED: &str = ", reported";

/// The same for an error that ended the work for good. Whoever revives the task wants the work done again.
const FAILED: &str = ", failed";

/// Room in a step's name for one of these, and for the number of a revival.
const LONGEST_END: usize = 20;

/// What the first attempt at the work need not read back: whole, and as it was.
#[derive(Default)]
struct Fresh {
    verdict: Option<Verdict>,
    error: Option<HandlerError>,
}

impl<T: Target> Reporter<T> {
    /// Says that the work waits for its turn. Reporters made before this one, on the same thing, are silent
    /// from now on. Nothing is said where an earlier attempt has done the work, and an outage of GitHub's
    /// is passed over, with a line in the log.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses: the commit is unknown, the token lacks a permission.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    pub async fn queued(&self, description: impl Into<String>) -> Result<(), Error> {
        if self.attempt.has_done(&self.step_of_work()) {
            return Ok(());
        }
        self.announce(&Saying::Queued(description.into())).await
    }

    /// Says that the work runs, does it, says what it came to, and returns that.
    ///
    /// The work is a [step](hookstead_handler::Attempt::step) of the attempt: a later attempt of the run gets the verdict
    /// without doing the work again, and reports it if that is still to be done. The work returns a
    /// [`Verdict`], a `bool`, or nothing.
    ///
    /// # Errors
    ///
    /// * The work's own error, after the report became an error. If that cannot be posted, the log says so.
    /// * An error of the client's when GitHub could not be told what the work came to. Passed on by `?`,
    ///   it makes the next attempt report again, during an outage for a day.
    /// * An error of the client's when GitHub refuses to hear that the work runs, which is then not begun.
    ///   An outage is no refusal: it is passed over, with a line in the log.
    /// * The errors of a [step](hookstead_handler::Step): one thing is reported on once in an attempt.
    ///
    /// # Panics
    ///
    /// Panics when the work does, after the report became an error; and outside of a Tokio runtime.
    pub async fn run<V, E, F, R>(self, work: F) -> Result<Verdict, HandlerError>
    where
        V: Into<Verdict>,
        E: Into<HandlerError>,
        F: FnOnce() -> R + Send,
        R: Future<Output = Result<V, E>> + Send,
    {
        let fresh = Mutex::default();
        let step = self.step_of_work();
        let kept = self.attempt.step(&step, || self.work_out(work, &fresh)).await;
        let Fresh { verdict, error } = fresh.into_inner().unwrap_or_else(PoisonError::into_inner);
        let kept = match kept {
            Ok(kept) => kept,
            Err(error) => {
                // The work is done, and the inbox cannot keep what it came to.
                if verdict.is_some() && self.attempt.interruption().is_none() {
                    _ = self.post_last(&Saying::ended(&words::of_unkept())).await;
                }
                return Err(error);
            }
        };
        let verdict = verdict.unwrap_or_else(|| kept.verdict.clone());
        self.report_once(step, &verdict, &kept).await?;
        match error.or(kept.error.map(HandlerError::permanent)) {
            None => Ok(verdict),
            Some(error) => Err(error),
        }
    }

    /// Puts right what a run left behind that ended without success: for
    /// [`Handler::ended`](hookstead_handler::Handler::ended).
    ///
    /// A verdict that was not reported is reported. Without one, what still says that the work goes on
    /// becomes an error with the reason: given up, superseded, canceled. Anything else stays as it is,
    /// and so does a report on which newer work in this process is at.
    ///
    /// # Errors
    ///
    /// Fails when GitHub cannot be asked or told. `ended` should fail with it, to be called again.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    pub async fn ended(self, end: End) -> Result<(), HandlerError> {
        let step = self.step_of_work();
        if self.attempt.has_done(&step) {
            let kept = self.attempt.step(&step, async || Err::<Kept, _>(nothing_kept())).await;
            // One that cannot be read is as good as none.
            if let Ok(kept) = kept {
                return self.report_once(step, &kept.verdict, &kept).await;
            }
        }
        let Poster { slot, number, work, .. } = &*self.poster;
        if slot.is_taken_by_others(work) {
            return Ok(());
        }
        // An interrupted attempt may be about to say so. What it has begun arrives first; what it has not, it leaves to
        // this one, as whoever is told that this is done lets nobody do it again.
        slot.take_over(*number, work);
        drop(slot.turn.lock().await);
        let saying = Saying::ended(&words::of_end(end));
        let report = self.poster.target.report(&saying, &self.decoration);
        let sight = self.poster.target.look(&report, None).await?;
        if sight.is_open {
            self.post_last(&saying).await?;
        }
        Ok(())
    }

    /// Says that the work runs, does it, and returns what is to be kept. Says also how it ended where that
    /// is not kept.
    async fn work_out<V, E, F, R>(
        &self,
        work: F,
        fresh: &Mutex<Fresh>,
    ) -> Result<Kept, HandlerError>
    where
        V: Into<Verdict>,
        E: Into<HandlerError>,
        F: FnOnce() -> R + Send,
        R: Future<Output = Result<V, E>> + Send,
    {
        self.announce(&Saying::Running(self.settings.description.clone())).await?;
        let telling = self.tell_progress(self.progress.subscribe());
        let work = async move { work().await.map(V::into).map_err(E::into) };
        let mut ended = match until_the_end(work, telling).await {
            WorkEnd::Done(Ok(verdict)) => Fresh { verdict: Some(verdict), error: None },
            WorkEnd::Done(Err(error)) => Fresh { verdict: None, error: Some(error) },
            WorkEnd::Panicked(panic) => {
                _ = self.post_last(&Saying::ended(&words::of_panic())).await;
                resume_unwind(panic)
            }
        };
        let mut last_words = None;
        if let Some(error) = ended.error {
            match error.advice() {
                Advice::Wait { .. } => {
                    // It goes on some time, so this is not its end; nor is somebody at it.
                    self.is_open.store(false, Ordering::SeqCst);
                    if self.settings.announces {
                        let waiting = Saying::Running(words::WAITING.to_owned());
                        _ = self.begin_to_post(&waiting, Word::First).await;
                    }
                    return Err(error);
                }
                // No attempt follows, so its report is as patient as that of a verdict.
                advice @ Advice::Permanent => {
                    last_words = Some(error.to_string());
                    let verdict = Some(words::of_error(&advice));
                    ended = Fresh { verdict, error: Some(error) };
                }
                advice => {
                    // A failed post of an error is in the log; what went wrong first matters more.
                    _ = self.post_last(&Saying::ended(&words::of_error(&advice))).await;
                    return Err(error);
                }
            }
        }
        let verdict = ended.verdict.get_or_insert_with(|| words::of_error(&Advice::Permanent));
        let mut kept = Kept::new(verdict, self.poster.own());
        kept.error = last_words.map(|error| distinct(&error, Kept::LONGEST_ERROR));
        *fresh.lock().unwrap_or_else(PoisonError::into_inner) = ended;
        Ok(kept)
    }

    /// Says what the work came to, unless an attempt of this run has.
    async fn report_once(
        &self,
        step: String,
        verdict: &Verdict,
        kept: &Kept,
    ) -> Result<(), HandlerError> {
        if self.poster.own().is_none() {
            self.poster.set_own(kept.id);
        }
        let saying = Saying::ended(verdict);
        let step = step + if kept.error.is_some() { FAILED } else { REPORTED };
        let reporting = self.attempt.step(&step, || self.post_last(&saying));
        reporting.await
    }

    /// Says that the work waits or runs. Nobody needs to know that so much as the end, so an outage is
    /// passed over.
    async fn announce(&self, saying: &Saying) -> Result<(), Error> {
        let poster = &self.poster;
        poster.slot.take_over(poster.number, &poster.work);
        if !self.settings.announces {
            return Ok(());
        }
        // Set before, because a post that is interrupted arrives all the same.
        let was_open = self.is_open.swap(true, Ordering::SeqCst);
        let posting = self.begin_to_post(saying, Word::First);
        let (repo, on) = (poster.target.repo().name(), poster.target.short_name());
        match timeout(self.settings.announcement_deadline, posting).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                if was_surely_refused(&error) {
                    self.is_open.store(was_open, Ordering::SeqCst);
                }
                if !error.is_outage() {
                    return Err(error);
                }
                tracing::warn!(%repo, on, "GitHub cannot be told yet, going on with the work");
                Ok(())
            }
            Err(_) => {
                tracing::warn!(%repo, on, "GitHub does not answer yet, going on with the work");
                Ok(())
            }
        }
    }

    /// Posts what the work says about its progress, for as long as it is polled.
    async fn tell_progress(&self, mut said: watch::Receiver<String>) -> Infallible {
        let mut last = Instant::now();
        let posts = if self.settings.announces { self.settings.max_progress } else { 0 };
        for _ in 0..posts {
            if said.changed().await.is_err() {
                break;
            }
            sleep(self.settings.progress_interval.saturating_sub(last.elapsed())).await;
            let saying = Saying::Running(said.borrow_and_update().clone());
            // A failure is in the log, and the work goes on.
            _ = self.begin_to_post(&saying, Word::First).await;
            last = Instant::now();
        }
        pending().await
    }

    /// The name of the step that keeps the verdict: another one after each error that ended the work for
    /// good and was reported, as the task was revived then.
    fn step_of_work(&self) -> String {
        let target = &self.poster.target;
        let name = format!("{} in {}", target.short_name(), target.repo().name());
        let name = distinct(&name, KeptStep::MAX_NAME_LENGTH - LONGEST_END);
        let mut step = name.clone();
        for revived in 1_u32.. {
            if !self.attempt.has_done(&format!("{step}{FAILED}")) {
                break;
            }
            step = format!("{name} ({revived})");
        }
        step
    }
}

fn nothing_kept() -> HandlerError {
    HandlerError::retry("no verdict was kept")
}

/// Whether GitHub has surely not taken the report.
fn was_surely_refused(error: &Error) -> bool {
    let is_refusal = error.status().is_some_and(|status| status.is_client_error());
    let is_refusal = is_refusal || error.is_not_github();
    match error.attempts() {
        0 => true,
        1 => is_refusal || error.is_connect(),
        // An earlier attempt may have arrived.
        _ => false,
    }
}
