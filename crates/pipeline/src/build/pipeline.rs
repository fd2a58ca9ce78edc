use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use hookstead::Router;
use hookstead::inbox::Inbox;
use hookstead::types::Timestamp;

use tokio::sync::Mutex;

use super::budget::{Budget, Need};
use super::hands::Hands;
use super::hub::Hub;
use super::machine::Machine;
use super::pipeline_error::PipelineError;
use crate::checkout::Checkouts;
use crate::config::{Command, Config, ConfigChange, NotifierConfig};
use crate::journal::{Journal, JournalError};
use crate::notify::{CommandNotifier, Console, IncomingWebhook, Notifiers};
use crate::record::Build;
use crate::runner::Runner;

/// A pipeline: its config, its journal, its runner; and the handlers that do the work.
///
/// It is cheap to clone: all clones are the same.
#[derive(Clone)]
pub struct Pipeline {
    pub(super) shared: Arc<Shared>,
}

/// A pipeline, as long as somebody else keeps it.
pub(super) struct WeakPipeline(Weak<Shared>);

impl WeakPipeline {
    pub(super) fn upgrade(&self) -> Option<Pipeline> {
        self.0.upgrade().map(|shared| Pipeline { shared })
    }
}

pub(super) struct Shared {
    pub(super) journal: Journal,
    pub(super) runner: Arc<dyn Runner>,
    pub(super) machine: Machine,
    pub(super) budget: Budget,
    pub(super) hands: Hands,
    /// Held by the one that tells GitHub of a build that is queued.
    pub(super) queued_turn: Arc<Mutex<()>>,
    current: RwLock<Arc<Current>>,
    reading: RwLock<ConfigReading>,
    /// Makes the handlers. They do not keep the pipeline alive, which has their inbox.
    handlers: fn(&Pipeline) -> Router,
    inbox: OnceLock<Inbox>,
}

/// How the config was read last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigReading {
    /// When.
    pub at: Timestamp,
    /// What was wrong with it, so that the old one stays. It shows no secret.
    pub error: Option<String>,
}

/// What the config says, ready for use. A build keeps what it began with.
#[derive(Debug)]
pub struct Current {
    /// The config.
    pub config: Config,
    /// GitHub.
    pub hub: Hub,
    /// Who is told.
    pub notifiers: Notifiers,
    pub(super) checkouts: Checkouts,
}

impl Current {
    fn new(mut config: Config) -> Result<Self, Box<dyn Error + Send + Sync>> {
        // Builds are in other folders than this process is in.
        config.work = std::path::absolute(&config.work)?;
        let hub = Hub::new(&config)?;
        let mut notifiers = Notifiers::new();
        for (name, notifier) in config.notifiers.iter() {
            notifiers = match notifier {
                NotifierConfig::Console => notifiers.with(name, Console),
                NotifierConfig::Post(url) => {
                    let named =
                        |what: &dyn fmt::Display| format!("`notifiers.{name}.post`: {what}");
                    let url = url.read().map_err(|error| named(&error))?;
                    let webhook = IncomingWebhook::new(url.expose());
                    notifiers.with(name, webhook.map_err(|error| named(&error))?)
                }
                NotifierConfig::Command(Command::Shell(line)) => {
                    notifiers.with(name, CommandNotifier::shell(line))
                }
                NotifierConfig::Command(Command::List(words)) => {
                    let Some((program, arguments)) = words.split_first() else {
                        return Err(format!("the notifier {name} has an empty command").into());
                    };
                    notifiers.with(name, CommandNotifier::new(program, arguments))
                }
            };
        }
        let mirrors = config.work.join("mirrors");
        let checkouts = Checkouts::new(mirrors).allow_plain_http(hub.is_plain_http());
        Ok(Self { config, hub, notifiers, checkouts })
    }

    /// Where people see a build.
    #[must_use]
    pub fn page_of(&self, project: &str, number: i64) -> String {
        format!("{}{project}/builds/{number}", self.config.url)
    }

    /// Where the workspaces lie.
    pub(super) fn workspaces(&self) -> PathBuf {
        self.config.work.join("builds")
    }

    /// The folder of a run of a build.
    pub(super) fn workspace(&self, run: &str) -> PathBuf {
        self.workspaces().join(run)
    }
}

impl Pipeline {
    /// The name of the program in the inbox.
    pub const PROGRAM: &str = "pipeline";

    /// A pipeline with these handlers: see [`new`](Self::new).
    pub(super) fn with_handlers(
        config: Config,
        journal: Journal,
        runner: Arc<dyn Runner>,
        machine: Machine,
        handlers: fn(&Self) -> Router,
    ) -> Result<Self, PipelineError> {
        let budget = Budget::new(config.writes_per_hour);
        let current = Current::new(config).map_err(PipelineError::new)?;
        Ok(Self {
            shared: Arc::new(Shared {
                journal,
                runner,
                machine,
                budget,
                hands: Hands::default(),
                queued_turn: Arc::default(),
                current: RwLock::new(Arc::new(current)),
                reading: RwLock::new(ConfigReading { at: Timestamp::now(), error: None }),
                handlers,
                inbox: OnceLock::new(),
            }),
        })
    }

    pub(super) fn downgrade(&self) -> WeakPipeline {
        WeakPipeline(Arc::downgrade(&self.shared))
    }

    /// The inbox, with the handlers in it. All calls return the same. The handlers work as long as there is a clone of
    /// the pipeline: whoever serves the inbox keeps one.
    #[must_use]
    pub fn inbox(&self) -> &Inbox {
        let shared = &self.shared;
        shared.inbox.get_or_init(|| shared.journal.inbox((shared.handlers)(self)))
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// The machine that it is on.
    #[must_use = "it changes nothing"]
    pub fn machine(&self) -> &Machine {
        &self.shared.machine
    }

    /// The folder on this machine for what the build of this number keeps. It is there once something was kept.
    #[must_use]
    pub fn artifacts_of(&self, number: i64) -> PathBuf {
        self.current().config.work.join("artifacts").join(number.to_string())
    }

    /// What is in force now.
    #[must_use]
    pub fn current(&self) -> Arc<Current> {
        Arc::clone(&self.shared.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many writes were made at GitHub within the last hour, and how many may be.
    #[must_use]
    pub fn writes(&self) -> (u64, u64) {
        self.shared.budget.spent()
    }

    /// Counts a write that says how a build ended.
    pub(crate) fn count_last_word(&self) {
        // It is always said.
        let _always = self.shared.budget.take(Need::Always);
    }

    /// Whether writes were made at GitHub that the journal does not know of.
    pub(crate) fn has_uncounted_writes(&self) -> bool {
        self.shared.budget.has_news()
    }

    /// Puts what this server wrote at GitHub into the journal, and hears of what others did.
    ///
    /// # Errors
    ///
    /// Fails when the journal does. Then it is put there the next time.
    pub async fn count_writes(&self) -> Result<(), JournalError> {
        let journal = self.journal();
        self.shared.budget.exchange(async |made| journal.count_writes(made).await).await
    }

    /// Takes another config, but for what needs a restart. What runs keeps what it began with; what begins from now on
    /// has the new one. Returns what has changed.
    ///
    /// # Errors
    ///
    /// Fails when a secret of the config cannot be read or is none. Then the old one stays.
    pub fn reload(&self, config: Config) -> Result<Vec<ConfigChange>, PipelineError> {
        self.take(config).inspect_err(|error| self.refuse_config(error))
    }

    fn take(&self, mut config: Config) -> Result<Vec<ConfigChange>, PipelineError> {
        let before = self.current();
        // Its paths are absolute.
        config.work = std::path::absolute(&config.work).map_err(PipelineError::new)?;
        let changes = config.changes_since(&before.config);
        let new = Current::new(config.without_restart(&before.config));
        let new = Arc::new(new.map_err(PipelineError::new)?);
        self.note_reading(None);
        self.shared.budget.allow(new.config.writes_per_hour);
        *self.shared.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(changes)
    }

    /// Says that the config was read again and cannot be used, so that the server's page shows it. The old one stays.
    pub fn refuse_config(&self, error: &dyn Error) {
        self.note_reading(Some(error.to_string()));
    }

    fn note_reading(&self, error: Option<String>) {
        let mut reading = self.shared.reading.write().unwrap_or_else(PoisonError::into_inner);
        *reading = ConfigReading { at: Timestamp::now(), error };
    }

    /// How the config was read last.
    #[must_use]
    pub fn last_reading(&self) -> ConfigReading {
        self.shared.reading.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The link to a build's page.
    #[must_use]
    pub fn link_of(&self, build: &Build) -> String {
        self.current().page_of(&build.what.project, build.number)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pipeline")
            .field("machine", &self.shared.machine.name)
            .field("journal", &self.shared.journal)
            .finish_non_exhaustive()
    }
}
