use std::time::Duration;

/// What a [`StatusReporter`](crate::StatusReporter) leaves behind when its work is interrupted: the
/// future was dropped, because the program is shutting down, the lease was lost, the handler's
/// deadline passed, or a newer delivery took its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AfterInterruption {
    /// The status becomes `error`, *Interrupted before the end* unless
    /// [another reason](crate::StatusReporter::interrupted_because) is known. This is the default, because it is
    /// true: nobody is at it. A reporter cannot know whether the work will be run again. Where it
    /// is, the new attempt's `pending` takes the place of the `error`. The price is two calls, and a red
    /// cross for as long as nobody is at it.
    #[default]
    Error,
    /// The status stays `pending`. Right where an inbox surely hands the work out again soon, and a
    /// restart of the server should not show. It stays for ever when the work is *not* run again: the
    /// attempts are used up, or `latest_only` dropped it in favour of a newer commit.
    Pending,
}

/// What an interrupted work's status says, if its reason is known.
pub(crate) type Reason = dyn Fn() -> Option<String> + Send + Sync;

/// How a reporter behaves.
pub(crate) struct Settings {
    pub(crate) target_url: Option<String>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) interruption: AfterInterruption,
    pub(crate) reason: Option<Box<Reason>>,
    pub(crate) progress_interval: Duration,
    pub(crate) max_progress: u32,
    pub(crate) looks_for_newer: bool,
}
