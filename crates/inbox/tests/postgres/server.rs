//! A server of a test's own, which it may crash.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::store::Schema;

/// What starts servers, in a checkout of the repository.
pub(crate) const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.ci/postgres");

/// A server that runs until nobody has it any more.
#[derive(Clone)]
pub(crate) struct Server(Arc<Running>);

/// Dropped, it ends and its folder is removed.
struct Running {
    url: String,
}

impl Server {
    /// `None`, and a word about it, where tests with PostgreSQL are skipped or there is only the
    /// server of others.
    pub(crate) async fn start() -> Option<Self> {
        Schema::new().await?;
        match script(&["start"]) {
            Ok(url) => Some(Self(Arc::new(Running { url }))),
            Err(problem) => {
                let _ = writeln!(
                    std::io::stderr(),
                    "\nSKIPPED: a test with a PostgreSQL of its own, as there is no starting one: \
                     {problem}\n"
                );
                None
            }
        }
    }

    /// The URL with a password, which this server does not ask for.
    pub(crate) fn url_with_password(&self) -> String {
        self.0.url.replacen('@', ":hunter2@", 1)
    }

    /// Its host and port.
    pub(crate) fn address(&self) -> &str {
        let (_, rest) = self.0.url.split_once('@').unwrap();
        rest.split_once('/').unwrap().0
    }

    /// Ends it as a crash does.
    pub(crate) fn halt(&self) {
        script(&["halt", &self.0.url]).unwrap();
    }

    pub(crate) fn restart(&self) {
        script(&["restart", &self.0.url]).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let stopped = script(&["stop", &self.url]);
        if !std::thread::panicking() {
            stopped.unwrap();
        }
    }
}

/// What it prints, or what is wrong.
fn script(arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(SCRIPT);
    command.args(arguments).stderr(Stdio::null());
    // Not the server that there is, and none that has to be installed.
    command.env_remove("HOOKSTEAD_POSTGRES").env("HOOKSTEAD_POSTGRES_INSTALL", "never");
    let output = command.output().map_err(|error| format!("{SCRIPT}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{SCRIPT} {arguments:?}: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
