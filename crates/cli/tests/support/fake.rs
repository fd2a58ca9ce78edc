//! The program `hookstead fake`, running.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::http::{Reply, send};

/// The repository that most fakes begin with, as the control names it.
pub(crate) const REPOSITORY: &str = "/repositories/octocat/hello-world";

/// Nothing takes this long, not on the slowest machine.
pub(crate) const LONG: Duration = Duration::from_secs(120);

/// The program, running.
#[derive(Debug)]
pub(crate) struct Fake {
    pub(crate) child: Child,
    pub(crate) api: String,
    pub(crate) page: String,
}

impl Fake {
    /// Starts it with one repository, and waits until it says that it listens.
    pub(crate) async fn start() -> Self {
        Self::start_with(&["--repository", "octocat/hello-world"], &[]).await
    }

    pub(crate) async fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hookstead"))
            .args(["fake", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env_clear()
            // Git is there, and has its settings from nowhere.
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = async || timeout(LONG, lines.next_line()).await.unwrap().unwrap();
        let Some(first) = line().await else {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
            panic!("it does not listen: {said}");
        };
        assert_eq!(first, "listening");
        let api = line().await.unwrap().strip_prefix("API   ").unwrap().to_owned();
        let page = line().await.unwrap().strip_prefix("page  ").unwrap().to_owned();
        Self { child, api, page }
    }

    pub(crate) fn control(&self, path: &str) -> String {
        format!("{}{path}", self.page.strip_suffix("/page").unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        send(&self.control(path), "GET", &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        send(&self.control(path), "POST", &[], &body.to_string()).await
    }

    /// Does something in the repository.
    pub(crate) async fn act(&self, action: &str, body: Value) -> Reply {
        self.post(&format!("{REPOSITORY}/{action}"), body).await
    }

    /// Calls GitHub's API.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        let headers = ["user-agent: a-test", "authorization: Bearer any"];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        send(&format!("{}{path}", self.api), method, &headers, &body).await
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        let done = std::process::Command::new("kill").args([name, &id]).status().unwrap();
        assert!(done.success());
    }

    pub(crate) async fn ended(mut self) -> (Option<i32>, String) {
        let status = timeout(LONG, self.child.wait()).await.unwrap().unwrap();
        let mut said = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut said).await.unwrap();
        }
        (status.code(), said)
    }
}
