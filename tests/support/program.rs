use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::within;

/// One of the examples as a program of its own, with nothing in its environment but what a test
/// puts there. It is killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Program {
    /// Starts an example in this folder.
    ///
    /// # Panics
    ///
    /// If the example is not built; `cargo test --workspace` builds it.
    #[must_use]
    pub fn start(example: &str, folder: &Path, environment: &[(&str, &str)]) -> Self {
        let mut child = command(example, folder, environment)
            // What it logs is shown with the test's own output, should the test fail.
            .stderr(Stdio::inherit())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Runs an example to its end.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub async fn run(
        example: &str,
        arguments: &[&str],
        folder: &Path,
        environment: &[(&str, &str)],
    ) -> Ended {
        let output = command(example, folder, environment).args(arguments).output();
        let output = within(output).await.unwrap();
        Ended {
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Waits for a line that contains this text, and returns it.
    ///
    /// # Panics
    ///
    /// If the program ends first.
    pub async fn line(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            let read = within(self.stdout.read_line(&mut line)).await.unwrap();
            assert_ne!(read, 0, "the program ended before it printed {text:?}");
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Ends the program at once and for good, as a power cut would: `kill -9`.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks the program to end, as an orchestrator does: `SIGTERM`. Returns how it ended and what
    /// it had still to say.
    pub async fn terminate(mut self) -> (ExitStatus, String) {
        let id = self.child.id().unwrap().to_string();
        within(Command::new("kill").args(["-TERM", &id]).status()).await.unwrap();
        let status = within(self.child.wait()).await.unwrap();
        let mut rest = String::new();
        within(self.stdout.read_to_string(&mut rest)).await.unwrap();
        (status, rest)
    }
}

fn command(example: &str, folder: &Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(path(example));
    command
        .current_dir(folder)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Cargo puts the examples beside the folder that holds the tests.
fn path(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap().join("examples").join(example);
    let built = built.with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        built.exists(),
        "the example {example} is not built: run `cargo test --workspace`, or \
         `cargo build --workspace --examples` first"
    );
    built
}
