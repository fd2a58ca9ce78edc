//! A pipeline that builds for real, without GitHub: a fake one with real git, and real shell. A pull request fails
//! and is mended, the server is killed in the middle of a build and started again, and a build is run again.
//!
//! It ends with success only if every status and every log is right. With `--keep-running` it stays up
//! with its pages.

use std::error::Error;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use hookstead::client::{HttpClient, Sha, StatusState};
use hookstead_examples::{Timeline, exit, options};
use hookstead_pipeline::runner;
use hookstead_pipeline::serve::PipelineServer;
use hookstead_testkit::{FakeCommit, FakeGitHub, FakeHook, FakePullRequest, FakeRepository};
use tokio::process::{Child, Command};

const SECRET: &str = "It's a Secret to Everybody";
const ADMIN: &str = "the admin's token";
const CONTEXT: &str = "ci/test";

/// What a project keeps in its repository: a script that runs all tests.
const SUITE: &str = "\
for test in tests/*; do
  echo \"$test\"
  sh -e \"$test\" || { echo \"$test failed\"; exit 1; }
done
echo \"all tests passed\"
";

const ADD: &str = "add() { echo $(($1 + $2)); }\n";
const WRONG_ADD: &str = "add() { echo $(($1 - $2)); }\n";
const TEST_OF_ADD: &str = ". ./add.sh\ntest \"$(add 2 3)\" = 5\n";
const SLOW_TEST: &str =
    "for part in 1 2 3 4 5 6 7 8; do echo \"part $part of 8\"; sleep 0.3; done\n";

fn main() -> ExitCode {
    // The server and the process of each build are this program, too.
    if let Some(code) = runner::answer() {
        return code;
    }
    let arguments: Vec<String> = std::env::args().collect();
    let serving = match arguments.get(1..) {
        Some([word, config]) if word == "serve" => Some(PathBuf::from(config)),
        _ => None,
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return exit(Err(error.into())),
    };
    exit(runtime.block_on(async {
        match serving {
            Some(config) => serve(&config).await,
            None => play().await,
        }
    }))
}

/// All that a server of one's own needs: a config, and these lines.
async fn serve(config: &Path) -> Result<(), Box<dyn Error>> {
    let logging = tracing_subscriber::fmt().with_writer(std::io::stderr);
    logging.with_max_level(tracing::Level::WARN).init();
    // Shorter than by default, so that nobody waits long after the crash.
    let server = PipelineServer::read(config)?.lease(Duration::from_secs(1));
    Ok(server.serve().await?)
}

async fn play() -> Result<(), Box<dyn Error>> {
    const ABOUT: &str = "A pipeline that builds for real, played against a fake GitHub.";
    const KEEP_RUNNING: &str = "--keep-running";
    let Some(options) = options(ABOUT, &[KEEP_RUNNING])? else { return Ok(()) };
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world").with_git();
    repository.commit("main", FakeCommit::new("Test").file("suite.sh", SUITE).file("add.sh", ADD));

    let mut server = Running::start(&github).await?;
    let mut timeline = Timeline::new(&github, &repository);
    let events = ["push", "pull_request"];
    let hook = FakeHook::new(&format!("{}/event_handler", server.url)).secret(SECRET).json();
    timeline.name_hook(repository.create_hook(hook.events(events)), "pipeline");
    timeline.name_reporter("pipeline");

    let played = tell(&repository, &mut timeline, &mut server).await;
    match &played {
        Ok(()) => {
            println!("\nEvery status and every log is right, after {}.", timeline.elapsed());
        }
        Err(_) => println!("\n{github}"),
    }
    if options.iter().any(|it| it == KEEP_RUNNING) {
        println!(
            "\nUntil Ctrl-C: the pages at {}, the fake GitHub at {}",
            server.url,
            github.api_url()
        );
        println!("The token to sign in with, for the buttons: {ADMIN}");
        tokio::signal::ctrl_c().await?;
    }
    server.kill().await?;
    played
}

/// The story.
async fn tell(
    repository: &FakeRepository,
    timeline: &mut Timeline,
    server: &mut Running,
) -> Result<(), Box<dyn Error>> {
    timeline.say("octocat opens a pull request with a mistake in it");
    let commit = FakeCommit::new("Add, and test it").file("add.sh", WRONG_ADD);
    let wrong = repository.commit("topic", commit.file("tests/add.sh", TEST_OF_ADD));
    repository.open_pull_request(FakePullRequest::new("Add").head("topic").author("octocat"));
    timeline.until_reported(&wrong, CONTEXT, StatusState::Failure).await;
    server.expect_log(1, "tests/add.sh\ntests/add.sh failed\n").await?;

    timeline.say("octocat pushes the correction");
    let right = repository.commit("topic", FakeCommit::new("Mend it").file("add.sh", ADD));
    timeline.until_reported(&right, CONTEXT, StatusState::Success).await;
    server.expect_log(2, "tests/add.sh\nall tests passed\n").await?;

    timeline.say("octocat adds a test that takes a while");
    let commit = FakeCommit::new("Test slowly").file("tests/slow.sh", SLOW_TEST);
    let slow = repository.commit("topic", commit);
    server.until_log(3, "part 2 of 8").await?;
    timeline
        .say("somebody kills the server (kill -9) in the middle of build #3, and starts it again");
    server.kill().await?;
    server.start_again().await?;
    timeline.until_reported(&slow, CONTEXT, StatusState::Success).await;
    let parts: String = (1..=8).map(|part| format!("part {part} of 8\n")).collect();
    let whole = format!("tests/add.sh\ntests/slow.sh\n{parts}all tests passed\n");
    server.expect_log(3, &whole).await?;

    timeline.say("somebody runs build #3 again");
    server.press("/demo/builds/3/again").await?;
    timeline.until_posted(&slow, CONTEXT, "Build #4 passed").await;
    server.expect_log(4, &whole).await?;

    // Everything was reported; nothing else was.
    expect_states(repository, &wrong, &[StatusState::Pending, StatusState::Failure])?;
    expect_states(repository, &right, &[StatusState::Pending, StatusState::Success])?;
    let twice = [StatusState::Success, StatusState::Success];
    let last = states(repository, &slow);
    if last.iter().filter(|it| **it != StatusState::Pending).ne(&twice) {
        return Err(format!("build #3 and #4 should have passed, but reported {last:?}").into());
    }
    match repository.github().deliveries().iter().find(|delivery| !delivery.is_ok()) {
        Some(failed) => Err(format!("a delivery failed: {failed}").into()),
        None => Ok(()),
    }
}

fn states(repository: &FakeRepository, sha: &Sha) -> Vec<StatusState> {
    let mut statuses = repository.statuses(sha);
    statuses.retain(|status| status.context == CONTEXT);
    statuses.sort_by_key(|status| status.id);
    statuses.into_iter().map(|status| status.state).collect()
}

fn expect_states(
    repository: &FakeRepository,
    sha: &Sha,
    expected: &[StatusState],
) -> Result<(), Box<dyn Error>> {
    let found = states(repository, sha);
    if found == expected {
        return Ok(());
    }
    Err(format!("{} should have {expected:?} and has {found:?}", sha.short()).into())
}

/// The server, a process of its own, in a folder that goes away with it.
struct Running {
    url: String,
    folder: PathBuf,
    child: Option<Child>,
}

impl Running {
    async fn start(github: &FakeGitHub) -> Result<Self, Box<dyn Error>> {
        let folder = format!("hookstead-pipeline-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder)?;
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let url = format!("http://{listen}");
        let config = format!(
            r#"
url        = "{url}"
listen     = "{listen}"
data       = "data"
secret     = {{ env = "WEBHOOK_SECRET" }}
token      = {{ env = "MY_PERSONAL_TOKEN" }}
admin      = {{ env = "ADMIN_TOKEN" }}
github     = "{api}"
github_api = "{api}"

[projects.demo]
repo = "octocat/hello-world"

[projects.demo.jobs.test]
run = "sh ./suite.sh"
"#,
            api = github.api_url()
        );
        std::fs::write(folder.join("pipeline.toml"), config)?;
        let mut running = Self { url, folder, child: None };
        running.start_again().await?;
        Ok(running)
    }

    async fn start_again(&mut self) -> Result<(), Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("serve")
            .arg(self.folder.join("pipeline.toml"))
            .env("WEBHOOK_SECRET", SECRET)
            .env("MY_PERSONAL_TOKEN", "token")
            .env("ADMIN_TOKEN", ADMIN)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let child = self.child.insert(command.spawn()?);
        let client = HttpClient::new(&self.url)?;
        while !client.get("/livez").await.is_ok_and(|answer| answer.status().is_success()) {
            if let Some(status) = child.try_wait()? {
                return Err(format!("the server ended with {status}").into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    async fn kill(&mut self) -> Result<(), Box<dyn Error>> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    async fn log(&self, build: i64) -> Result<String, Box<dyn Error>> {
        let client = HttpClient::new(&self.url)?;
        let answer = client.get(&format!("/demo/builds/{build}/log")).await?;
        Ok(String::from_utf8_lossy(answer.body()).into_owned())
    }

    async fn until_log(&self, build: i64, text: &str) -> Result<(), Box<dyn Error>> {
        while !self.log(build).await?.contains(text) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    async fn expect_log(&self, build: i64, expected: &str) -> Result<(), Box<dyn Error>> {
        let log = self.log(build).await?;
        if log == expected {
            return Ok(());
        }
        Err(format!("the log of build #{build} should be {expected:?} and is {log:?}").into())
    }

    async fn press(&self, path: &str) -> Result<(), Box<dyn Error>> {
        // A person signs in; a program says who it is.
        let bearer = format!("Bearer {ADMIN}");
        let client = HttpClient::builder(&self.url).header("authorization", &bearer)?.build()?;
        let answer = client.post_form(path, [("", ""); 0]).await?;
        match answer.status().as_u16() {
            303 => Ok(()),
            status => Err(format!("{path} was answered with {status}").into()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A server that still runs is killed with its handle.
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("cannot remove {}: {error}", self.folder.display());
        }
    }
}
