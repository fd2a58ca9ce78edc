use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use hookstead::Router;
use hookstead::events::AnyEvent;
use hookstead::inbox::Inbox;

use tokio::sync::watch;

use super::budget::Budget;
use super::building::Building;
use super::hub::Hub;
use super::pipeline_error::PipelineError;
use super::planning::Planning;
use super::request::PipelineRequest;
use crate::checkout::Checkouts;
use crate::config::{Command, Config, ConfigChange, NotifierConfig};
use crate::journal::{BuildWork, Journal};
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

pub(super) struct Shared {
    pub(super) journal: Journal,
    pub(super) runner: Arc<dyn Runner>,
    pub(super) machine: String,
    pub(super) budget: Budget,
    /// The builds of which GitHub is just told that they are queued.
    pub(super) posting: watch::Sender<BTreeSet<i64>>,
    current: RwLock<Arc<Current>>,
    inbox: OnceLock<Inbox>,
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
                    notifiers.with(name, IncomingWebhook::new(url.read()?.expose())?)
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

    /// The folder of a run of a build.
    pub(super) fn workspace(&self, run: &str) -> PathBuf {
        self.config.work.join("builds").join(run)
    }
}

impl Pipeline {
    /// The name of the program in the inbox.
    pub const PROGRAM: &str = "pipeline";

    /// A pipeline for this config, on the machine of this name.
    ///
    /// # Errors
    ///
    /// Fails when a secret of the config cannot be read or is none.
    pub fn new(
        config: Config,
        journal: Journal,
        runner: impl Runner + 'static,
        machine: impl Into<String>,
    ) -> Result<Self, PipelineError> {
        let current = Current::new(config).map_err(PipelineError::new)?;
        let current = RwLock::new(Arc::new(current));
        Ok(Self {
            shared: Arc::new(Shared {
                journal,
                runner: Arc::new(runner),
                machine: machine.into(),
                budget: Budget::default(),
                posting: watch::Sender::default(),
                current,
                inbox: OnceLock::new(),
            }),
        })
    }

    /// The inbox, with the handlers in it. All calls return the same.
    #[must_use]
    pub fn inbox(&self) -> &Inbox {
        self.shared.inbox.get_or_init(|| self.shared.journal.inbox(self.router()))
    }

    /// The handlers.
    fn router(&self) -> Router {
        let is_from_outside = |event: &AnyEvent| !event.name().as_str().starts_with("hookstead.");
        let builds = self.current().config.pools.builds;
        let planning = Arc::new(Planning(self.clone_for_handlers()));
        Router::new()
            .program(Self::PROGRAM)
            .pool("builds", builds)
            .on_with::<AnyEvent>(Arc::clone(&planning), |registration| {
                registration.name("plan").when(is_from_outside)
            })
            .on_with::<PipelineRequest>(planning, |registration| registration.name("request"))
            .on_with::<BuildWork>(Building(self.clone_for_handlers()), |registration| {
                registration
                    .name("build")
                    .pool("builds")
                    // One build of a job for each pull request or branch, of its newest commit.
                    .lane(BuildWork::lane)
                    .latest_by(|work| work.moment.clone())
            })
    }

    /// Handlers live in the inbox, and the inbox in the pipeline: a circle, which lives as long as the process.
    fn clone_for_handlers(&self) -> Self {
        self.clone()
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// What is in force now.
    #[must_use]
    pub fn current(&self) -> Arc<Current> {
        Arc::clone(&self.shared.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many writes were made at GitHub within the last hour, and how many may be.
    #[must_use]
    pub fn writes(&self) -> (usize, usize) {
        self.shared.budget.spent()
    }

    /// Takes another config. What runs keeps what it began with; what begins from now on has the new one. Returns
    /// what has changed.
    ///
    /// # Errors
    ///
    /// Fails when a secret of the config cannot be read or is none. Then the old one stays.
    pub fn reload(&self, config: Config) -> Result<Vec<ConfigChange>, PipelineError> {
        let new = Arc::new(Current::new(config).map_err(PipelineError::new)?);
        let mut current = self.shared.current.write().unwrap_or_else(PoisonError::into_inner);
        let changes = new.config.changes_since(&current.config);
        *current = new;
        Ok(changes)
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
            .field("machine", &self.shared.machine)
            .field("journal", &self.shared.journal)
            .finish_non_exhaustive()
    }
}
