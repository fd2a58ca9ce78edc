use std::time::{Duration, Instant};

use http::StatusCode;

use crate::engine::answer::Answer;
use crate::engine::call::Call;
use crate::engine::core::Core;
use crate::engine::deadline::Deadline;
use crate::engine::error::Error;
use crate::engine::error_body::ErrorBody;
use crate::engine::error_kind::Kind;
use crate::engine::limiter::Budget;
use crate::engine::rate_limit;
use crate::identity::token::Token;

/// How far a call has come.
struct Progress {
    attempts: u32,
    /// How often something that an event has just named was asked for again.
    asked_again: u32,
    has_renewed_token: bool,
    /// How often the token was sent again because it is young.
    sent_young_token: u32,
    has_corrected_clock: bool,
    /// How many of the attempts a wrong clock and young tokens cost: they say nothing of the call.
    uncounted: u32,
    /// Whether an attempt may have had its effect although its answer says nothing of it.
    is_doubtful: bool,
    deadline: Deadline,
    budget: Budget,
}

impl Progress {
    /// The attempts that the retry policy counts.
    fn counted(&self) -> u32 {
        self.attempts.saturating_sub(self.uncounted)
    }
}

/// The call is to be sent again.
struct Again {
    after: Duration,
    because: &'static str,
}

impl Core {
    /// Sends a call, as often as it takes and is allowed. Whatever the status, an answer that could
    /// be read is returned.
    pub(crate) async fn send(&self, call: Call) -> Result<Answer, Error> {
        let settings = &*self.settings;
        let started = Instant::now();
        let url = call.url(settings)?;
        let mut progress = Progress {
            attempts: 0,
            asked_again: 0,
            has_renewed_token: false,
            sent_young_token: 0,
            has_corrected_clock: false,
            uncounted: 0,
            is_doubtful: false,
            deadline: Deadline::after(settings.deadline),
            budget: Budget(settings.rate_limits.longest_wait),
        };
        let result = self.repeat(&call, &url, &mut progress).await;

        let (status, request_id) = match &result {
            Ok(answer) => (Some(answer.status), answer.request_id()),
            Err(error) => (error.status(), error.request_id()),
        };
        tracing::debug!(
            method = call.method.as_str(),
            path = settings.base.path_of(&url),
            status = status.map(|status| status.as_u16()),
            request_id,
            attempts = progress.attempts,
            milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "called GitHub"
        );
        #[cfg(feature = "metrics")]
        crate::engine::metrics::called(&call.method, status, started.elapsed());
        match result {
            Ok(mut answer) => {
                answer.attempts = progress.attempts;
                answer.is_doubtful = progress.is_doubtful;
                Ok(answer)
            }
            Err(error) => {
                let place = settings.place(&call.method, &url);
                Err(error.with_attempts(progress.attempts).at(&place))
            }
        }
    }

    async fn repeat(
        &self,
        call: &Call,
        url: &str,
        progress: &mut Progress,
    ) -> Result<Answer, Error> {
        let settings = &*self.settings;
        let access = &*self.access;
        loop {
            // Its turn: calls wait here while GitHub limits the token. What that takes is not the call's time.
            let turn = access
                .limiter
                .turn(call.is_paced, &mut progress.budget)
                .await
                .map_err(|held| call.error(Kind::Held(held)))?;
            progress.deadline.extend(turn.waited);

            // The token anew each time: it may have been renewed since the last attempt.
            let clock_ahead = access.clock_ahead();
            let token = match progress.deadline.within(access.provider.token()).await {
                Ok(Ok(token)) => token,
                Ok(Err(error)) => return Err(call.error(Kind::Token(error))),
                Err(elapsed) => return Err(call.error(elapsed)),
            };

            // One attempt. What its answer says of limits holds for all calls that wait.
            progress.attempts = progress.attempts.saturating_add(1);
            let sent_at = tokio::time::Instant::now();
            let deadline = progress.deadline.or_after(settings.attempt_deadline);
            let mut result = self.attempt(call, &token, url.to_owned(), deadline).await;
            drop(turn);
            if let Ok(answer) = &mut result {
                access.left.note(&answer.headers);
                #[cfg(feature = "metrics")]
                crate::engine::metrics::limit(&answer.headers);
                if answer.limit.is_rate_limit {
                    access.limiter.refused(&mut answer.limit, sent_at);
                } else if answer.status.is_success() {
                    access.limiter.accepted();
                }
            }

            // Whether to try again: first what the answer says of the token, which may be young or old, then
            // what the retry policy allows.
            let again = match &result {
                Ok(answer) => match self.about_token(answer, &token, clock_ahead, progress).await {
                    Some(again) => Some(again),
                    None => self.after_answer(call, answer, progress),
                },
                Err(error) => self.after_error(call, error, progress),
            };
            let Some(again) = again else {
                return result;
            };
            #[cfg(feature = "metrics")]
            crate::engine::metrics::sent_again(again.because);
            tracing::debug!(
                method = call.method.as_str(),
                path = settings.base.path_of(url),
                status = result
                    .as_ref()
                    .map_or_else(Error::status, |it| Some(it.status))
                    .map(|status| status.as_u16()),
                attempts = progress.attempts,
                milliseconds = u64::try_from(again.after.as_millis()).unwrap_or(u64::MAX),
                because = again.because,
                "calling GitHub again after a wait"
            );
            tokio::time::sleep(again.after).await;
        }
    }

    /// What an answer that refuses the token says about another attempt.
    async fn about_token(
        &self,
        answer: &Answer,
        token: &Token,
        clock_ahead: i64,
        progress: &mut Progress,
    ) -> Option<Again> {
        if !may_be_about_token(answer) {
            return None;
        }
        let access = &*self.access;
        let is_unauthorized = answer.status == StatusCode::UNAUTHORIZED;
        // A token that this machine has dated by a wrong clock.
        if is_unauthorized
            && !progress.has_corrected_clock
            && access.learn_clock(rate_limit::date_of(&answer.headers), clock_ahead)
        {
            progress.has_corrected_clock = true;
            progress.uncounted += 1;
            return Some(Again { after: Duration::ZERO, because: "the clock was wrong" });
        }
        // A token that not all of GitHub's servers know yet.
        if let Ok(Some(age)) = progress.deadline.within(access.provider.age(token)).await
            && let Some(after) =
                self.settings.retries.young_token_delay_after(age, progress.sent_young_token)
        {
            progress.sent_young_token += 1;
            progress.uncounted += 1;
            progress.deadline.extend(after);
            return Some(Again { after, because: "the token is young" });
        }
        // A token that is bad, if there is a better one.
        if !is_unauthorized || progress.has_renewed_token {
            return None;
        }
        let refused = access.provider.refused(token);
        progress.has_renewed_token = progress.deadline.within(refused).await.unwrap_or(false);
        progress.sent_young_token = 0;
        progress
            .has_renewed_token
            .then_some(Again { after: Duration::ZERO, because: "the token has expired" })
    }

    /// What an answer says about another attempt.
    fn after_answer(&self, call: &Call, answer: &Answer, progress: &mut Progress) -> Option<Again> {
        let retries = &self.settings.retries;
        let status = answer.status;
        if call.is_just_named && is_unknown(answer) {
            let after = retries.just_named_delay_after(progress.asked_again)?;
            progress.asked_again += 1;
            progress.deadline.extend(after);
            return Some(Again { after, because: "an event has just named it" });
        }
        if !retries.allows_after(progress.counted()) {
            return None;
        }
        if answer.limit.is_rate_limit {
            let asked = answer.limit.retry_after?;
            if asked <= self.settings.rate_limits.longest_delay {
                // The limiter waits, this call like all others; but not for longer than it may.
                return (asked <= progress.budget.left())
                    .then_some(Again { after: Duration::ZERO, because: "a rate limit" });
            }
            // The others wait for less, for nobody believes this but the call that was told so.
            progress.budget.spend(asked).then_some(())?;
            progress.deadline.extend(asked);
            return Some(Again { after: asked, because: "a rate limit" });
        }
        if !(call.is_harmless && is_outage(status)) {
            return None;
        }
        let after = match answer.limit.retry_after {
            Some(asked) => {
                progress.budget.spend(asked).then_some(())?;
                progress.deadline.extend(asked);
                asked
            }
            None => self.back_off(progress)?,
        };
        progress.is_doubtful = true;
        Some(Again { after, because: "an outage" })
    }

    /// What an attempt without an answer says about another one.
    fn after_error(&self, call: &Call, error: &Error, progress: &mut Progress) -> Option<Again> {
        let is_unprocessed = error.is_connect();
        let may_repeat = error.is_transient() && (is_unprocessed || call.is_harmless);
        if !may_repeat || !self.settings.retries.allows_after(progress.counted()) {
            return None;
        }
        let after = self.back_off(progress)?;
        progress.is_doubtful |= !is_unprocessed;
        let because = if is_unprocessed { "no connection" } else { "no answer" };
        Some(Again { after, because })
    }

    /// The wait before the next attempt, if there is time for one.
    fn back_off(&self, progress: &Progress) -> Option<Duration> {
        let after = self.settings.retries.delay_after(progress.counted());
        progress.deadline.outlasts(after).then_some(after)
    }
}

/// Whether an answer may say that GitHub does not know the token: a 401, or a 403 that is neither a rate
/// limit nor a missing permission. GitHub names the permissions that it would have accepted
/// where it has looked at those of a token that it knows.
fn may_be_about_token(answer: &Answer) -> bool {
    match answer.status {
        StatusCode::UNAUTHORIZED => true,
        StatusCode::FORBIDDEN => {
            !answer.limit.is_rate_limit
                && !answer.headers.contains_key("x-accepted-github-permissions")
        }
        _ => false,
    }
}

/// The statuses of an outage at GitHub or in between. A 500 is one too: GitHub gives itself about
/// ten seconds for a request, and answers so when they are over.
fn is_outage(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502 | 503 | 504)
}

/// Whether GitHub says that it does not know the thing: 404, or a 422 that complains about nothing
/// but a commit.
fn is_unknown(answer: &Answer) -> bool {
    match answer.status {
        StatusCode::NOT_FOUND => true,
        StatusCode::UNPROCESSABLE_ENTITY => {
            ErrorBody::parse(&answer.body).errors.iter().all(|error| {
                matches!(
                    error.field.as_deref(),
                    None | Some("sha" | "ref" | "head" | "head_sha" | "base")
                )
            })
        }
        _ => false,
    }
}
