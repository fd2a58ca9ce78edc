use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

/// Listens to everything that this process logs, of every level and by whomever, for secrets. It keeps
/// only what it must not have heard, and how much there was.
#[derive(Clone)]
pub(crate) struct Listener {
    secrets: &'static [&'static str],
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    /// How many events and spans came from a crate.
    counts: BTreeMap<String, usize>,
    leaks: Vec<String>,
}

impl Listener {
    /// Begins to listen. There is one in a process.
    pub(crate) fn of_everything(secrets: &'static [&'static str]) -> Self {
        let listener = Self { secrets, heard: Arc::default() };
        tracing::subscriber::set_global_default(listener.clone()).unwrap();
        listener
    }

    /// What held a secret.
    pub(crate) fn leaks(&self) -> Vec<String> {
        self.heard().leaks.clone()
    }

    /// How much this crate has said.
    pub(crate) fn heard_of(&self, name: &str) -> usize {
        self.heard().counts.get(name).copied().unwrap_or(0)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap()
    }

    fn hear(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(format!("{} {}:", metadata.level(), metadata.target()));
        record(&mut fields);
        let name = metadata.target().split("::").next().unwrap_or_default();
        let is_leak = self.secrets.iter().any(|secret| fields.0.contains(secret));
        let mut heard = self.heard();
        *heard.counts.entry(name.to_owned()).or_default() += 1;
        if is_leak {
            heard.leaks.push(fields.0);
        }
    }
}

/// The text of an event or a span.
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        self.hear(attributes.metadata(), |fields| attributes.record(fields));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut fields = Fields("a span:".to_owned());
        values.record(&mut fields);
        if self.secrets.iter().any(|secret| fields.0.contains(secret)) {
            self.heard().leaks.push(fields.0);
        }
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        self.hear(event.metadata(), |fields| event.record(fields));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
