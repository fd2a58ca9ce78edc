use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::notice::Notice;
use super::notifier::Notifier;

/// The notifiers that there are, by their names.
#[derive(Debug, Clone)]
pub struct Notifiers {
    all: BTreeMap<String, Arc<dyn Notifier>>,
    deadline: Duration,
}

impl Default for Notifiers {
    fn default() -> Self {
        Self::new()
    }
}

impl Notifiers {
    /// 10 s: a chat answers in one, and a notice that is later than that is hardly missed.
    pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);

    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self { all: BTreeMap::new(), deadline: Self::DEFAULT_DEADLINE }
    }

    /// Adds one of this name. One that had the name is replaced.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, notifier: impl Notifier) -> Self {
        self.all.insert(name.into(), Arc::new(notifier));
        self
    }

    /// How long each may take. The default is [`DEFAULT_DEADLINE`](Self::DEFAULT_DEADLINE).
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Reports to those of these names, all at once, and waits until each has done so, failed or taken too long. What failed
    /// is in the log.
    pub async fn report(&self, names: impl IntoIterator<Item = impl AsRef<str>>, notice: &Notice) {
        let mut telling = JoinSet::new();
        for name in names {
            let name = name.as_ref();
            let Some(notifier) = self.all.get(name).map(Arc::clone) else {
                tracing::warn!(notifier = name, "there is no notifier of this name");
                continue;
            };
            let (name, notice, deadline) = (name.to_owned(), notice.clone(), self.deadline);
            telling.spawn(async move {
                match timeout(deadline, notifier.notify(&notice)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(notifier = name, %error, "nobody was told"),
                    Err(_) => tracing::warn!(notifier = name, "telling took too long"),
                }
            });
        }
        while let Some(told) = telling.join_next().await {
            if told.is_err() {
                tracing::error!("a notifier panicked");
            }
        }
    }
}
