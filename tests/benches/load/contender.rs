/// A server that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    /// hyper that reads the body.
    Reads,
    /// hyper that reads the body and verifies its signature: what the others are compared with.
    Verifies,
    /// The same, and what it verified is scanned and decoded.
    Decodes,
    /// The same, and it is in SQLite before it is answered, and settled after it was decoded.
    Writes,
    /// Ours, without a handler for the event.
    NoHandler,
    /// Ours, typed and handled, in memory.
    Memory,
    /// Ours, typed and handled, in SQLite.
    Sqlite,
    /// The same, the handler in a lane for each pull request where only the latest counts.
    SqliteLane,
    /// Ours, typed and handled, in PostgreSQL.
    Postgres,
}

impl Contender {
    pub(crate) const ALL: [Self; 9] = [
        Self::Reads,
        Self::Verifies,
        Self::Decodes,
        Self::Writes,
        Self::NoHandler,
        Self::Memory,
        Self::Sqlite,
        Self::SqliteLane,
        Self::Postgres,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reads => "hyper that reads the body",
            Self::Verifies => "hyper that verifies",
            Self::Decodes => "hyper that verifies, scans, decodes",
            Self::Writes => "the same, with a table in SQLite",
            Self::NoHandler => "ours, no handler",
            Self::Memory => "ours, in memory, typed, handled",
            Self::Sqlite => "ours, in SQLite, typed, handled",
            Self::SqliteLane => "the same, each pull request a lane",
            Self::Postgres => "ours, in PostgreSQL, typed, handled",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether it has a handler, whose work counts as well.
    pub(crate) fn handles(self) -> bool {
        !matches!(self, Self::Reads | Self::Verifies | Self::Decodes | Self::NoHandler)
    }

    pub(crate) fn can_be_measured(self) -> bool {
        self != Self::Postgres || std::env::var_os("HOOKSTEAD_POSTGRES").is_some()
    }
}
