use std::ffi::OsString;
use std::fmt;
use std::process::Stdio;

use async_trait::async_trait;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use super::notice::Notice;
use super::notifier::{Notifier, NotifyError};

/// Runs a command for each line: a pager, a monitor, a mail. It finds the line at stdin, and more in its environment.
///
/// | variable | what it is |
/// |---|---|
/// | `HOOKSTEAD_TEXT` | the line without the link |
/// | `HOOKSTEAD_LINK` | the link; empty if there is none |
/// | `HOOKSTEAD_PROJECT` | the project's name; empty if it is about the server |
/// | `HOOKSTEAD_BAD` | `true` if somebody should look, else `false` |
///
/// Of the server's environment it has `PATH`, `HOME` and `LANG`. It has failed when it ends by something else than exit
/// code 0. It is killed, with all of its process group, when it takes too long.
#[derive(Clone)]
pub struct CommandNotifier {
    program: OsString,
    arguments: Vec<OsString>,
}

impl CommandNotifier {
    /// Runs this program with these arguments, as they are: no shell reads them.
    #[must_use]
    pub fn new(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program: program.into(), arguments }
    }

    /// Has `sh -ec` run this line.
    #[must_use]
    pub fn shell(line: impl Into<OsString>) -> Self {
        Self::new("sh", [OsString::from("-ec"), line.into()])
    }
}

#[async_trait]
impl Notifier for CommandNotifier {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        for name in ["PATH", "HOME", "LANG"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("HOOKSTEAD_TEXT", &notice.text)
            .env("HOOKSTEAD_LINK", notice.link.as_deref().unwrap_or_default())
            .env("HOOKSTEAD_PROJECT", &notice.project)
            .env("HOOKSTEAD_BAD", notice.is_bad.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.process_group(0).spawn();
        let child =
            child.map_err(|error| NotifyError::new(format!("it cannot be run: {error}")))?;
        let mut group = Group(child);
        if let Some(mut stdin) = group.0.stdin.take() {
            // Who does not read it does without.
            let _written = stdin.write_all(format!("{notice}\n").as_bytes()).await;
        }
        let status = group.0.wait().await;
        let status = status.map_err(|error| NotifyError::new(format!("it is lost: {error}")))?;
        if status.success() {
            Ok(())
        } else {
            Err(NotifyError::new(format!("it ended with {status}")))
        }
    }
}

/// A process group that ends with this.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // There is no number once somebody has waited for it.
        let id = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(id) = id {
            let _killed = kill_process_group(id, Signal::KILL);
        }
    }
}

/// Arguments may hold secrets.
impl fmt::Debug for CommandNotifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CommandNotifier")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}
