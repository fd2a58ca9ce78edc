//! A machine with a server, which is the real program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use hookstead::client::HttpClient;
use rustix::process::Signal;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use crate::processes::{self, Process};
use crate::world::{PATIENCE, SECRET, TOKEN};

/// How long a machine that is not heard of keeps its builds, in seconds.
pub(crate) const MACHINE_TIME: u64 = 5;

/// How long a lease is, in seconds. A restart of PostgreSQL on a busy machine fits into it: after three lost leases an
/// end is not reported any more.
const LEASE: u64 = 2;

pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) url: String,
    server: Mutex<Option<Child>>,
}

impl Machine {
    pub(crate) fn new(world: &Path, number: usize) -> Self {
        let name = format!("m{number}");
        let folder = world.join(&name);
        fs::create_dir_all(&folder).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        Self { name, folder, url, server: Mutex::default() }
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Starts the server, and waits until it answers.
    pub(crate) async fn start(&self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookstead"));
        command
            .args(["pipeline", "serve", "pipeline.toml", "--machine", &self.name])
            .args(["--lease", &LEASE.to_string(), "--lost-after", &MACHINE_TIME.to_string()])
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.folder)
            .env("WEBHOOK_SECRET", SECRET)
            .env("TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        let mut server = command.spawn().unwrap();
        let client = HttpClient::new(&self.url).unwrap();
        let until = Instant::now() + PATIENCE;
        while !client.get("/livez").await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = server.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?}\n{}", self.said());
            assert!(Instant::now() < until, "{}", self.said());
            sleep(Duration::from_millis(20)).await;
        }
        *self.server.lock().await = Some(server);
    }

    /// `kill -9` of the server alone.
    pub(crate) async fn kill(&self) {
        let mut server = self.server.lock().await.take().unwrap();
        server.kill().await.unwrap();
    }

    /// Asks the server to stop, and waits until it has.
    pub(crate) async fn stop(&self) {
        let Some(mut server) = self.server.lock().await.take() else { return };
        let pid = server.id().unwrap().try_into().unwrap();
        Process { pid, command: String::new() }.signal(Signal::TERM);
        let ended = tokio::time::timeout(PATIENCE, server.wait()).await.unwrap().unwrap();
        assert!(ended.success(), "{ended}\n{}", self.said());
    }

    /// Everything ends at once, as when it loses its power. It is looked at before, while nothing moves.
    pub(crate) async fn lose_power(&self, look: impl FnOnce()) {
        let processes = processes::freeze(&self.folder);
        look();
        for process in &processes {
            process.signal(Signal::KILL);
        }
        if let Some(mut server) = self.server.lock().await.take() {
            server.kill().await.unwrap();
        }
        let until = Instant::now() + PATIENCE;
        while !processes::of(&self.folder).is_empty() {
            assert!(Instant::now() < until, "{:?}", processes::of(&self.folder));
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// The names of the runs here that have not ended.
    pub(crate) fn open_runs(&self) -> Vec<String> {
        self.runs(false)
    }

    /// The names of the runs here that have ended, and that no server has put away.
    pub(crate) fn runs_with_an_end(&self) -> Vec<String> {
        self.runs(true)
    }

    fn runs(&self, have_ended: bool) -> Vec<String> {
        let runs = fs::read_dir(self.work().join("runs")).into_iter().flatten().flatten();
        let those = runs.filter(|it| {
            let has = |name: &str| it.path().join(name).exists();
            has("runner.json") && has("exit.json") == have_ended
        });
        those.filter_map(|it| it.file_name().into_string().ok()).collect()
    }
}
