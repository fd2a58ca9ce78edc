use std::error::Error;
use std::fmt;

use bytes::Bytes;
use hookstead_events::EventName;
use hookstead_handler::{Delivery, DeliveryId};
use serde::Serialize;

/// The names of events that never come from outside begin like this.
pub(crate) const RESERVED: &str = "hookstead.";

/// Whether an event of this name is a program's own.
pub(crate) fn is_reserved(event: &EventName) -> bool {
    event.as_str().starts_with(RESERVED)
}

/// Work of a program's own, for [`Inbox::submit`](crate::Inbox::submit): it is kept, leased, tried again and
/// shown like what GitHub delivers.
///
/// Its event has a name of its own, which begins with `hookstead.`, so that nobody outside can send one;
/// a handler takes it by that name. Its id says which work it is: the same id is the same work. Take one
/// that follows from what is to be done (`build-4711`), not a random one, so that work which is submitted
/// twice is done once.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use hookstead_events::{DecodeError, Event, EventName, decode_json};
/// use hookstead_handler::{Attempt, Router, handler_fn};
/// use hookstead_inbox::{Inbox, MemoryStore, Submitted, Work};
///
/// #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// struct Build { sha: String }
///
/// impl Event for Build {
///     const NAME: Option<EventName> = None; // none that GitHub has
///
///     fn event_name() -> Option<EventName> {
///         Some("hookstead.build".into())
///     }
///
///     fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
///         decode_json(name, payload)
///     }
/// }
///
/// let router = Router::new().on::<Build>(handler_fn(async |build: Build, _: Attempt| {
///     println!("building {}", build.sha);
///     Ok(())
/// }));
/// let inbox = Inbox::new(MemoryStore::new(), router);
///
/// let build = Build { sha: "6dcb09b5".to_owned() };
/// let work = Work::new("hookstead.build", format!("build-{}", build.sha), &build)?;
/// assert_eq!(inbox.submit(work).await?, Submitted::New { tasks: 1 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Work {
    pub(crate) delivery: Delivery,
    pub(crate) program: Option<String>,
}

impl Work {
    /// The longest name of an event, in bytes: as long as a handler's name may be.
    pub const MAX_EVENT_LENGTH: usize = 100;

    /// Work with this payload, which becomes JSON.
    ///
    /// The same work must have the same JSON each time: a `HashMap` in it is written in another order each
    /// time, a `BTreeMap` is not.
    ///
    /// # Errors
    ///
    /// Fails when the event's name does not begin with `hookstead.`, or has other characters than `a-z`,
    /// `0-9`, `_`, `.`, `/` and `-`. Fails when the id is no [`DeliveryId`], and when the payload does not
    /// become JSON.
    pub fn new(
        event: impl AsRef<str>,
        id: impl fmt::Display,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<Self, WorkError> {
        let json = serde_json::to_vec(payload).map_err(WorkError::payload)?;
        Self::of_json(event, id, json)
    }

    /// The same for a payload that is JSON already. It is not looked at.
    ///
    /// # Errors
    ///
    /// Fails as [`new`](Self::new) does.
    pub fn of_json(
        event: impl AsRef<str>,
        id: impl fmt::Display,
        json: impl Into<Bytes>,
    ) -> Result<Self, WorkError> {
        let event = event.as_ref();
        let own = event.strip_prefix(RESERVED).unwrap_or_default();
        let is_allowed =
            |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'/' | b'-');
        if own.is_empty() || event.len() > Self::MAX_EVENT_LENGTH || !event.bytes().all(is_allowed)
        {
            return Err(WorkError(Problem::Event(event.to_owned())));
        }
        let id: DeliveryId = id.to_string().parse().map_err(|_| WorkError(Problem::Id))?;
        Ok(Self { delivery: Delivery::new(id, event.into(), json), program: None })
    }

    /// For the handlers of this program, which runs elsewhere. By default it is for those of one's own.
    #[must_use]
    pub fn to(mut self, program: impl Into<String>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// It belongs to this repository: for people, in logs and lists.
    #[must_use]
    pub fn repository(mut self, full_name: impl Into<String>) -> Self {
        self.delivery.repository = Some(full_name.into());
        self
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &DeliveryId {
        &self.delivery.id
    }

    /// The name of its event.
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.delivery.event
    }
}

/// Leaves the payload out: it may be private, and it may be long.
impl fmt::Debug for Work {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Work")
            .field("event", self.event())
            .field("id", self.id())
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

/// Why something is no [`Work`].
#[derive(Debug)]
pub struct WorkError(Problem);

#[derive(Debug)]
enum Problem {
    Event(String),
    Id,
    Payload(serde_json::Error),
}

impl WorkError {
    fn payload(error: serde_json::Error) -> Self {
        Self(Problem::Payload(error))
    }
}

impl fmt::Display for WorkError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = Work::MAX_EVENT_LENGTH;
        match &self.0 {
            Problem::Event(event) => write!(
                formatter,
                "{event:?} is no name for work of one's own: `{RESERVED}` and something of a-z, 0-9, `_`, \
                 `.`, `/` and `-` is, of at most {longest} bytes",
            ),
            Problem::Id => write!(
                formatter,
                "the work's id is not 1 to {} visible ASCII characters",
                DeliveryId::MAX_LENGTH
            ),
            Problem::Payload(_) => formatter.write_str("the work's payload does not become JSON"),
        }
    }
}

impl Error for WorkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Problem::Payload(error) => Some(error),
            Problem::Event(_) | Problem::Id => None,
        }
    }
}
