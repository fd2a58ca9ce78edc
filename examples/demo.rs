//! Both guides at once, without GitHub: a fake one, the CI server and the deployment server, in one
//! process on loopback. A pull request is opened, built, pushed to, built again, merged and deployed.
//!
//! It ends with success only if every status and deployment status is there. With `--keep-running`
//! everything stays up afterwards, to be tried out.

use std::error::Error;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use hookstead::client::{Client, Token};
use hookstead::inbox::SqliteStore;
use hookstead::{Router, Server, WebhookSecret, signature};
use hookstead_examples::{Timeline, exit, options};
use hookstead_testkit::{FakeGitHub, FakeHook, FakePullRequest, FakeRepository};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[path = "ci_server.rs"]
#[allow(dead_code, reason = "its own `main` is not used here")]
mod ci_server;
#[path = "deploy_server.rs"]
#[allow(dead_code, reason = "its own `main` is not used here")]
mod deploy_server;

const SECRET: &str = "It's a Secret to Everybody";
/// The fake takes any.
const TOKEN: &str = "token";

#[tokio::main]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    const ABOUT: &str = "Both guides at once, without GitHub: played against a fake one.";
    const KEEP_RUNNING: &str = "--keep-running";
    let Some(options) = options(ABOUT, &[KEEP_RUNNING])? else { return Ok(()) };
    let keep_running = options.iter().any(|it| it == KEEP_RUNNING);
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();

    let github = FakeGitHub::builder().with_samples().start().await;
    let client = Client::builder(Token::new(TOKEN)?).base_url(github.api_url()).build()?;
    let inboxes = Inboxes::create()?;
    let ci_router = ci_server::router(client.clone(), Duration::from_secs(2));
    let ci = Running::start(ci_router, &inboxes.file("ci_server"))?;
    let deploy = Running::start(deploy_server::router(client), &inboxes.file("deploy_server"))?;

    let repository = github.create_repository("octocat/hello-world");
    let mut timeline = Timeline::new(&github, &repository);
    let hook = |url: &str| FakeHook::new(url).secret(SECRET).json();
    let id = repository.create_hook(hook(&ci.url).events(["pull_request"]));
    timeline.name_hook(id, "ci_server");
    let events = ["pull_request", "deployment", "deployment_status"];
    let id = repository.create_hook(hook(&deploy.url).events(events).form());
    timeline.name_hook(id, "deploy_server");

    let played = play(&repository, &mut timeline).await;
    match &played {
        Ok(()) => {
            println!("\nEverything that was expected was reported, in {}.", timeline.elapsed())
        }
        Err(_) => println!("\n{github}"),
    }
    if keep_running {
        tell_what_runs(&github, &ci, &deploy);
        tokio::signal::ctrl_c().await?;
    }
    ci.stop().await?;
    deploy.stop().await?;
    played
}

/// The story that the guides tell.
async fn play(repository: &FakeRepository, timeline: &mut Timeline) -> Result<(), Box<dyn Error>> {
    timeline.say("octocat opens a pull request");
    let number = repository.open_pull_request(FakePullRequest::new("Add a flag").author("octocat"));
    let opened = repository.pull_request(number).head_sha;
    timeline.until_built(&opened, ci_server::CONTEXT).await;

    timeline.say("octocat pushes another commit to it");
    let pushed = repository.push(&repository.pull_request(number).head_ref);
    timeline.until_built(&pushed, ci_server::CONTEXT).await;

    timeline.say("octocat merges it");
    let merged = repository.merge_pull_request(number);
    let deployment = timeline.until_deployed(&merged).await;

    // Everything arrived; nothing else did.
    let built = [("pending", "The build is running"), ("success", "The build succeeded")];
    for sha in [&opened, &pushed] {
        let statuses = repository.statuses(sha).into_iter();
        let statuses =
            statuses.map(|it| (it.state.to_string(), it.description.unwrap_or_default()));
        expect(&format!("the statuses of {}", sha.short()), statuses, &built)?;
    }
    let deployed = [("in_progress", "The deployment is running"), ("success", "Done")];
    let statuses = repository.deployment_statuses(deployment.id).into_iter();
    let statuses = statuses.map(|it| (it.state.to_string(), it.description));
    expect("the deployment's statuses", statuses, &deployed)?;
    let deployments = repository.deployments().into_iter();
    let deployments = deployments.map(|it| (it.r#ref, it.environment));
    let expected = [(merged.as_str(), deploy_server::ENVIRONMENT)];
    expect("the deployments", deployments, &expected)?;
    match repository.github().deliveries().iter().find(|delivery| !delivery.is_ok()) {
        Some(failed) => Err(format!("a delivery failed: {failed}").into()),
        None => Ok(()),
    }
}

fn expect(
    what: &str,
    found: impl Iterator<Item = (String, String)>,
    expected: &[(&str, &str)],
) -> Result<(), Box<dyn Error>> {
    let found: Vec<_> = found.collect();
    if found.iter().map(|(one, two)| (one.as_str(), two.as_str())).eq(expected.iter().copied()) {
        return Ok(());
    }
    Err(format!("{what} should be {expected:?} and are {found:?}").into())
}

fn tell_what_runs(github: &FakeGitHub, ci: &Running, deploy: &Running) {
    let body = r#"{"zen":"Design for failure."}"#;
    let signature = signature::sign(&ci.secret, body.as_bytes());
    println!(
        "
Everything stays up until Ctrl-C:

  the fake GitHub   {api}
  the CI server     {ci}
  the deploy server {deploy}

Ping the CI server as GitHub would:

  curl -i {ci} -d '{body}' \\
    -H 'Content-Type: application/json' -H 'X-GitHub-Event: ping' -H 'X-GitHub-Delivery: 1' \\
    -H 'X-Hub-Signature-256: {signature}'

Start a CI server of your own against the fake GitHub:

  export WEBHOOK_SECRET=secret MY_PERSONAL_TOKEN={TOKEN} GITHUB_API_URL={api}
  cargo run --example ci_server

And deliver a pull request to it, from another terminal:

  WEBHOOK_SECRET=secret cargo run -p hookstead-cli -- deliver pull_request
",
        api = github.api_url(),
        ci = ci.url,
        deploy = deploy.url,
    );
}

/// A server on a free port of loopback.
struct Running {
    url: String,
    secret: WebhookSecret,
    stop: watch::Sender<bool>,
    server: JoinHandle<Result<(), String>>,
}

impl Running {
    fn start(router: Router, inbox: &Path) -> Result<Self, Box<dyn Error>> {
        let secret = WebhookSecret::new(SECRET)?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/event_handler", listener.local_addr()?);
        let server =
            Server::new("/event_handler", secret.clone(), router).inbox(SqliteStore::open(inbox)?);
        let (stop, mut stopped) = watch::channel(false);
        let server = tokio::spawn(async move {
            let stopped = async {
                // A sender that is gone says stop, too.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            server.serve_until(listener, stopped).await.map_err(|error| error.to_string())
        });
        Ok(Self { url, secret, stop, server })
    }

    async fn stop(self) -> Result<(), Box<dyn Error>> {
        self.stop.send_replace(true);
        Ok(self.server.await??)
    }
}

/// A folder for the inboxes that goes away with the demo.
struct Inboxes(PathBuf);

impl Inboxes {
    fn create() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("hookstead-demo-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn file(&self, server: &str) -> PathBuf {
        self.0.join(server).with_extension("db")
    }
}

impl Drop for Inboxes {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}
