use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hookstead_events::{DecodeError, EventName};

use crate::attempt::Attempt;
use crate::decoded::Decoded;
use crate::delivery::Delivery;
use crate::end::End;
use crate::error::HandlerError;
use crate::failure::{AttemptEnd, FailureCause};
use crate::interruption::Interruption;
use crate::name::HandlerName;
use crate::panics::Contained;
use crate::placement::Placement;
use crate::registration::Settings;
use crate::route::Route;

/// A handler as it is registered with a [`Router`](crate::Router): its names, its settings, and the
/// doors for those who write a worker. Cloning is cheap.
#[derive(Clone)]
pub struct Registered {
    pub(crate) name: HandlerName,
    pub(crate) formerly: Arc<[HandlerName]>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) route: Arc<dyn Route>,
}

impl Registered {
    /// Its full name, `program.name`.
    #[must_use]
    pub fn name(&self) -> &HandlerName {
        &self.name
    }

    /// The full names that it had in earlier versions.
    #[must_use]
    pub fn formerly(&self) -> &[HandlerName] {
        &self.formerly
    }

    /// The event that it is for; `None` is every event.
    #[must_use]
    pub fn event(&self) -> Option<EventName> {
        self.route.event()
    }

    /// Whether it is for this event. It may still [decline](Placement::Declined) a delivery of it.
    #[must_use]
    pub fn takes(&self, event: &EventName) -> bool {
        self.event().is_none_or(|name| name == *event)
    }

    /// Whether this is its name, or was.
    #[must_use]
    pub fn has_name(&self, name: &HandlerName) -> bool {
        self.name == *name || self.formerly.contains(name)
    }

    /// The pool that it works in; `None` is the worker's own.
    #[must_use]
    pub fn pool(&self) -> Option<&str> {
        self.settings.pool.as_deref()
    }

    /// How long an attempt may take, if that is limited. [`run`](Self::run) sees to it.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.settings.deadline
    }

    /// Whether its tasks may be in lanes.
    #[must_use]
    pub fn has_lane(&self) -> bool {
        self.settings.has_lane
    }

    /// The group of its lanes, if it shares them.
    #[must_use]
    pub fn lane_group(&self) -> Option<&str> {
        self.settings.group.as_deref()
    }

    /// Whether only the latest task of a lane counts.
    #[must_use]
    pub fn is_latest(&self) -> bool {
        self.settings.has_lane && self.settings.is_latest
    }

    /// Whether the latest is the one that was accepted last, and no moment of the event says so. What
    /// is accepted late, by a recovery, takes the place of what is newer then.
    #[must_use]
    pub fn is_latest_by_acceptance(&self) -> bool {
        self.is_latest() && !self.settings.has_moments
    }

    /// Whether the tasks of a lane are done one after the other.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        self.settings.has_lane && self.settings.is_in_order
    }

    /// Decodes the event now, so that [`place`](Self::place) and [`run`](Self::run) need not. For
    /// large payloads, on a thread that may be blocked.
    ///
    /// # Errors
    ///
    /// Fails when the payload does not fit the type of the event. That is for information: the others
    /// find it out by themselves, as they do where decoding panics.
    pub fn decode(&self, decoded: &Decoded) -> Result<(), DecodeError> {
        catch_unwind(AssertUnwindSafe(|| self.route.decode(decoded))).unwrap_or(Ok(()))
    }

    /// Says what becomes of a delivery here: whether there is a task for it, and in which lane.
    /// Nothing is done by that. The event is decoded if somebody has to look at it and it is not
    /// decoded yet. Of one that does not decode the attempt fails. Where its task would be in a lane, the
    /// task is dead at once.
    #[must_use]
    pub fn place(&self, delivery: &Delivery, decoded: &Decoded) -> Placement {
        if !self.takes(&delivery.event) {
            return Placement::Declined;
        }
        self.route.place(delivery, &decoded.or_of(delivery))
    }

    /// Makes an attempt: calls the handler, and waits for its end or its [deadline](Self::deadline). A
    /// panic is caught and is a failure. (It cannot be caught in a program that is built to abort on
    /// panic.)
    ///
    /// When the attempt is [interrupted](Attempt::interrupt) as superseded, as canceled or for its
    /// lost lease, the handler's future is dropped; if it is so already, the handler is not called. At
    /// a shutdown whoever calls this decides how long to wait before dropping the future.
    pub async fn run(&self, attempt: &Attempt, decoded: Option<Decoded>) -> AttemptEnd {
        if let Some(why) = attempt.interruption().filter(|why| why.ends_the_attempt()) {
            return AttemptEnd::Interrupted(why);
        }
        let decoded = match decoded {
            Some(decoded) => decoded.or_of(attempt.delivery()),
            None => Decoded::new(attempt.delivery()),
        };
        let mut handling = pin!(Contained::begin(|| self.route.handle(attempt, decoded)));
        // Whatever comes first is said before the handler's future is dropped, at the end of this
        // function: it may want to know.
        let ended = tokio::select! {
            biased;
            why = ending(attempt) => return AttemptEnd::Interrupted(why),
            ended = handling.as_mut() => ended,
            after = passing(self.settings.deadline) => {
                attempt.interrupt(Interruption::Deadline);
                let is_retried = self.settings.is_retried;
                Ok(Err(FailureCause::Deadline { after, is_retried }))
            }
        };
        let cause = match ended {
            Ok(Ok(())) => return AttemptEnd::Done,
            Ok(Err(cause)) => cause,
            Err(message) => FailureCause::Panic(message),
        };
        // A handler that saw the interruption first fails because of it.
        match attempt.interruption().filter(|why| why.ends_the_attempt()) {
            Some(why) => AttemptEnd::Interrupted(why),
            None => AttemptEnd::Failed(cause.into()),
        }
    }

    /// Tells the handler that a run has ended without success. A panic is caught and is an error.
    ///
    /// # Errors
    ///
    /// Fails as the handler does, or when it panics: it should be told again.
    pub async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        match Contained::begin(|| self.route.ended(attempt, end)).await {
            Ok(ended) => ended,
            Err(message) => Err(HandlerError::retry(format!("panicked: {message}"))),
        }
    }
}

impl Registered {
    /// The name where none is given: the event's.
    pub(crate) fn default_name(&self) -> String {
        self.event().map_or("any".to_owned(), |event| event.to_string())
    }

    /// Sets the full names, in this program.
    pub(crate) fn rename(&mut self, program: &str, old_programs: &[String]) {
        let name = self.settings.name.clone().unwrap_or_else(|| self.default_name());
        let programs = [program].into_iter().chain(old_programs.iter().map(String::as_str));
        let mut formerly = Vec::new();
        self.name = HandlerName::full(program, &name);
        for program in programs {
            for name in [&name].into_iter().chain(&self.settings.formerly) {
                let old = HandlerName::full(program, name);
                // A handler that took an old name back has not had it formerly.
                if old != self.name && !formerly.contains(&old) {
                    formerly.push(old);
                }
            }
        }
        self.formerly = formerly.into();
    }
}

/// Waits for an interruption that ends the attempt.
async fn ending(attempt: &Attempt) -> Interruption {
    let why = attempt.interrupted().await;
    // The first interruption stays: after a shutdown there is no other.
    if why.ends_the_attempt() { why } else { std::future::pending().await }
}

/// Waits until a deadline passes.
async fn passing(deadline: Option<Duration>) -> Duration {
    let Some(deadline) = deadline else { return std::future::pending().await };
    tokio::time::sleep(deadline).await;
    deadline
}

impl fmt::Debug for Registered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Registered")
            .field("name", &self.name)
            .field("event", &self.event())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
