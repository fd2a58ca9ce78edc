use hookstead_events::EventName;
use hookstead_inbox::{Inbox, InboxError, RegisteredName};
use jiff::Timestamp;

/// What the handlers of the program take, in whichever of its processes that are alive: read once a round.
pub(crate) struct Taken(Vec<RegisteredName>);

impl Taken {
    pub(crate) async fn read(inbox: &Inbox) -> Result<Self, InboxError> {
        // The handlers of this process are among them from now on.
        inbox.start().await?;
        let program = &inbox.process().program;
        let mut names = inbox.registry().await?;
        names.retain(|name| name.program == *program && name.is_alive());
        Ok(Self(names))
    }

    /// Since when an event is taken, by this machine's clock; `None`: it is not.
    pub(crate) fn since(&self, event: &EventName) -> Option<Timestamp> {
        let taking = self.0.iter().filter(|name| name.event.as_ref().is_none_or(|it| it == event));
        // Of a moment that cannot be read, only the future is later for sure.
        taking.map(|name| name.first_seen.instant().unwrap_or(Timestamp::MAX)).min()
    }
}
