use std::collections::HashMap;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::wire::Answer;

/// What became of a delivery, as its sender sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Accepted,
    /// With this status.
    Refused(u16),
    /// The connection broke; nobody knows whether it arrived.
    Broken,
    /// Nothing came in ten seconds, when GitHub gives up; nobody knows, either.
    TooLate,
}

impl Fate {
    pub(crate) fn of(answer: io::Result<Answer>) -> Self {
        match answer {
            Ok(Answer { status: 202, .. }) => Self::Accepted,
            Ok(Answer { status, .. }) => Self::Refused(status),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Self::TooLate,
            Err(_) => Self::Broken,
        }
    }
}

/// A good delivery that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) fate: Fate,
    /// From before connecting until the answer was there.
    pub(crate) took: Duration,
    /// Whether it had a new connection to itself.
    pub(crate) on_new_connection: bool,
}

/// What was sent against what was handled.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) sent: usize,
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
    pub(crate) broken: usize,
    pub(crate) too_late: usize,
    /// Of those without an answer, how many were handled nevertheless.
    unanswered_and_handled: usize,
    handled: usize,
    /// What must not be.
    pub(crate) wrong: Vec<String>,
}

impl Books {
    /// Compares what was sent with how often each was handled.
    pub(crate) fn balance(sent: &[Sent], handled: &HashMap<String, usize>) -> Self {
        let mut books = Self { sent: sent.len(), handled: handled.len(), ..Self::default() };
        let mut strangers = handled.clone();
        for Sent { id, fate, .. } in sent {
            let times = strangers.remove(id).unwrap_or(0);
            match fate {
                Fate::Accepted => books.accepted += 1,
                Fate::Refused(_) => books.refused += 1,
                Fate::Broken => books.broken += 1,
                Fate::TooLate => books.too_late += 1,
            }
            match (fate, times) {
                (Fate::Accepted, 0) => books.wrong.push(format!("{id} was accepted and is lost")),
                (Fate::Refused(status), 1..) => {
                    books.wrong.push(format!("{id} was refused with {status} and handled"));
                }
                (Fate::Broken | Fate::TooLate, 1..) => books.unanswered_and_handled += 1,
                _ => {}
            }
            if times > 1 {
                books.wrong.push(format!("{id} was handled {times} times"));
            }
        }
        books.wrong.extend(strangers.keys().map(|id| format!("{id} was never sent")));
        books
    }

    /// How many are to be handled at least.
    pub(crate) fn owed(sent: &[Sent]) -> usize {
        sent.iter().filter(|sent| sent.fate == Fate::Accepted).count()
    }
}

impl fmt::Display for Books {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, accepted, refused, broken, too_late, .. } = self;
        let Self { unanswered_and_handled, handled, .. } = self;
        write!(
            formatter,
            "sent {sent} = accepted {accepted} + refused {refused} + broken off {broken} + too late \
             {too_late}; handled {handled} = accepted {accepted} + {unanswered_and_handled} without \
             an answer"
        )?;
        match self.wrong.len() {
            0 => Ok(()),
            wrong => write!(formatter, "; {wrong} WRONG"),
        }
    }
}
