use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::control_group::ControlGroup;
use super::process_id::ProcessId;
use super::spec::Spec;
use crate::runner::ending::Outcome;

/// So much room is reserved for the outcome, so that a disk that the build fills does not lose it.
const OUTCOME_ROOM: usize = 32 * 1024;

/// The folder of a run: all that the server and the run's own process share.
///
/// | file | written by | what it says |
/// |---|---|---|
/// | `spec.json` | the server | what is to run, without the values of secrets |
/// | `runner.json` | the process | which process runs it; made once |
/// | `log` | the process | what the commands wrote; only grows |
/// | `heartbeat` | the server | touched while somebody follows |
/// | `cancel` | the server | it is there if the run is to end |
/// | `exit.json` | the process, or who finds it lost | the outcome; made once, by renaming |
/// | `stderr` | the process | why it failed, if it did |
/// | `control_group` | the process | the folder of the control group that its commands are in, if they are |
/// | `tmp/` | the commands in a sandbox | their `/tmp` |
#[derive(Debug, Clone)]
pub(super) struct RunFolder(PathBuf);

impl RunFolder {
    pub(super) fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn stderr(&self) -> PathBuf {
        self.file("stderr")
    }

    pub(super) fn tmp(&self) -> PathBuf {
        self.file("tmp")
    }

    pub(super) fn write_spec(&self, spec: &Spec) -> io::Result<()> {
        let new = self.new_file("spec.json");
        write_private(&new, &serde_json::to_vec_pretty(spec)?)?;
        fs::rename(new, self.file("spec.json"))
    }

    pub(super) fn spec(&self) -> io::Result<Spec> {
        Ok(serde_json::from_slice(&fs::read(self.file("spec.json"))?)?)
    }

    /// Says that a process runs it. `false`: another one does or did.
    pub(super) fn claim(&self, claim: &Claim) -> io::Result<bool> {
        self.write_once("runner.json", claim)
    }

    /// Whether a process has said that it runs it, and the folder was not removed since.
    pub(super) fn is_claimed(&self) -> bool {
        self.file("runner.json").exists()
    }

    pub(super) fn claimed(&self) -> io::Result<Option<Claim>> {
        read_json(&self.file("runner.json"))
    }

    /// Whether the process that runs it is there.
    pub(super) fn is_alive(&self) -> io::Result<bool> {
        Ok(self.claimed()?.is_some_and(|claim| claim.process.is_alive()))
    }

    /// Lets the process that runs it go on if somebody has stopped it: its own commands can, and then no deadline
    /// would end them.
    pub(super) fn wake(&self) -> io::Result<()> {
        if let Some(claim) = self.claimed()? {
            claim.process.wake();
        }
        Ok(())
    }

    pub(super) fn outcome(&self) -> io::Result<Option<Outcome>> {
        read_json(&self.file("exit.json"))
    }

    /// Takes room on the disk for the outcome.
    pub(super) fn reserve_outcome(&self) -> io::Result<ReservedOutcome> {
        let path = self.file("exit.json.reserved");
        write_private(&path, &[b' '; OUTCOME_ROOM])?;
        let file = OpenOptions::new().write(true).open(&path)?;
        Ok(ReservedOutcome { file, path, to: self.file("exit.json") })
    }

    /// Says which control group the commands are in, before they are.
    pub(super) fn note_control_group(&self, group: &ControlGroup) -> io::Result<()> {
        write_private(&self.file("control_group"), group.folder().as_os_str().as_encoded_bytes())
    }

    /// The control group that the commands are or were in.
    pub(super) fn control_group(&self) -> Option<ControlGroup> {
        fs::read_to_string(self.file("control_group")).ok().map(ControlGroup::at)
    }

    /// Writes the outcome of a run whose process is gone, unless somebody else has.
    pub(super) fn write_lost(&self, outcome: &Outcome) -> io::Result<bool> {
        self.write_once("exit.json", outcome)
    }

    pub(super) fn create_log(&self) -> io::Result<File> {
        OpenOptions::new().create_new(true).append(true).mode(0o600).open(self.file("log"))
    }

    pub(super) fn log_length(&self) -> u64 {
        fs::metadata(self.file("log")).map_or(0, |metadata| metadata.len())
    }

    /// At most `most` bytes of the log from an offset on.
    pub(super) fn read_log(&self, from: u64, most: usize) -> io::Result<Vec<u8>> {
        let mut file = match File::open(self.file("log")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            file => file?,
        };
        let there = file.metadata()?.len().saturating_sub(from).min(most as u64);
        let mut bytes = Vec::with_capacity(there as usize);
        if there > 0 {
            file.seek(SeekFrom::Start(from))?;
            file.take(there).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    pub(super) fn touch_heartbeat(&self) -> io::Result<()> {
        let path = self.file("heartbeat");
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        file.set_modified(SystemTime::now())
    }

    /// When somebody was last there; `None` if nobody can have been.
    pub(super) fn heartbeat(&self) -> Option<SystemTime> {
        fs::metadata(self.file("heartbeat")).and_then(|metadata| metadata.modified()).ok()
    }

    pub(super) fn ask_to_cancel(&self) -> io::Result<()> {
        OpenOptions::new().create(true).append(true).mode(0o600).open(self.file("cancel"))?;
        Ok(())
    }

    pub(super) fn is_canceled(&self) -> bool {
        self.file("cancel").exists()
    }

    /// A file that nobody else writes, to be renamed.
    fn new_file(&self, name: &str) -> PathBuf {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        self.file(&format!("{name}.{}.{count}", std::process::id()))
    }

    fn write_once(&self, name: &str, value: &impl Serialize) -> io::Result<bool> {
        let new = self.new_file(name);
        write_private(&new, &serde_json::to_vec_pretty(value)?)?;
        let renamed = renameat_with(CWD, &new, CWD, self.file(name), RenameFlags::NOREPLACE);
        match renamed {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::EXIST) => {
                fs::remove_file(new)?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Which process runs it, and by which id its commands are known.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claim {
    #[serde(flatten)]
    pub(super) process: ProcessId,
    pub(super) run: String,
}

/// Room on the disk for an outcome.
#[derive(Debug)]
pub(super) struct ReservedOutcome {
    file: File,
    path: PathBuf,
    to: PathBuf,
}

impl ReservedOutcome {
    pub(super) fn write(mut self, outcome: &Outcome) -> io::Result<()> {
        let json = serde_json::to_vec_pretty(outcome)?;
        self.file.write_all(&json)?;
        self.file.set_len(json.len() as u64)?;
        fs::rename(self.path, self.to)
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true).mode(0o600).open(path)?.write_all(bytes)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
