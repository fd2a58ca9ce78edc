use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::command::RUN_ID;
use super::folder::RunFolder;
use super::leftovers;
use super::spec::Spec;
use crate::runner::contract::{Progress, Runner};
use crate::runner::ending::{Ending, Outcome};
use crate::runner::error::RunnerError;
use crate::runner::order::Order;
use crate::runner::place::Place;

/// So much of a log is handed out at once.
const CHUNK: usize = 64 * 1024;

/// How long a follower waits before it hears that there is nothing new.
const QUIET_AFTER: Duration = Duration::from_secs(5);

/// The pauses between two looks at a log: the first ones make the first line quick, the last ones cost little.
const PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(100)];

/// How long the process of a run may take to begin.
const START: Duration = Duration::from_secs(30);

/// Variables of the server's user that commands get.
const INHERITED: [(&str, &str); 3] =
    [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", "/"), ("LANG", "C.UTF-8")];

/// Variables that the run's process needs itself to reach systemd and Docker.
const OWN: [&str; 5] =
    ["PATH", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DOCKER_HOST"];

/// Runs orders on this machine: each by a small process of its own, which outlives the server.
///
/// The process is this program, called as `PROGRAM run DIR`: its `main` calls [`answer`](super::answer) first.
/// The server may be killed, and started again; the next [`start`](Runner::start) of the same name finds what
/// runs. So under systemd the service needs `KillMode=process`. In a container that ends with the server
/// the runs end too, and are [lost](Ending::Lost).
///
/// # What it promises
///
/// * **No process is left over**, whatever group or session it went into, also when the command ended at once
///   and left a daemon. They get TERM, the order's grace, and KILL.
/// * **A run without followers ends itself** after [`abandoned_after`](Self::abandoned_after).
/// * **The log is bounded**: beyond the order's cap its beginning and its last 256 KiB are kept. A follower sees
///   the end of such a log when the run has ended. Its own lines begin with `hookstead: `.
/// * **Secrets are masked in the log**, from six characters on: as they are, each of their lines, in base64, in
///   percent-encoding. It is a courtesy, not a defence: a command can turn a secret round and print it.
///
/// # What the commands can see
///
/// Without a sandbox they are the server's user. They can read its files, so also the config, the database,
/// the logs of others and the mirrors; and the environment of other processes of the user, so also of other
/// builds that run. Only one's own code belongs there.
///
/// The secrets of a run lie in no file, and not in the environment of the run's process. They reach it by a
/// pipe. Processes of the same user cannot look into its memory. The secrets stand in the environment of the
/// commands.
///
/// In a sandbox of bubblewrap they see no process but their own, no file but the workspace, the caches, what
/// the order binds, and the programs of the machine.
#[derive(Debug, Clone)]
pub struct LocalRunner {
    folder: PathBuf,
    program: Option<PathBuf>,
    abandoned_after: Duration,
    inherited: BTreeMap<String, String>,
}

impl LocalRunner {
    /// Ten minutes: a server that is updated or restarted is back by then.
    pub const ABANDONED_AFTER: Duration = Duration::from_secs(600);

    /// Keeps a folder for each run below `folder`, which is made if it is not there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let inherited = INHERITED.map(|(name, default)| {
            (name.to_owned(), std::env::var(name).unwrap_or_else(|_| default.to_owned()))
        });
        Self {
            folder: folder.into(),
            program: None,
            abandoned_after: Self::ABANDONED_AFTER,
            inherited: inherited.into(),
        }
    }

    /// The program that answers `PROGRAM run DIR`. Default: the present one.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// After how long without a follower a run ends itself. Default: [`Self::ABANDONED_AFTER`].
    #[must_use]
    pub fn abandoned_after(mut self, limit: Duration) -> Self {
        self.abandoned_after = limit;
        self
    }

    /// Where the run of this name is, or would be.
    fn place(&self, name: &str) -> Result<(RunFolder, Place), RunnerError> {
        check_name(name)?;
        let path = std::path::absolute(self.folder.join(name))
            .map_err(|error| RunnerError::new("cannot find the folder").because(error))?;
        let place = Place::new(path.to_string_lossy());
        Ok((RunFolder::new(path), place))
    }

    fn start_now(&self, name: &str, order: &Order) -> Result<Place, RunnerError> {
        let failed =
            |what: &'static str| move |error: io::Error| RunnerError::new(what).because(error);
        let (folder, place) = self.place(name)?;
        let mut builder = fs::DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o700)
            .create(folder.path())
            .map_err(failed("cannot make the folder of the run"))?;
        folder.touch_heartbeat().map_err(failed("cannot write into the folder of the run"))?;
        if has_begun(&folder)? {
            return Ok(place);
        }
        let spec = Spec {
            id: run_id().map_err(failed("cannot make an id for the run"))?,
            order: order.clone(),
            has_secrets: !order.secrets.is_empty(),
            inherited: self.inherited.clone(),
            abandoned_after: self.abandoned_after,
        };
        folder.write_spec(&spec).map_err(failed("cannot write the spec of the run"))?;
        let mut child =
            self.spawn(&folder).map_err(failed("cannot start the process of the run"))?;
        if let Some(mut stdin) = child.stdin.take().filter(|_| spec.has_secrets) {
            let values: BTreeMap<&str, &str> = order.secrets.iter().collect();
            // A process that has ended already says why below.
            let _ = serde_json::to_vec(&values).map(|json| stdin.write_all(&json));
        }
        wait_for_begin(&folder, &mut child)?;
        reap_later(child);
        Ok(place)
    }

    fn spawn(&self, folder: &RunFolder) -> io::Result<Child> {
        let program = match &self.program {
            Some(program) => program.clone(),
            None => std::env::current_exe()?,
        };
        let mut options = OpenOptions::new();
        let stderr: File = options.create(true).append(true).mode(0o600).open(folder.stderr())?;
        let mut command = Command::new(program);
        command.arg("run").arg(folder.path()).env_clear();
        for name in OWN {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(stderr).spawn()
    }

    /// What is new, or `None` if there is nothing.
    fn look(&self, folder: &RunFolder, from: u64) -> io::Result<Option<Progress>> {
        // In this order: what ends between two of them is seen by the later one.
        let is_alive = folder.is_alive()?;
        let outcome = folder.outcome()?;
        let bytes = folder.read_log(from, CHUNK)?;
        Ok(match (bytes.is_empty(), outcome) {
            (false, _) => Some(Progress::Log(bytes)),
            (true, Some(outcome)) => Some(Progress::Ended(outcome)),
            (true, None) if is_alive => {
                folder.wake()?;
                None
            }
            (true, None) => Some(Progress::Ended(find_lost(folder)?)),
        })
    }
}

#[async_trait]
impl Runner for LocalRunner {
    async fn start(&self, name: &str, order: &Order) -> Result<Place, RunnerError> {
        let (runner, name, order) = (self.clone(), name.to_owned(), order.clone());
        blocking(move || runner.start_now(&name, &order)).await
    }

    async fn follow(&self, place: &Place, from: u64) -> Result<Progress, RunnerError> {
        let began = Instant::now();
        let folder = RunFolder::new(place.as_str());
        let [mut pause, longest] = PAUSES;
        let mut touched: Option<Instant> = None;
        loop {
            let is_due = touched.is_none_or(|touched| touched.elapsed() * 4 > self.abandoned_after);
            if is_due {
                touched = Some(Instant::now());
            }
            let (runner, folder) = (self.clone(), folder.clone());
            let found = blocking(move || {
                if is_due {
                    // A folder that is gone is a lost run, which the look finds.
                    let _ = folder.touch_heartbeat();
                }
                runner.look(&folder, from).map_err(cannot_follow)
            });
            if let Some(progress) = found.await? {
                return Ok(progress);
            }
            if began.elapsed() > QUIET_AFTER {
                return Ok(Progress::Quiet);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }

    async fn cancel(&self, place: &Place) -> Result<(), RunnerError> {
        let folder = RunFolder::new(place.as_str());
        blocking(move || match folder.ask_to_cancel() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => {
                other.map_err(|error| RunnerError::new("cannot cancel the run").because(error))
            }
        })
        .await
    }

    async fn find(&self, name: &str) -> Result<Option<Place>, RunnerError> {
        let (folder, place) = self.place(name)?;
        blocking(move || {
            if !has_begun(&folder)? {
                return Ok(None);
            }
            // A folder that is gone by now is found out by whoever follows.
            let _ = folder.touch_heartbeat();
            Ok(Some(place))
        })
        .await
    }

    async fn names(&self) -> Result<Vec<String>, RunnerError> {
        let runs = self.folder.clone();
        blocking(move || {
            let entries = match fs::read_dir(runs) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                entries => entries.map_err(cannot_list)?,
            };
            let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
            Ok(names.filter(|name| check_name(name).is_ok()).collect())
        })
        .await
    }

    async fn discard(&self, name: &str) -> Result<bool, RunnerError> {
        let (folder, _) = self.place(name)?;
        blocking(move || {
            let failed = |error| RunnerError::new("cannot end the run").because(error);
            if !folder.path().exists() {
                return Ok(true);
            }
            if folder.outcome().map_err(failed)?.is_none() {
                if folder.is_alive().map_err(failed)? {
                    folder.ask_to_cancel().map_err(failed)?;
                    return Ok(false);
                }
                find_lost(&folder).map_err(failed)?;
            }
            // A process that has not begun by now finds no folder, and does not begin.
            remove(&folder).map(|()| true)
        })
        .await
    }

    /// Removes the folder of the run.
    async fn forget(&self, place: &Place) -> Result<(), RunnerError> {
        let folder = RunFolder::new(place.as_str());
        blocking(move || {
            let failed = |error: io::Error| {
                RunnerError::new("cannot remove the folder of the run").because(error)
            };
            if folder.is_alive().map_err(failed)? && folder.outcome().map_err(failed)?.is_none() {
                return Err(RunnerError::new("the run has not ended"));
            }
            remove(&folder)
        })
        .await
    }
}

fn remove(folder: &RunFolder) -> Result<(), RunnerError> {
    match fs::remove_dir_all(folder.path()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(RunnerError::new("cannot remove the folder of the run").because(error))
        }
        _ => Ok(()),
    }
}

fn cannot_list(error: io::Error) -> RunnerError {
    RunnerError::new("cannot list the runs").because(error)
}

fn cannot_follow(error: io::Error) -> RunnerError {
    RunnerError::new("cannot follow the run").because(error)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RunnerError> + Send + 'static,
) -> Result<T, RunnerError> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| Err(RunnerError::new("the work was interrupted").because(error)))
}

fn check_name(name: &str) -> Result<(), RunnerError> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    match begins && name.len() <= 100 && name.bytes().all(is_word) {
        true => Ok(()),
        false => Err(RunnerError::new(format!("{name:?} is no name for a run"))),
    }
}

fn has_begun(folder: &RunFolder) -> Result<bool, RunnerError> {
    let failed = |error| RunnerError::new("cannot read the folder of the run").because(error);
    Ok(folder.claimed().map_err(failed)?.is_some() || folder.outcome().map_err(failed)?.is_some())
}

fn run_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/uuid")?.trim().to_owned())
}

/// Returns when the run's process has said that it runs it; it, or another one that was quicker.
fn wait_for_begin(folder: &RunFolder, child: &mut Child) -> Result<(), RunnerError> {
    let began = Instant::now();
    loop {
        if has_begun(folder)? {
            return Ok(());
        }
        let ended = child.try_wait().ok().flatten();
        if let Some(status) = ended
            && !has_begun(folder)?
        {
            let said = fs::read(folder.stderr()).unwrap_or_default();
            let said = String::from_utf8_lossy(&said[..said.len().min(1000)]).trim().to_owned();
            let error = RunnerError::new("the process of the run did not begin");
            return Err(error.because(format!("{status}: {said}")));
        }
        if began.elapsed() > START {
            let _ = child.kill();
            let _ = child.wait();
            return Err(RunnerError::new("the process of the run took too long to begin"));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Takes note of the end of a process, so that it does not stay as a zombie.
fn reap_later(mut child: Child) {
    std::thread::spawn(move || child.wait());
}

/// The run's process is gone and has left no outcome: ends what it left, and writes one.
fn find_lost(folder: &RunFolder) -> io::Result<Outcome> {
    if !folder.path().exists() {
        return Ok(Outcome::new(lost("its folder is not there")));
    }
    if let Some(claim) = folder.claimed()? {
        if let Some(group) = folder.control_group() {
            group.end();
        }
        leftovers::end(RUN_ID, &claim.run);
    }
    let mut outcome = Outcome::new(lost("the runner ended without an outcome"));
    outcome.log_bytes = folder.log_length();
    if folder.write_lost(&outcome)? {
        return Ok(outcome);
    }
    Ok(folder.outcome()?.unwrap_or(outcome))
}

fn lost(reason: &str) -> Ending {
    Ending::Lost { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_paths() {
        for name in ["build-17", "a", "17.2_x"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", ".", "..", "-x", "a/b", "a b", "ä", &"x".repeat(101)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_folder_that_is_gone_is_a_lost_run() {
        let runner = LocalRunner::new("/nowhere");
        let progress = runner.look(&RunFolder::new("/nowhere/17"), 0).unwrap();
        let Some(Progress::Ended(outcome)) = progress else { panic!("{progress:?}") };
        assert_eq!(outcome.ending, lost("its folder is not there"));
    }
}
