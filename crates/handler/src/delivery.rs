use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use hookstead_events::{EventName, Timestamp};

use crate::interruption::Interrupted;
use crate::{Interruption, Lane};

/// One webhook request that was received and verified.
///
/// GitHub identifies the *event* by [`id`](Self::id): every hook that is subscribed to it gets the
/// same id, and a redelivery repeats it. Hook and id together tell deliveries apart.
///
/// Cloning is cheap: the body is shared.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// The header `X-GitHub-Delivery`.
    pub id: DeliveryId,
    /// The header `X-GitHub-Event`.
    pub event: EventName,
    /// The payload's `action`, if the event has one.
    pub action: Option<String>,
    /// The header `X-GitHub-Hook-ID`.
    pub hook: Option<u64>,
    /// What the hook belongs to: a repository, an organization, an App.
    pub target: Option<HookTarget>,
    /// The payload's `installation.id`: which installation of a GitHub App this belongs to.
    pub installation: Option<u64>,
    /// The header `X-GitHub-Enterprise-Host`: which GitHub Enterprise Server sent this.
    pub enterprise_host: Option<String>,
    /// When the receiver took it.
    pub received_at: Timestamp,
    /// Which attempt to handle it this is, from 1. At 0 none has been made yet.
    pub attempt: u32,
    /// Which deliveries must not be handled at the same time as this one.
    pub lane: Option<Lane>,
    /// Tells bodies apart, where replays are refused: another delivery with this one is a replay. None
    /// where nobody asks. Whoever receives the delivery sets it, to something of which no stranger can
    /// make two for one body: the hash of the verified signature.
    pub fingerprint: Option<[u8; 32]>,
    /// The payload: JSON in UTF-8, byte for byte, whether it came as JSON or in a form.
    pub body: Bytes,
    pub(crate) interrupted: Arc<Interrupted>,
}

impl Delivery {
    /// A delivery of this payload, received now, with nothing else known of it. The other fields
    /// are public; set what is known.
    #[must_use]
    pub fn new(id: DeliveryId, event: EventName, body: impl Into<Bytes>) -> Self {
        Self {
            id,
            event,
            action: None,
            hook: None,
            target: None,
            installation: None,
            enterprise_host: None,
            received_at: Timestamp::now(),
            attempt: 0,
            lane: None,
            fingerprint: None,
            body: body.into(),
            interrupted: Arc::default(),
        }
    }

    /// Why this attempt to handle the delivery was interrupted, if it was; for whoever is dropped
    /// and wants to leave word. It is also known while another handler of the delivery still runs.
    #[must_use]
    pub fn interruption(&self) -> Option<Interruption> {
        self.interrupted.get()
    }

    /// Says why this attempt is interrupted, to all clones; the first reason stays. *Superseded*
    /// makes the router end the handlers for which only the latest delivery counts. For those who
    /// write a worker, before they end the others.
    pub fn interrupt(&self, why: Interruption) {
        self.interrupted.set(why);
    }

    /// The delivery for an attempt of its own: no interruption of an earlier one shows. For those
    /// who write a store.
    #[must_use]
    pub fn uninterrupted(mut self) -> Self {
        self.interrupted = Arc::default();
        self
    }

    /// The delivery for one handler of this attempt.
    pub(crate) fn for_handler(&self) -> Self {
        let interrupted = Arc::new(Interrupted::within(&self.interrupted));
        Self { interrupted, ..self.clone() }
    }

    /// The event and its action as people write them: `pull_request.opened`, or `push`.
    #[must_use]
    pub fn event_and_action(&self) -> String {
        match &self.action {
            // Some actions are chosen by a caller of GitHub's API.
            Some(action) => format!("{}.{}", self.event, action.escape_debug()),
            None => self.event.to_string(),
        }
    }
}

/// Leaves the body out: it may be private, and it is long. Its fingerprint says nothing to people.
impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Delivery")
            .field("id", &self.id)
            .field("event", &self.event_and_action())
            .field("hook", &self.hook)
            .field("target", &self.target)
            .field("installation", &self.installation)
            .field("enterprise_host", &self.enterprise_host)
            .field("received_at", &self.received_at)
            .field("attempt", &self.attempt)
            .field("lane", &self.lane)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// The id of a delivery, from the header `X-GitHub-Delivery`: a GUID on GitHub, something else from
/// other senders, so it is kept as it came.
///
/// ```
/// use hookstead_handler::DeliveryId;
///
/// let id: DeliveryId = "72d3162e-cc78-11e3-81ab-4c9367dc0958".parse()?;
/// assert_eq!(id.to_string(), "72d3162e-cc78-11e3-81ab-4c9367dc0958");
/// assert!("17".parse::<DeliveryId>().is_ok());
/// assert!("".parse::<DeliveryId>().is_err());
/// # Ok::<(), hookstead_handler::InvalidDeliveryId>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(Arc<str>);

impl DeliveryId {
    /// The longest id that is taken, in bytes. A GUID has 36; the rest is room for other senders,
    /// and the bound keeps a hostile one from filling the inbox's index.
    pub const MAX_LENGTH: usize = 128;

    /// The id as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeliveryId {
    type Err = InvalidDeliveryId;

    /// Takes 1 to [`MAX_LENGTH`](Self::MAX_LENGTH) visible ASCII characters.
    fn from_str(text: &str) -> Result<Self, InvalidDeliveryId> {
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidDeliveryId)
        }
    }
}

impl fmt::Debug for DeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The text is no delivery id: empty, too long, or not visible ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidDeliveryId;

impl fmt::Display for InvalidDeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = DeliveryId::MAX_LENGTH;
        write!(formatter, "invalid delivery id, expected 1 to {longest} visible ASCII characters")
    }
}

impl std::error::Error for InvalidDeliveryId {}

/// What a hook belongs to, from the headers `X-GitHub-Hook-Installation-Target-Type` and `-ID`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HookTarget {
    /// `repository`, `organization`, `integration` (a GitHub App), or something newer.
    pub kind: String,
    /// The id of that repository, organization or App.
    pub id: u64,
}
