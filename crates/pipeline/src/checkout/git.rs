//! The program git, as the server runs it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use hookstead::client::GitCredential;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::error::{CheckoutError, CheckoutErrorKind, kind_here, kind_of};

/// What of git's words is kept: its last lines say what went wrong.
const LONGEST_OUTPUT: usize = 64 * 1024;

/// What of the server's environment git may see: the way to the server, and how to trust it.
const PASSED_ON: [&str; 14] = [
    "PATH",
    "TMPDIR",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_EXEC_PATH",
];

/// How git is run.
#[derive(Debug, Clone)]
pub(super) struct Git {
    pub(super) program: PathBuf,
    pub(super) allows_plain_http: bool,
}

/// Whom git asks, beside the files of this machine.
#[derive(Clone, Copy)]
pub(super) enum Asks<'a> {
    Nobody,
    /// A server, with this credential.
    Server(Option<&'a GitCredential>),
}

/// One call of git.
pub(super) struct Call<'a> {
    pub(super) git_dir: &'a Path,
    pub(super) work_tree: Option<&'a Path>,
    pub(super) deadline: Duration,
    pub(super) asks: Asks<'a>,
    /// The mirror's lock. Git inherits it, so that it is held as long as git runs, even if the server is killed.
    pub(super) lock: Option<&'a File>,
}

impl Git {
    /// Runs git to its end, and returns what it wrote to stdout.
    pub(super) async fn run(
        &self,
        call: Call<'_>,
        arguments: &[&str],
    ) -> Result<String, CheckoutError> {
        let Call { deadline, asks, .. } = call;
        let doing = arguments.first().copied().unwrap_or_default().to_owned();
        let mut running = self.start(call, arguments)?;
        match timeout(deadline, running.output()).await {
            Ok(output) => {
                running.has_ended = true;
                output
                    .map_err(|error| CheckoutError::io("run git", error))?
                    .into_result(&doing, asks)
            }
            Err(_) => Err(CheckoutError::new(
                CheckoutErrorKind::Unreachable,
                format!("git {doing} was not done within {} s", deadline.as_secs()),
            )),
        }
    }

    fn start(&self, call: Call<'_>, arguments: &[&str]) -> Result<Running, CheckoutError> {
        let mut command = Command::new(&self.program);
        command.env_clear();
        for name in PASSED_ON {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let protocols = if self.allows_plain_http { "https:http" } else { "https" };
        command
            .env("GIT_ALLOW_PROTOCOL", protocols)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_NO_LAZY_FETCH", "1")
            // A home of nobody: no `.netrc`.
            .env("HOME", "/dev/null")
            // Its words are compared.
            .env("LC_ALL", "C")
            .env("GIT_DIR", call.git_dir)
            .current_dir(call.work_tree.unwrap_or(call.git_dir));
        if let Some(folder) = call.work_tree {
            command.env("GIT_WORK_TREE", folder);
        }
        if let Asks::Server(Some(credential)) = call.asks {
            command.envs(credential.envs());
        }
        for setting in [
            "core.hooksPath=/dev/null",
            "core.fsmonitor=false",
            "gc.auto=0",
            "maintenance.auto=false",
            // A server that sends nothing for a minute is gone.
            "http.lowSpeedLimit=100",
            "http.lowSpeedTime=60",
            "submodule.recurse=false",
            "advice.detachedHead=false",
        ] {
            command.args(["-c", setting]);
        }
        let lock = match call.lock.map(File::try_clone).transpose() {
            Ok(lock) => lock.map_or_else(Stdio::null, Stdio::from),
            Err(error) => return Err(CheckoutError::io("run git", error)),
        };
        // A group of its own, so that git ends with its helpers.
        command.args(arguments).stdin(lock).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.process_group(0).spawn();
        let child = child.map_err(|error| CheckoutError::io("run the program git", error))?;
        Ok(Running { child, has_ended: false })
    }
}

/// Git at work. It is killed when this is dropped, with its helpers.
struct Running {
    child: Child,
    has_ended: bool,
}

struct Output {
    succeeded: bool,
    stdout: String,
    stderr: String,
}

impl Running {
    async fn output(&mut self) -> std::io::Result<Output> {
        let (stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let (stdout, stderr) = tokio::try_join!(last_of(stdout), last_of(stderr))?;
        let status = self.child.wait().await?;
        Ok(Output { succeeded: status.success(), stdout, stderr })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        // As long as nobody has waited for it, the number is no other's.
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(id) = id {
            // It may have ended just now.
            let _killed = kill_process_group(id, Signal::KILL);
        }
    }
}

/// Reads all, and keeps the end.
async fn last_of(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<String> {
    let Some(mut pipe) = pipe else { return Ok(String::new()) };
    let (mut kept, mut piece) = (Vec::new(), vec![0; 8 * 1024]);
    loop {
        let length = pipe.read(&mut piece).await?;
        if length == 0 {
            return Ok(String::from_utf8_lossy(&kept).into_owned());
        }
        kept.extend_from_slice(piece.get(..length).unwrap_or_default());
        if kept.len() > 2 * LONGEST_OUTPUT {
            kept.drain(..kept.len() - LONGEST_OUTPUT);
        }
    }
}

impl Output {
    fn into_result(self, doing: &str, asks: Asks<'_>) -> Result<String, CheckoutError> {
        if self.succeeded {
            return Ok(self.stdout);
        }
        let lines = self.stderr.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        // The last lines are the cause; a server's own words may come before them.
        let said = lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join("; ");
        let said = if said.is_empty() { "it said nothing".to_owned() } else { said };
        let what = format!("git {doing} failed: {said}");
        let kind = match asks {
            Asks::Nobody => kind_here(&self.stderr),
            Asks::Server(_) => kind_of(&self.stderr),
        };
        Err(CheckoutError::new(kind, what))
    }
}
