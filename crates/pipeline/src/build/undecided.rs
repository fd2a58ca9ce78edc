//! What the journal says of a delivery or a request that nothing could be decided about.

use hookstead::events::{AnyEvent, Event as _};
use hookstead::handler::{Delivery, End};
use hookstead::types::RepoName;
use hookstead::{Attempt, HandlerError};

use super::pipeline::Pipeline;
use super::planning::what_came;
use crate::journal::{EntryKind, NewEntry};

impl Pipeline {
    /// Writes down that nothing comes of it. Whoever asks why something did not run looks there, and not into
    /// the inbox.
    pub(super) async fn enter_undecided(
        &self,
        attempt: &Attempt,
        end: End,
    ) -> Result<(), HandlerError> {
        let delivery = attempt.delivery();
        let current = self.current();
        let repository: Option<RepoName> =
            delivery.repository.as_deref().and_then(|it| it.parse().ok());
        let project = repository.and_then(|name| current.config.project_of(&name));
        let came = NewEntry::new(EntryKind::Delivery, what_came(delivery));
        let decision = NewEntry::new(EntryKind::Decision, why(delivery, end));
        for mut entry in [came, decision] {
            entry.project = project.map(|it| it.name.clone());
            let entry = entry.delivery(delivery.id.to_string());
            self.journal().enter(entry).await?;
        }
        Ok(())
    }
}

fn why(delivery: &Delivery, end: End) -> String {
    if end == End::Canceled {
        return "nothing, because somebody canceled it in the inbox".to_owned();
    }
    match AnyEvent::decode(&delivery.event, &delivery.body) {
        Err(error) => format!("nothing, because it cannot be read: {error}"),
        Ok(_) => format!(
            "nothing, because deciding about it failed too often: `hookstead inbox show {}` says why",
            delivery.id
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_its_reason() {
        let unread = Delivery::new("1-2".parse().unwrap(), "push".into(), "{}");
        let missing = why(&unread, End::Dead);
        assert!(missing.starts_with("nothing, because it cannot be read: push: "), "{missing}");
        assert!(missing.contains("missing field `ref`"), "{missing}");
        let canceled = why(&unread, End::Canceled);
        assert!(canceled.contains("canceled"), "{canceled}");
        let other = Delivery::new("1-2".parse().unwrap(), "unheard_of".into(), "{}");
        assert!(why(&other, End::Dead).contains("`hookstead inbox show 1-2`"));
    }
}
