use std::fmt;

/// A webhook that there is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedHook {
    /// The hook's number.
    pub id: u64,
    /// Where its deliveries go.
    pub url: String,
    /// Which events it hears of; `*` is all.
    pub events: Vec<String>,
    /// Whether anything is delivered to it.
    pub active: bool,
    /// Whether its bodies are forms, and not JSON.
    pub form: bool,
    /// Whether its deliveries are signed.
    pub signed: bool,
    /// What became of the last delivery: `OK`, or what went wrong. There is none before the first one.
    pub last_status: Option<String>,
}

impl fmt::Display for RecordedHook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, url, .. } = self;
        write!(formatter, "{id} to {url}")
    }
}
