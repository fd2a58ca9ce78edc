//! Several programs, and several versions of one, on one inbox: each does its own, nothing is lost and
//! nothing is done by the wrong one.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead::events::{DecodeError, Event, EventName};
use hookstead::handler::{Attempt, HandlerError};
use hookstead::inbox::{Filter, PostgresStore, SqliteStore, TaskState};
use hookstead::receiver::Limits;
use hookstead::{Handler, Inbox, Router, Server, WebhookSecret, async_trait};
use hookstead_testkit::{Sender, samples};
use hookstead_tests::{Postgres, Program, free_address, say, within};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const SECRET: &str = "It's a Secret to Everybody";

/// A push, whatever is in it.
#[derive(Clone)]
struct Push;

impl Event for Push {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

/// A handler and a delivery.
type Task = (String, String);

/// Who handled what: by task, the versions.
#[derive(Clone, Default)]
struct Done(Arc<Mutex<BTreeMap<Task, Vec<&'static str>>>>);

impl Done {
    fn by(&self, handler: &str) -> BTreeMap<String, Vec<&'static str>> {
        let done = self.0.lock().unwrap();
        let own = done.iter().filter(|((name, _), _)| name == handler);
        own.map(|((_, id), versions)| (id.clone(), versions.clone())).collect()
    }

    /// Waits until a handler has done so many, each once, and returns the versions that did.
    async fn until(&self, handler: &str, number: usize) -> Vec<&'static str> {
        within(async {
            while self.by(handler).len() < number {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        let done = self.by(handler);
        assert_eq!(done.len(), number, "{handler}: {done:?}");
        let mut versions = Vec::new();
        for (id, by) in done {
            let [version] = by[..] else { panic!("{handler} did {id} {} times", by.len()) };
            versions.push(version);
        }
        versions.sort_unstable();
        versions.dedup();
        versions
    }
}

/// Writes down what it does.
struct Scribe {
    version: &'static str,
    done: Done,
}

#[async_trait]
impl Handler<Push> for Scribe {
    async fn handle(&self, _: &Push, attempt: &Attempt) -> Result<(), HandlerError> {
        let task = (attempt.handler().to_string(), attempt.delivery().id.to_string());
        self.done.0.lock().unwrap().entry(task).or_default().push(self.version);
        Ok(())
    }
}

/// Where the inbox of a test is.
enum Place {
    File(TempDir),
    Database { postgres: Postgres, schema: &'static str },
}

impl Place {
    fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    fn database(schema: &'static str) -> Option<Self> {
        Some(Self::Database { postgres: Postgres::start()?, schema })
    }

    async fn inbox(&self, router: Router) -> Inbox {
        match self {
            Self::File(folder) => {
                Inbox::new(SqliteStore::open(folder.path().join("inbox.db")).unwrap(), router)
            }
            Self::Database { postgres, schema } => {
                let options = PostgresStore::options().schema(*schema);
                Inbox::new(options.connect(postgres.url()).await.unwrap(), router)
            }
        }
    }
}

/// A version of a program: which handlers of a push it has.
#[derive(Clone)]
struct Version {
    router: Router,
    version: &'static str,
    done: Done,
}

impl Version {
    fn new(version: &'static str, done: &Done) -> Self {
        Self { router: Router::new().program("ci"), version, done: done.clone() }
    }

    fn with(self, name: &'static str) -> Self {
        self.with_formerly(name, &[])
    }

    fn with_formerly(mut self, name: &'static str, former: &[&'static str]) -> Self {
        let scribe = Scribe { version: self.version, done: self.done.clone() };
        self.router = self.router.on_with::<Push>(scribe, |it| {
            former.iter().fold(it.name(name), |it, former| it.formerly(*former))
        });
        self
    }

    async fn start(&self, place: &Place) -> Running {
        let inbox = place.inbox(self.router.clone()).await;
        let secret = WebhookSecret::new(SECRET).unwrap();
        let limits = Limits::default().leave_delay(Duration::ZERO);
        let server = Server::of("/", secret, inbox.clone())
            .limits(limits)
            .worker(|worker| worker.poll_interval(Duration::from_millis(100)));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        inbox.start().await.unwrap();
        let task = tokio::spawn(async move {
            let stopped = async { stopped.await.unwrap_or_default() };
            server.serve_until(listener, stopped).await.unwrap();
        });
        Running { inbox, address, stop, task }
    }
}

struct Running {
    inbox: Inbox,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Posts so many deliveries.
    async fn push(&self, name: &str, number: usize) {
        for number in 0..number {
            let secret = WebhookSecret::new(SECRET).unwrap();
            let sender = Sender::new(&format!("http://{}/", self.address), secret).unwrap();
            let id = format!("{name}-{number}");
            let answer = sender.delivery_id(&id).send("push", "{}".to_owned()).await.unwrap();
            assert_eq!(answer.status, 202, "{}", answer.text());
        }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        within(self.task).await.unwrap();
    }
}

/// How many tasks of a name wait.
async fn waiting(inbox: &Inbox, name: &str) -> usize {
    let filter = Filter::default().of_name(name.parse().unwrap()).at_most(usize::MAX);
    let tasks = inbox.list(filter).all().await.unwrap();
    tasks.iter().filter(|task| task.state == TaskState::Ready).count()
}

/// An old version, a new one with one more handler, and back again.
async fn a_handler_is_added(place: Place) {
    let done = Done::default();
    let old = Version::new("old", &done).with("build");
    let new = Version::new("new", &done).with("build").with("audit");

    let running = old.start(&place).await;
    running.push("before", 5).await;
    done.until("ci.build", 5).await;
    // Both run, and both receive. What the old one receives is the new handler's work, too.
    let newer = new.start(&place).await;
    running.push("to-old", 10).await;
    newer.push("to-new", 10).await;
    done.until("ci.build", 25).await;
    assert_eq!(done.until("ci.audit", 20).await, ["new"]);

    // Back to the old one alone: it leaves what is not its own.
    newer.stop().await;
    running.push("back", 10).await;
    done.until("ci.build", 35).await;
    assert_eq!(waiting(&running.inbox, "ci.audit").await, 10);
    running.stop().await;
    let newer = new.start(&place).await;
    assert_eq!(done.until("ci.audit", 30).await, ["new"]);
    done.until("ci.build", 35).await;
    newer.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_is_added_on_sqlite() {
    a_handler_is_added(Place::file()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_is_added_on_postgres() {
    let Some(place) = Place::database("added") else { return };
    a_handler_is_added(place).await;
}

async fn a_handler_is_removed(place: Place) {
    let done = Done::default();
    let old = Version::new("old", &done).with("build").with("audit");
    let new = Version::new("new", &done).with("build");

    let running = old.start(&place).await;
    let newer = new.start(&place).await;
    running.push("to-old", 10).await;
    newer.push("to-new", 10).await;
    done.until("ci.build", 20).await;
    assert_eq!(done.until("ci.audit", 20).await, ["old"]);

    running.stop().await;
    newer.push("alone", 10).await;
    done.until("ci.build", 30).await;
    // Nobody settles what nobody can do: it waits, with its name.
    assert_eq!(waiting(&newer.inbox, "ci.audit").await, 10);
    let depth = newer.inbox.depth().await.unwrap();
    let audit = depth.names.iter().find(|it| it.name.as_str() == "ci.audit").unwrap();
    assert_eq!((audit.ready, audit.leased), (10, 0));

    // Back to the old version.
    newer.stop().await;
    let running = old.start(&place).await;
    assert_eq!(done.until("ci.audit", 30).await, ["old"]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_is_removed_on_sqlite() {
    a_handler_is_removed(Place::file()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_is_removed_on_postgres() {
    let Some(place) = Place::database("removed") else { return };
    a_handler_is_removed(place).await;
}

async fn a_handler_is_renamed(place: Place) {
    let done = Done::default();
    let old = Version::new("old", &done).with("build");
    let new = Version::new("new", &done).with_formerly("compile", &["build"]);
    let all = |done: &Done| {
        let (before, after) = (done.by("ci.build"), done.by("ci.compile"));
        for (id, versions) in before.iter().chain(&after) {
            assert_eq!(versions.len(), 1, "{id}: {versions:?}");
        }
        assert!(before.keys().all(|id| !after.contains_key(id)), "{before:?} {after:?}");
        before.len() + after.len()
    };
    let until = async |done: &Done, number: usize| {
        within(async {
            while all(done) < number {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        assert_eq!(all(done), number);
    };

    let running = old.start(&place).await;
    running.push("before", 5).await;
    until(&done, 5).await;
    // One task for each delivery, whoever receives it; either version does it.
    let newer = new.start(&place).await;
    running.push("to-old", 10).await;
    newer.push("to-new", 10).await;
    until(&done, 25).await;
    running.stop().await;
    newer.push("alone", 10).await;
    until(&done, 35).await;
    newer.stop().await;
    // And back.
    let running = old.start(&place).await;
    running.push("back", 10).await;
    until(&done, 45).await;
    let tasks = running.inbox.list(Filter::default().at_most(usize::MAX)).all().await.unwrap();
    assert_eq!(tasks.len(), 45);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_is_renamed_on_sqlite() {
    a_handler_is_renamed(Place::file()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_is_renamed_on_postgres() {
    let Some(place) = Place::database("renamed") else { return };
    a_handler_is_renamed(place).await;
}

/// The guides' two servers on one inbox: ten deliveries to each hook, that only one of them can handle.
async fn both_guides(folder: TempDir, inbox: &str) {
    let start = async |example: &str| {
        let listen = free_address();
        let environment = [
            ("WEBHOOK_SECRET", SECRET),
            ("MY_PERSONAL_TOKEN", "token"),
            ("GITHUB_API_URL", "http://127.0.0.1:9"),
            ("LISTEN", &listen.to_string()),
            ("INBOX", inbox),
        ];
        let mut program = Program::start(example, folder.path(), &environment);
        program.line("Listening at").await;
        let listening = async {
            while tokio::net::TcpStream::connect(listen).await.is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        within(listening).await;
        (program, listen)
    };
    let (ci, ci_listen) = start("ci_server").await;
    let (mut deploy, deploy_listen) = start("deploy_server").await;
    let payload = samples::payload(&EventName::DeploymentStatus).unwrap().to_string();
    // GitHub sends the same id to both hooks. One has no handler for it, and keeps nothing.
    for number in 0..10 {
        for (hook, listen, status) in [(1, ci_listen, 200), (2, deploy_listen, 202)] {
            let url = format!("http://{listen}/event_handler");
            let sender = Sender::new(&url, WebhookSecret::new(SECRET).unwrap()).unwrap();
            let sender = sender.delivery_id(number.to_string()).hook_id(hook);
            let answer = sender.send("deployment_status", payload.clone()).await.unwrap();
            assert_eq!(answer.status, status, "{}", answer.text());
        }
    }
    for _ in 0..10 {
        deploy.line("Deployment status for ").await;
    }
    let list = async || {
        let environment = [("INBOX", inbox)];
        let ended =
            Program::run("hookstead", &["inbox", "--json", "list"], folder.path(), &environment)
                .await;
        serde_json::from_str::<serde_json::Value>(&ended.stdout).unwrap()
    };
    let tasks = within(async {
        loop {
            let tasks = list().await.as_array().unwrap().clone();
            if tasks.iter().all(|task| task["state"] == "done") {
                return tasks;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(tasks.len(), 10);
    for task in tasks {
        assert_eq!(task["handler"], "deploy_server.deployment_status");
        assert_eq!(task["attempts"], 1);
    }
    let (_, said) = ci.terminate().await;
    assert!(!said.contains("Deployment status"), "{said}");
    let (_, said) = deploy.terminate().await;
    assert!(!said.contains("Deployment status"), "more than ten: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_guides_on_one_sqlite_inbox() {
    let folder = tempfile::tempdir().unwrap();
    let inbox: PathBuf = folder.path().join("both.db");
    both_guides(folder, inbox.to_str().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_guides_on_one_postgres_inbox() {
    let Some(postgres) = Postgres::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    // It ends either way: the address is taken.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let environment =
        [("WEBHOOK_SECRET", SECRET), ("LISTEN", listen.as_str()), ("INBOX", postgres.url())];
    let probe = within(Program::run("hello", &[], folder.path(), &environment)).await;
    if probe.stderr.contains("built without") {
        say("SKIPPED: the guides on PostgreSQL; build the examples with `--features postgres`.");
        return;
    }
    let environment = [("INBOX", postgres.url())];
    let migrate = || Program::run("hookstead", &["migrate"], folder.path(), &environment);
    for _ in 0..2 {
        let ended = within(migrate()).await;
        assert!(ended.status.success(), "{ended:?}");
    }
    both_guides(folder, postgres.url()).await;
}
