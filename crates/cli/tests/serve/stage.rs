use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use hookstead::client::HttpClient;
use hookstead::types::{Sha, StatusState};
use hookstead_testkit::{FakeGitHub, FakeHook, FakeRepository, RecordedStatus};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

pub(crate) const SECRET: &str = "a hook's secret";
pub(crate) const TOKEN: &str = "ghp_aTokenOfSomebody0123456789abcdef00";
pub(crate) const ADMIN: &str = "the admin's token";

/// Long, for slow machines: nobody waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(120);

/// GitHub, a repository, and a server that is the real program.
pub(crate) struct Stage {
    pub(crate) github: FakeGitHub,
    pub(crate) repository: FakeRepository,
    pub(crate) dir: TempDir,
    pub(crate) url: String,
    server: Option<Child>,
}

impl Stage {
    /// With this in the config, below what every config has, and a token.
    pub(crate) async fn new(projects: &str) -> Self {
        let mut stage = Self::set().await;
        stage.configure(projects);
        stage.start().await;
        stage.repository.create_hook(stage.hook());
        stage
    }

    /// Without a server as yet.
    pub(crate) async fn set() -> Self {
        let github = FakeGitHub::builder().wait_deadline(PATIENCE).start().await;
        let repository = github.create_repository("octocat/hello-world").with_git();
        let dir = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        Self { github, repository, dir, url, server: None }
    }

    pub(crate) fn hook(&self) -> FakeHook {
        let hook = FakeHook::new(&format!("{}/event_handler", self.url)).secret(SECRET).json();
        hook.events(["push", "pull_request", "issue_comment", "delete"])
    }

    pub(crate) fn configure(&self, projects: &str) {
        self.configure_as("token = { env = \"TOKEN\" }", projects);
    }

    pub(crate) fn configure_as(&self, credentials: &str, projects: &str) {
        let (url, github) = (&self.url, self.github.api_url());
        let listen = url.trim_start_matches("http://");
        let top = format!(
            "url = \"{url}\"\nlisten = \"{listen}\"\ndata = \"data\"\nsecret = {{ env = \"WEBHOOK_SECRET\" }}\n\
             admin = {{ env = \"ADMIN\" }}\ngithub = \"{github}\"\ngithub_api = \"{github}\"\n{credentials}\n"
        );
        fs::write(self.config(), top + projects).unwrap();
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.dir.path().join("pipeline.toml")
    }

    /// The program, with what it needs in its environment.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookstead"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.path())
            .env("WEBHOOK_SECRET", SECRET)
            .env("TOKEN", TOKEN)
            .env("ADMIN", ADMIN)
            .env("BUILD_SECRET", "hunter2-hunter2")
            .env("CHAT_DEV", format!("{}/chat/dev", self.github.api_url()))
            .env("CHAT_OPS", format!("{}/chat/ops", self.github.api_url()))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Starts the server, and waits until it answers.
    pub(crate) async fn start(&mut self) {
        self.start_with(&[]).await;
    }

    /// The same with more arguments.
    pub(crate) async fn start_with(&mut self, more: &[&str]) {
        let log = self.dir.path().join("server.log");
        let log = fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let mut command = self.program(&["pipeline", "serve", "pipeline.toml", "--lease", "1"]);
        command.args(more);
        self.server = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let client = HttpClient::new(&self.url).unwrap();
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            if client.get("/livez").await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            let ended = self.server.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?}\n{}", self.log_of_server());
            assert!(tokio::time::Instant::now() < until, "{}", self.log_of_server());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn log_of_server(&self) -> String {
        fs::read_to_string(self.dir.path().join("server.log")).unwrap_or_default()
    }

    /// `kill -9`.
    pub(crate) async fn kill(&mut self) {
        self.server.take().unwrap().kill().await.unwrap();
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.server.as_ref().unwrap().id().unwrap().to_string();
        let kill = format!("kill -s {name} {id}");
        let status = std::process::Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(status.success());
    }

    /// Waits until the server has ended after a signal.
    pub(crate) async fn ended(&mut self) -> std::process::ExitStatus {
        let mut server = self.server.take().unwrap();
        tokio::time::timeout(PATIENCE, server.wait()).await.unwrap().unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let answer = HttpClient::new(&self.url).unwrap().get(path).await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        String::from_utf8_lossy(answer.body()).into_owned()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).await).unwrap()
    }

    /// Presses a button, as a program does.
    pub(crate) async fn press(&self, path: &str, token: Option<&str>) -> u16 {
        let mut client = HttpClient::builder(&self.url);
        if let Some(token) = token {
            client = client.header("authorization", &format!("Bearer {token}")).unwrap();
        }
        let no_fields = [("", ""); 0];
        client.build().unwrap().post_form(path, no_fields).await.unwrap().status().as_u16()
    }

    /// Waits until something is so that only the server knows.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        mut probe: impl AsyncFnMut() -> Option<T>,
    ) -> T {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            let is_late = tokio::time::Instant::now() > until;
            assert!(
                !is_late,
                "waited for {what} in vain\n{}\n{}",
                self.github,
                self.log_of_server()
            );
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits for a last word about a commit, of this context.
    pub(crate) async fn verdict(&self, sha: &Sha, context: &str) -> RecordedStatus {
        let is_last = |status: &RecordedStatus| status.state != StatusState::Pending;
        self.until("a verdict", async || {
            let statuses = self.statuses(sha, context);
            statuses.last().filter(|status| is_last(status)).cloned()
        })
        .await
    }

    /// The statuses of a commit and context, the oldest first.
    pub(crate) fn statuses(&self, sha: &Sha, context: &str) -> Vec<RecordedStatus> {
        let mut statuses = self.repository.statuses(sha);
        statuses.retain(|status| status.context == context);
        statuses.sort_by_key(|status| status.id);
        statuses
    }

    /// Waits until a build is in this state, and gives what its page says.
    pub(crate) async fn build(&self, number: i64, state: &str) -> Value {
        let path = format!("/demo/builds/{number}.json");
        self.until(&format!("build {number} to be {state}"), async || {
            let answer = HttpClient::new(&self.url).unwrap().get(&path).await.ok()?;
            let page: Value = serde_json::from_slice(answer.body()).ok()?;
            (page["build"]["state"] == state).then_some(page)
        })
        .await
    }

    pub(crate) async fn log(&self, number: i64) -> String {
        self.get(&format!("/demo/builds/{number}/log")).await
    }
}

/// What is told of a server that is dropped while it runs.
impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log_of_server();
            let start = log.len().saturating_sub(8_000);
            let start = log.ceil_char_boundary(start);
            panic_note(&log[start..]);
        }
    }
}

#[expect(clippy::print_stderr, reason = "a test that failed says what the server said")]
fn panic_note(log: &str) {
    eprintln!("the server said:\n{log}");
}

impl Stage {
    /// The log of a build, if there is one yet.
    pub(crate) async fn log_if(&self, number: i64) -> Option<String> {
        let path = format!("/demo/builds/{number}/log");
        let answer = HttpClient::new(&self.url).unwrap().get(&path).await.ok()?;
        let is_there = answer.status().is_success();
        is_there.then(|| String::from_utf8_lossy(answer.body()).into_owned())
    }
}
