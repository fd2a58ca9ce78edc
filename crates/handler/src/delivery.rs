use std::fmt;

use bytes::Bytes;
use hookstead_events::{EventName, Timestamp};

use crate::delivery_id::DeliveryId;

/// One webhook request that was received and verified: a record of what arrived. The work on it is in
/// tasks, one for each handler that takes it; a handler finds it in its [`Attempt`](crate::Attempt).
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
    /// The payload's `repository.full_name`, if the event has one: for people, in logs and lists.
    pub repository: Option<String>,
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
    /// Tells bodies apart, where replays are refused: another delivery with this one is a replay. None
    /// where nobody asks. Whoever receives the delivery sets it, to something of which no stranger can
    /// make two for one body: the hash of the verified signature.
    pub fingerprint: Option<[u8; 32]>,
    /// The payload: JSON in UTF-8, byte for byte, whether it came as JSON or in a form.
    pub body: Bytes,
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
            repository: None,
            hook: None,
            target: None,
            installation: None,
            enterprise_host: None,
            received_at: Timestamp::now(),
            fingerprint: None,
            body: body.into(),
        }
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
            .field("repository", &self.repository)
            .field("hook", &self.hook)
            .field("target", &self.target)
            .field("installation", &self.installation)
            .field("enterprise_host", &self.enterprise_host)
            .field("received_at", &self.received_at)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// What a hook belongs to, from the headers `X-GitHub-Hook-Installation-Target-Type` and `-ID`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HookTarget {
    /// `repository`, `organization`, `integration` (a GitHub App), or something newer.
    pub kind: String,
    /// The id of that repository, organization or App.
    pub id: u64,
}
