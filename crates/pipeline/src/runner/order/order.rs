use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::sandbox::Sandbox;
use super::secret_values::SecretValues;
use super::step::OrderStep;

/// What a [`Runner`](crate::runner::Runner) is to run.
///
/// ```
/// use std::time::Duration;
///
/// use hookstead_pipeline::runner::{Order, OrderStep};
///
/// let mut order = Order::new("/srv/work/17", [OrderStep::shell("run", "cargo test")]);
/// order.timeout = Duration::from_secs(20 * 60);
/// order.environment.insert("SHA".to_owned(), "6dcb09b5".to_owned());
/// order.secrets.insert("TOKEN", "hunter2!");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// The commands, one after the other. The first that fails is the last.
    pub steps: Vec<OrderStep>,
    /// The folder in which they begin: the checkout. The path is absolute.
    pub workspace: PathBuf,
    /// Environment variables, beside the few that every build has: `PATH`, `HOME`, `LANG`, `CI` and
    /// `CLICOLOR_FORCE`. One of the same name replaces them.
    pub environment: BTreeMap<String, String>,
    /// Environment variables that are secret, and are masked in the log. They replace others of their name.
    /// Serializing leaves them out.
    #[serde(skip)]
    pub secrets: SecretValues,
    /// Absolute folders that stand before the others in `PATH`.
    pub path: Vec<PathBuf>,
    /// After how long the run is ended, all steps together. Default: [`Self::TIMEOUT`].
    pub timeout: Duration,
    /// After how long without a byte of output the run is ended. Default: [`Self::SILENCE`].
    pub silence: Duration,
    /// How long the processes have between a polite signal (TERM) and the last one (KILL). Default:
    /// [`Self::GRACE`].
    pub grace: Duration,
    /// How many bytes of the log are kept; beyond it the middle is left out. Default: [`Self::LOG_CAP`].
    pub log_cap: u64,
    /// What keeps the commands apart from the machine.
    pub sandbox: Sandbox,
    /// Whether the commands reach the network. Without a sandbox they do, whatever this says.
    pub network: bool,
    /// How much they may take.
    pub limits: OrderLimits,
    /// Folders that are kept from one build to the next.
    pub caches: Vec<CacheFolder>,
    /// Folders and files that the commands see though a sandbox hides what is around, and cannot change:
    /// toolchains, and the mirror that the checkout takes its objects from. Absolute; what does not exist is
    /// left out.
    pub read_only: Vec<PathBuf>,
}

impl Order {
    /// An hour: longer than the builds of most projects, and short enough that what hangs frees its slot.
    pub const TIMEOUT: Duration = Duration::from_secs(60 * 60);
    /// Ten minutes: a build that says nothing for so long waits for something that does not come.
    pub const SILENCE: Duration = Duration::from_secs(10 * 60);
    /// Ten seconds: what a service usually has to end in peace.
    pub const GRACE: Duration = Duration::from_secs(10);
    /// 64 MiB: more than people read, and less than a disk feels.
    pub const LOG_CAP: u64 = 64 * 1024 * 1024;

    /// An order for these steps in this folder, with the defaults of everything else: no sandbox, and the
    /// network.
    pub fn new(workspace: impl Into<PathBuf>, steps: impl IntoIterator<Item = OrderStep>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            workspace: workspace.into(),
            environment: BTreeMap::new(),
            secrets: SecretValues::new(),
            path: Vec::new(),
            timeout: Self::TIMEOUT,
            silence: Self::SILENCE,
            grace: Self::GRACE,
            log_cap: Self::LOG_CAP,
            sandbox: Sandbox::None,
            network: true,
            limits: OrderLimits::default(),
            caches: Vec::new(),
            read_only: Vec::new(),
        }
    }
}

/// How much the commands of an [`Order`] may take. What is `None` has no limit.
///
/// Where systemd runs for the user, a scope applies them to all processes of a run together. Elsewhere
/// memory is limited for each process, and the outcome's notes say what could not be applied.
///
/// Processes are counted everywhere, ten times a second, and a run with too many
/// [ends](crate::runner::Ending::Processes). What keeps it from many more between two looks is a scope of systemd, a
/// control group of the kernel, or the user namespace of a sandbox: [`holds_processes`](crate::runner::holds_processes)
/// says whether there is one. In a container its program keeps the limit, and the run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderLimits {
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Processor time, in hundredths of one processor: 150 is one and a half.
    pub cpu_percent: Option<u32>,
    /// Processes and threads at a time: those of the commands, not of their sandbox.
    pub processes: Option<u32>,
}

/// A folder that is kept from one build to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheFolder {
    /// Where it is kept. Absolute; it is made if it is not there.
    pub kept: PathBuf,
    /// Where the commands find it, below the workspace: `target`.
    pub shown: PathBuf,
}
