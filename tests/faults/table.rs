use std::time::Duration;

use hookstead::client::Repetition;
use hookstead_testkit::Fault;

use crate::call::{Answer, Call, Caller};

/// What a fault means for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing, but late.
    Late,
    /// Nobody knows whether it was done, and it was not.
    Undone,
    /// Nobody knows whether it was done, and it was.
    Done,
    /// Surely not done, and it is worth trying again.
    NotYet,
    /// Surely not done, and it stays so.
    Never,
    /// Surely not done: GitHub does not know the token yet, or no more.
    YoungToken,
    /// The repository has another address.
    Moved,
    /// Somebody else answers with success: a login page.
    Foreign,
    /// The same, after a redirect.
    ForeignElsewhere,
    /// It was done, and its answer breaks off: the connection does.
    BrokenAnswer,
    /// It was done, and its answer is no whole JSON.
    TruncatedAnswer,
}

use Trouble::{
    BrokenAnswer, Done, Foreign, ForeignElsewhere, Late, Moved, Never, NotYet, TruncatedAnswer,
    Undone, YoungToken,
};

/// How a call is expected to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Good,
    Failed,
    /// Failed, and the error says that the call took effect.
    TookEffect,
}

use End::{Failed, Good, TookEffect};

/// What is expected of a call: its end, how often it has its effect, how many requests it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) end: End,
    pub(crate) effects: usize,
    pub(crate) requests: usize,
}

/// Everything that goes wrong.
pub(crate) fn faults() -> Vec<(Trouble, Fault)> {
    let second = Duration::from_secs(1);
    vec![
        (Late, Fault::latency(Duration::from_millis(20))),
        (Late, Fault::latency(Duration::from_millis(20)).after_effect()),
        (Undone, Fault::status(500)),
        (Undone, Fault::status(502)),
        (Undone, Fault::html(503)),
        (Undone, Fault::html(504)),
        (Undone, Fault::dropped_connection()),
        (Done, Fault::status(500).after_effect()),
        (Done, Fault::html(502).after_effect()),
        (Done, Fault::status(503).after_effect()),
        (Done, Fault::status(504).after_effect()),
        (Done, Fault::dropped_connection().after_effect()),
        (NotYet, Fault::retry_after(1)),
        (NotYet, Fault::retry_after(1).with_status(429)),
        (NotYet, Fault::retry_after_date(second)),
        (NotYet, Fault::rate_limit(second)),
        (NotYet, Fault::rate_limit(second).with_status(429)),
        (Moved, Fault::moved(301)),
        (Moved, Fault::moved(302)),
        (Moved, Fault::moved(307)),
        (Moved, Fault::moved(308)),
        (Never, Fault::redirect(307, "http://127.0.0.1:9/elsewhere")),
        (Never, Fault::forbidden()),
        // An hour is beyond every budget, and a minute is beyond this client's.
        (Never, Fault::retry_after(3600)),
        (Never, Fault::secondary_limit()),
        (Never, Fault::secondary_limit().with_status(429)),
        (Never, Fault::rate_limit_in_words()),
        (Never, Fault::rate_limit_in_words().without_counters()),
        (YoungToken, Fault::expired_token()),
        (Foreign, Fault::sign_in_page()),
        (ForeignElsewhere, Fault::sign_in_redirect()),
        (BrokenAnswer, Fault::dropped_in_body()),
        (TruncatedAnswer, Fault::truncated_json()),
    ]
}

/// The table. Its columns are the ways to be repeated:
/// it reads, it is harmless, GitHub finds it done, it is looked up, never.
#[rustfmt::skip]
fn row(trouble: Trouble) -> [(End, usize, usize); 5] {
    let done = (TookEffect, 1, 1);
    match trouble {
        Late            => [(Good, 0, 1),   (Good, 1, 1),   (Good, 1, 1),   (Good, 1, 1),   (Good, 1, 1)],
        Undone          => [(Good, 0, 2),   (Good, 1, 2),   (Good, 1, 2),   (Good, 1, 2),   (Failed, 0, 1)],
        Done            => [(Good, 0, 2),   (Good, 2, 2),   (Good, 1, 2),   (Good, 1, 3),   (Failed, 1, 1)],
        NotYet | Moved  => [(Good, 0, 2),   (Good, 1, 2),   (Good, 1, 2),   (Good, 1, 2),   (Good, 1, 2)],
        // The refused one, and again with the same token: a new one would be younger still.
        YoungToken      => [(Good, 0, 2),   (Good, 1, 2),   (Good, 1, 2),   (Good, 1, 2),   (Good, 1, 2)],
        Never           => [(Failed, 0, 1), (Failed, 0, 1), (Failed, 0, 1), (Failed, 0, 1), (Failed, 0, 1)],
        Foreign         => [(Failed, 0, 1), (Failed, 0, 1), (Failed, 0, 1), (Failed, 0, 1), (Failed, 0, 1)],
        ForeignElsewhere => [(Failed, 0, 2), (Failed, 0, 2), (Failed, 0, 2), (Failed, 0, 2), (Failed, 0, 2)],
        BrokenAnswer    => [(Good, 0, 2),   done,           done,           done,           done],
        TruncatedAnswer => [(Failed, 0, 1), done,           done,           done,           done],
    }
}

/// The cell of the table, where the call is what the table takes for granted.
pub(crate) fn expected(trouble: Trouble, call: &Call) -> Expected {
    let trouble = match (trouble, call.answer) {
        // Only an installation's is made a moment ago.
        (YoungToken, _) if call.caller != Caller::Installation => Never,
        // The fake finds no repository in the path. GitHub moves nothing else.
        (Moved, _) if !call.target.is_of_repository() => Never,
        // Where there is no body, the connection breaks before the answer.
        (BrokenAnswer, Answer::Empty) => Done,
        (TruncatedAnswer, Answer::Empty | Answer::Ignored) => Late,
        (trouble, _) => trouble,
    };
    let [reads, harmless, finds_it_done, looks_it_up, never] = row(trouble);
    let (end, effects, requests) = match call.repetition {
        Repetition::Reads => reads,
        Repetition::Harmless => harmless,
        Repetition::FindsItDone => finds_it_done,
        Repetition::LooksItUp => looks_it_up,
        Repetition::Never => never,
    };
    Expected { end, effects, requests }
}
