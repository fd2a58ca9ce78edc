use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::within;

/// One of the examples, the program `hookstead`, or a server of the tests, as a program of its own, with nothing in its
/// environment but what a test puts there. It is killed when dropped.
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
        Self::spawn(command(&path("examples", example), folder, environment))
    }

    /// Starts a server of this package, by a wrapper that gets its path if one is named.
    ///
    /// # Panics
    ///
    /// If it is not built; `cargo test` builds it.
    #[must_use]
    pub fn start_server(
        name: &str,
        wrapper: &[String],
        folder: &Path,
        environment: &[(&str, &str)],
    ) -> Self {
        let server = path("", name);
        let mut words = wrapper.iter().map(PathBuf::from).chain([server]);
        let mut command = command(&words.next().unwrap(), folder, environment);
        command.args(words);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command
            // What it logs is shown with the test's own output, should the test fail.
            .stderr(Stdio::inherit())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Runs an example, or `hookstead`, to its end.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub async fn run(
        program: &str,
        arguments: &[&str],
        folder: &Path,
        environment: &[(&str, &str)],
    ) -> Ended {
        let kind = if program == "hookstead" { "" } else { "examples" };
        let mut command = command(&path(kind, program), folder, environment);
        let output = command.args(arguments).output();
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

    /// Its process's id.
    ///
    /// # Panics
    ///
    /// If the program has ended.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Whether it has ended.
    ///
    /// # Panics
    ///
    /// If the system does not say.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends it a signal: `STOP`, `CONT`.
    ///
    /// # Panics
    ///
    /// If the program has ended.
    pub async fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(within(sent).await.unwrap().success());
    }

    /// Asks the program to end, as an orchestrator does: `SIGTERM`. Returns how it ended and what
    /// it had still to say.
    pub async fn terminate(mut self) -> (ExitStatus, String) {
        self.signal("TERM").await;
        let status = within(self.child.wait()).await.unwrap();
        (status, self.rest().await)
    }

    /// What a program that has ended had still to say.
    ///
    /// # Panics
    ///
    /// If that is no text.
    pub async fn rest(&mut self) -> String {
        let mut rest = String::new();
        within(self.stdout.read_to_string(&mut rest)).await.unwrap();
        rest
    }
}

fn command(program: &Path, folder: &Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Cargo puts programs into the folder above that of the tests, and examples beside that.
fn path(kind: &str, name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap().join(kind).join(name);
    let built = built.with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        built.exists(),
        "{name} is not built: run `cargo test --workspace`, or `cargo build --workspace --examples \
         --bins` first"
    );
    built
}
