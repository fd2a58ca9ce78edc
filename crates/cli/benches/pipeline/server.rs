//! The real program, serving.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hookstead::WebhookSecret;
use hookstead::client::HttpClient;
use hookstead_testkit::{FakeGitHub, Sender};
use serde_json::Value;
use tempfile::TempDir;

use crate::Outcome;
use crate::postgres::Postgres;

/// GitHub's limit of writes is not what is measured.
pub(crate) const MANY: u32 = 1_000_000;

const SECRET: &str = "a hook's secret";

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// A server, with a folder of its own. It is killed at the end, and its runs end as their folder goes.
pub(crate) struct BenchServer {
    pub(crate) client: HttpClient,
    url: String,
    child: Child,
    directory: TempDir,
    /// Ends after the program.
    _store: Option<Postgres>,
}

impl BenchServer {
    /// With SQLite where it gets no PostgreSQL.
    pub(crate) async fn start(
        github: &FakeGitHub,
        builds: usize,
        projects: &str,
        store: Option<Postgres>,
    ) -> Outcome<Self> {
        Self::start_with(github, builds, MANY, projects, store).await
    }

    /// With this limit of writes at GitHub in an hour.
    pub(crate) async fn start_with(
        github: &FakeGitHub,
        builds: usize,
        writes: u32,
        projects: &str,
        store: Option<Postgres>,
    ) -> Outcome<Self> {
        let chosen = std::env::var_os("HOOKSTEAD_BENCH_DIRECTORY").map(PathBuf::from);
        let parent = chosen.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
        let directory = tempfile::Builder::new().prefix("hookstead-bench-").tempdir_in(parent)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (url, api) = (format!("http://127.0.0.1:{port}"), github.api_url());
        let kept = match &store {
            None => "data = \"data\"".to_owned(),
            Some(postgres) => format!("store = \"{}\"\nwork = \"work\"", postgres.url()),
        };
        let config = format!(
            "url = \"{url}\"\nlisten = \"127.0.0.1:{port}\"\n{kept}\nsecret = {{ env = \"SECRET\" }}\n\
             token = {{ env = \"TOKEN\" }}\ngithub = \"{api}\"\ngithub_api = \"{api}\"\nwrites_per_hour = {writes}\n\
             pools.builds = {builds}\n{projects}"
        );
        fs::write(directory.path().join("pipeline.toml"), config)?;
        let child = Command::new(env!("CARGO_BIN_EXE_hookstead"))
            .args(["pipeline", "serve", "pipeline.toml"])
            .current_dir(directory.path())
            .env("SECRET", SECRET)
            .env("TOKEN", "ghp_aTokenOfSomebody0123456789abcdef00")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(directory.path().join("server.log"))?)
            .spawn()?;
        let client = HttpClient::new(&url)?;
        let server = Self { client, url, child, directory, _store: store };
        let until = Instant::now() + PATIENCE;
        while server.client.get("/livez").await.is_err() {
            if Instant::now() > until {
                return Err("the server does not listen".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(server)
    }

    /// Has it read its config again, with many writes.
    pub(crate) async fn allow_many_writes(&self, limit: u32) -> Outcome {
        let path = self.directory.path().join("pipeline.toml");
        let (from, to) = (format!("_hour = {limit}\n"), format!("_hour = {MANY}\n"));
        fs::write(&path, fs::read_to_string(&path)?.replace(&from, &to))?;
        let told =
            Command::new("kill").args(["-s", "HUP", &self.child.id().to_string()]).status()?;
        while told.success() && self.json("/index.json").await?["writes_allowed"] != MANY {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Sends what GitHub would, signed.
    pub(crate) fn sender(&self) -> Outcome<Sender> {
        let secret = WebhookSecret::new(SECRET)?;
        Ok(Sender::new(&format!("{}/event_handler", self.url), secret)?)
    }

    /// A page, as JSON.
    pub(crate) async fn json(&self, path: &str) -> Outcome<Value> {
        Ok(serde_json::from_slice(self.client.get(path).await?.body())?)
    }

    /// A figure of its memory in KiB: `VmRSS` is what is resident now, `VmHWM` the most that was.
    pub(crate) fn memory(&self, figure: &str) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.split(':').next() == Some(figure));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(number.ok_or_else(|| format!("the server has no {figure}"))?.parse()?)
    }

    /// How much of the processor's time it has taken so far.
    pub(crate) fn processor_time(&self) -> Outcome<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let numbers = after_name.split_whitespace().skip(11).take(2);
        let ticks: u64 = numbers.filter_map(|it| it.parse::<u64>().ok()).sum();
        Ok(Duration::from_millis(ticks * 10))
    }
}

impl Drop for BenchServer {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}
