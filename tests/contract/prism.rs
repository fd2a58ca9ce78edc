use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use hookstead_tests::within;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Where prism and the cut descriptions are.
pub(crate) struct Place {
    program: PathBuf,
    descriptions: PathBuf,
}

impl Place {
    /// From the environment; says how to get there without it.
    pub(crate) fn find() -> Option<Self> {
        let program = std::env::var_os("HOOKSTEAD_PRISM");
        let descriptions = std::env::var_os("HOOKSTEAD_OPENAPI");
        let (Some(program), Some(descriptions)) = (program, descriptions) else {
            // Written past the test runner, which hides what a test prints that passes.
            let why = "SKIPPED contract: HOOKSTEAD_PRISM and HOOKSTEAD_OPENAPI are not set. Run \
                       `.ci/contract`, which installs what they name; it needs node and npm.\n";
            std::io::stderr().write_all(why.as_bytes()).unwrap();
            return None;
        };
        Some(Self { program: program.into(), descriptions: descriptions.into() })
    }

    pub(crate) fn description(&self, name: &str) -> PathBuf {
        self.descriptions.join(name)
    }

    /// Starts a server that answers from this description.
    pub(crate) async fn mock(&self, description: &Path) -> Prism {
        Prism::start(Command::new(&self.program).arg("mock").arg(description)).await
    }

    /// Starts a server that passes everything on, and compares it with this description.
    pub(crate) async fn proxy(&self, description: &Path, upstream: &str) -> Prism {
        Prism::start(Command::new(&self.program).arg("proxy").arg(description).arg(upstream)).await
    }
}

/// A running prism. It is killed when dropped.
pub(crate) struct Prism {
    pub(crate) origin: String,
    _child: Child,
}

impl Prism {
    async fn start(command: &mut Command) -> Self {
        let mut child = command
            // Any free port, and one process, which can be killed.
            .args(["--port", "0", "--multiprocess", "false"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        let origin = loop {
            let Some(line) = within(lines.next_line()).await.unwrap() else {
                panic!("prism ended before it listened:\n{said}");
            };
            if let Some((_, origin)) = line.split_once("listening on ") {
                break origin.trim().to_owned();
            }
            said.push_str(&line);
            said.push('\n');
        };
        // What it logs is in its answers, too; it must only not block for want of a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { origin, _child: child }
    }
}
