use std::error::Error;
use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hookstead::report::Reporters;
use hookstead::{Server, Verifier, WebhookSecret};
use tokio::task::{JoinSet, spawn_blocking};

use super::folder_lock::FolderLock;
use super::needs::missing_on_machine;
use super::place::{machine_name, make_folder, open_journal};
use super::{keeping, leaving, needs, reloading, repair, schedules};
use crate::build::{Machine, Pipeline, PipelineError};
use crate::config::{Config, Storage};
use crate::pages::Pages;
use crate::runner::LocalRunner;

/// A team that pushes more often in an hour reads in the log that GitHub's limit will be felt.
const FEW_PUSHES: u32 = 20;

/// A pipeline's server. See [the module](super).
#[must_use = "it does nothing until it serves"]
pub struct PipelineServer {
    path: PathBuf,
    config: Config,
    lease: Option<Duration>,
    machine: Machine,
    when_listening: Option<Box<dyn FnOnce(SocketAddr) + Send>>,
}

impl PipelineServer {
    /// 3 s: builds go on without the server, so only what is quick has to be waited for, a decision or a report.
    pub const DRAIN_DEADLINE: Duration = Duration::from_secs(3);

    /// 5 s for reports that are on their way when the server stops.
    pub const LAST_REPORTS: Duration = Duration::from_secs(5);

    /// A server for the config in this file.
    ///
    /// # Errors
    ///
    /// Fails when the config cannot be read or has mistakes, all of which are said.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, PipelineError> {
        let path = path.as_ref().to_owned();
        let config = Config::read(&path).map_err(PipelineError::new)?;
        Ok(Self { path, config, lease: None, machine: machine_name().into(), when_listening: None })
    }

    /// How long the inbox's leases last: what a crash costs until a build is taken up again. The default is
    /// the worker's ([`DEFAULT_LEASE`](hookstead::inbox::Worker::DEFAULT_LEASE)).
    pub fn lease(mut self, duration: Duration) -> Self {
        self.lease = Some(duration);
        self
    }

    /// The machine that it is on. The default is one of the [host's name](machine_name), with the time that a
    /// [machine](Machine::TIME) has.
    pub fn machine(mut self, machine: Machine) -> Self {
        self.machine = machine;
        self
    }

    /// Calls this once the server listens, with the address.
    pub fn when_listening(mut self, tell: impl FnOnce(SocketAddr) + Send + 'static) -> Self {
        self.when_listening = Some(Box::new(tell));
        self
    }

    /// Serves until the process is asked to stop, by Ctrl-C or SIGTERM.
    ///
    /// # Errors
    ///
    /// Fails when another server works in its folders, a secret cannot be read, the database cannot be opened, or it
    /// cannot listen.
    pub async fn serve(self) -> Result<(), PipelineError> {
        self.run().await.map_err(PipelineError::new)
    }

    async fn run(self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let Self { path, config, lease, machine, when_listening } = self;
        for notice in config.notices.iter() {
            tracing::warn!(key = notice.key, "{}", notice.text);
        }
        for project in config.projects.iter() {
            let (writes, limit) = (config.writes_of_a_push(project), config.writes_per_hour);
            let pushes = limit.checked_div(writes).unwrap_or(u32::MAX);
            if pushes < FEW_PUSHES {
                tracing::warn!(
                    project = project.name,
                    writes,
                    limit,
                    pushes,
                    "so many pushes an hour are reported whole at GitHub; beyond, only how builds ended"
                );
            }
        }
        let hook_path = config.hook_path.clone();
        for notice in needs::expect_secrets(&config)? {
            tracing::warn!(key = notice.key, "{}", notice.text);
        }
        let verifier = verifier(&config)?;
        // Two servers on one database would end each other's runs.
        let _locks = lock_folders(&config)?;
        // Whoever connects from here on waits until it serves, and is not refused.
        let listener = listen(&config.listen).await?;
        // What goes on beside ends with the server.
        let mut beside = JoinSet::new();
        beside.spawn(say_what_is_missing(config.clone()));
        let mut runner = LocalRunner::new(config.work.join("runs"));
        let journal = open_journal(&config).await?;
        if journal.is_shared_by_machines() {
            // What runs here has ended before another machine builds it anew.
            let limit = machine.abandons_after().min(LocalRunner::ABANDONED_AFTER);
            runner = runner.abandoned_after(limit);
        }
        let pipeline = Pipeline::new(config, journal, runner, machine)?;
        let machine = pipeline.machine().name();
        pipeline.inbox().start().await?;
        pipeline.journal().beat(machine).await?;
        pipeline.journal().forget_announcements(machine).await?;
        pipeline.count_writes().await?;

        // GitHub may take its time to hear of it, and no delivery waits for that.
        beside.spawn(put_right(pipeline.clone()));
        beside.spawn(keeping::beat(pipeline.clone()));
        beside.spawn(keeping::count_writes(pipeline.clone()));
        beside.spawn(keeping::sweep(pipeline.clone()));
        beside.spawn(keeping::forget(pipeline.clone()));
        beside.spawn(keeping::tidy(pipeline.clone()));
        beside.spawn(schedules::keep(pipeline.clone()));
        beside.spawn(reloading::reload(pipeline.clone(), path));

        let server = Server::of(hook_path, verifier, pipeline.inbox().clone());
        let pages = Pages::new(pipeline.clone());
        beside.spawn(leaving::leave(pages.clone()));
        let mut server = pages.on(server).worker(move |worker| {
            let worker = worker.drain_deadline(Self::DRAIN_DEADLINE);
            match lease {
                Some(lease) => worker.lease(lease),
                None => worker,
            }
        });
        if let Some(tell) = when_listening {
            server = server.when_listening(tell);
        }
        server.serve_on(listener).await?;
        Reporters::finish(Self::LAST_REPORTS).await;
        if let Err(error) = pipeline.count_writes().await {
            tracing::warn!(%error, "what was written at GitHub last is not counted");
        }
        Ok(())
    }
}

/// Makes the folders of this machine, and keeps other servers out of them while the result lives.
fn lock_folders(config: &Config) -> Result<Vec<FolderLock>, String> {
    let mut folders = vec![("work", &config.work)];
    if let Storage::Folder(data) = &config.storage {
        folders.insert(0, ("data", data));
    }
    let lock = |(key, folder): (&str, &PathBuf)| {
        make_folder(key, folder)?;
        FolderLock::take(key, folder)
    };
    folders.into_iter().map(lock).collect()
}

/// A socket at this address, which keeps connections until it is served.
async fn listen(address: &str) -> Result<TcpListener, String> {
    let bound = tokio::net::TcpListener::bind(address).await;
    let listener = bound.and_then(tokio::net::TcpListener::into_std);
    listener.map_err(|error| format!("cannot listen at {address}: {error}"))
}

/// Asking the machine's programs takes some seconds at worst.
async fn say_what_is_missing(config: Config) {
    let missing = spawn_blocking(move || missing_on_machine(&config)).await;
    for notice in missing.unwrap_or_default() {
        tracing::warn!(key = notice.key, "{}", notice.text);
    }
}

/// Puts right what servers before have left.
async fn put_right(pipeline: Pipeline) {
    match repair::repair(&pipeline, pipeline.machine().name()).await {
        Ok(0) => {}
        Ok(builds) => tracing::warn!(builds, "put right what nobody was at any more"),
        Err(error) => tracing::error!(error = &*error, "what nobody is at is not put right"),
    }
    if let Err(error) = pipeline.wake_without_job().await {
        tracing::warn!(%error, "builds of jobs that are gone may wait until the next start");
    }
}

fn verifier(config: &Config) -> Result<Verifier, Box<dyn Error + Send + Sync>> {
    let mut verifier: Option<Verifier> = None;
    for source in config.secrets.iter() {
        let secret = WebhookSecret::new(source.read()?.expose())?;
        verifier = Some(match verifier {
            None => Verifier::new(secret),
            Some(verifier) => verifier.or(secret),
        });
    }
    verifier.ok_or_else(|| "the config has no `secret`".into())
}

impl fmt::Debug for PipelineServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PipelineServer").field("path", &self.path).finish_non_exhaustive()
    }
}
