use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::sync::LazyLock;
use std::time::Duration;

use hookstead::client::{
    AppKey, Client, Credentials, Method, RateLimitPolicy, Repo, RetryPolicy, Token,
};
use hookstead::events::{PullRequestEvent, PushEvent};
use hookstead::inbox::SqliteStore;
use hookstead::receiver::Limits;
use hookstead::recovery::{FailedEvent, HookRef, Recovery};
use hookstead::{Attempt, Inbox, Router, Server, WebhookSecret, handler_fn};
use hookstead_testkit::{
    FakeGitHub, FakeGitHubBuilder, FakeHook, FakeRepository, RecordedDelivery,
};
use hookstead_tests::{free_address, within};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
pub(crate) const SECRET: &str = "s3cret";

/// Hundreds of deliveries at once take their time on a busy machine; none of them is to fail for that.
const PATIENCE: Duration = Duration::from_secs(120);

static KEY: LazyLock<String> = LazyLock::new(|| {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem()
});

/// A repository of an organization, and a server for pushes that can be switched off and on.
pub(crate) struct Stage {
    pub(crate) github: FakeGitHub,
    pub(crate) repository: FakeRepository,
    pub(crate) inbox: Inbox,
    /// Where the server listens when it is on.
    address: SocketAddr,
    /// What was handled: the delivery's id and its hook.
    handled: UnboundedReceiver<(String, u64)>,
    folder: TempDir,
}

impl Stage {
    pub(crate) async fn set(github: FakeGitHubBuilder) -> Self {
        let github = github.wait_deadline(PATIENCE).delivery_deadline(PATIENCE).start().await;
        let repository = github.create_organization("octo-org").create_repository("hello-world");
        let folder = tempfile::tempdir().unwrap();
        let (note, handled) = unbounded_channel();
        let handler = handler_fn(move |_: PushEvent, attempt: Attempt| {
            let delivery = attempt.delivery();
            let noted = note.send((delivery.id.to_string(), delivery.hook.unwrap()));
            async move { Ok(noted?) }
        });
        let declines = handler_fn(async |_: PullRequestEvent, _: Attempt| Ok(()));
        let router = Router::new()
            .program("stage")
            .on::<PushEvent>(handler)
            .on_with::<PullRequestEvent>(declines, |it| it.when(|_| false));
        let address = free_address();
        let inbox = inbox(&folder, router);
        Self { github, repository, inbox, address, handled, folder }
    }

    /// The file of the inbox.
    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("inbox.db")
    }

    /// The inbox of another process of the same program, on the same store.
    pub(crate) fn other_inbox(&self) -> Inbox {
        inbox(&self.folder, self.inbox.router().clone())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/event_handler", self.address)
    }

    /// A hook that delivers pushes to the server.
    pub(crate) fn hook(&self) -> FakeHook {
        FakeHook::new(&self.url()).secret(SECRET).events(["push"])
    }

    /// A client that repeats nothing and waits for nothing, not even between writes: these waits are
    /// the client's own tests' concern, and hundreds of them would take minutes.
    pub(crate) fn client(&self) -> Client {
        self.client_as(Token::new("any").unwrap())
    }

    pub(crate) fn app_client(&self) -> Client {
        self.client_as(AppKey::from_pem(self.github.app().client_id(), KEY.as_str()).unwrap())
    }

    fn client_as(&self, credentials: impl Into<Credentials>) -> Client {
        let limits =
            RateLimitPolicy::new().write_interval(Duration::ZERO).longest_wait(Duration::ZERO);
        Client::builder(credentials)
            .base_url(self.github.api_url())
            .rate_limits(limits)
            .retries(RetryPolicy::never())
            .build()
            .unwrap()
    }

    pub(crate) fn repo(&self) -> Repo {
        self.client().repo(&self.repository.name())
    }

    pub(crate) fn recovery(&self, hook: impl Into<HookRef>) -> Recovery {
        Recovery::of_repository_hook(&self.repo(), hook, self.inbox.clone())
    }

    /// As [`recovery`](Self::recovery), without any patience.
    pub(crate) fn hasty(&self, hook: impl Into<HookRef>) -> Recovery {
        self.recovery(hook).margin(Duration::ZERO).longest_delay(Duration::ZERO)
    }

    pub(crate) fn limits() -> Limits {
        Limits::default().body_deadline(PATIENCE).head_deadline(PATIENCE)
    }

    pub(crate) fn server(&self) -> Server {
        let secret = WebhookSecret::new(SECRET).unwrap();
        Server::of("/event_handler", secret, self.inbox.clone()).limits(Self::limits())
    }

    /// A server of long ago at the same place, that knows of no handler and of no inbox.
    pub(crate) fn server_that_ignores(&self) -> Server {
        let secret = WebhookSecret::new(SECRET).unwrap();
        Server::new("/event_handler", secret, Router::new()).limits(Self::limits())
    }

    /// Switches the server on, with this beside it.
    pub(crate) fn switch_on(&self, server: Server, recovery: Option<Recovery>) -> Running {
        let listener = TcpListener::bind(self.address).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = server.serve_until(listener, async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(async move {
            match recovery {
                Some(recovery) => recovery.run_until(serving).await.unwrap(),
                None => serving.await.unwrap(),
            }
        });
        Running { stop, task }
    }

    /// Pushes so often, waits until GitHub has tried to tell this hook, and returns the events' ids.
    pub(crate) async fn push(&self, times: usize, hook: u64) -> BTreeSet<String> {
        let before = self.pushes(hook);
        for _ in 0..times {
            self.repository.push("main");
        }
        self.silence().await;
        self.pushes(hook).difference(&before).cloned().collect()
    }

    fn pushes(&self, hook: u64) -> BTreeSet<String> {
        let is_push = |it: &RecordedDelivery| it.hook_id == hook && it.name() == "push";
        self.github.deliveries().into_iter().filter(is_push).map(|it| it.guid).collect()
    }

    /// Which of these the inbox knows.
    pub(crate) async fn known(&self, ids: &BTreeSet<String>) -> Vec<String> {
        let ids: Vec<_> = ids.iter().map(|id| id.parse().unwrap()).collect();
        let known = self.inbox.known(&ids).await.unwrap();
        known.iter().map(ToString::to_string).collect()
    }

    /// Waits until no delivery is under way.
    pub(crate) async fn silence(&self) {
        let github = &self.github;
        github.wait_until("silence", || (github.pending_deliveries() == 0).then_some(())).await;
    }

    /// Waits until these are handled, each once for this hook, and checks that nothing else was.
    pub(crate) async fn handles(&mut self, ids: &BTreeSet<String>, hook: u64) {
        let mut handled = Vec::new();
        while handled.len() < ids.len() {
            handled.push(within(self.handled.recv()).await.unwrap());
        }
        self.silence().await;
        within(async {
            loop {
                let depth = self.inbox.depth().await.unwrap();
                if depth.names.iter().all(|it| it.ready + it.leased + it.delayed + it.blocked == 0)
                {
                    break;
                }
                tokio::task::yield_now().await;
            }
        })
        .await;
        while let Ok(more) = self.handled.try_recv() {
            handled.push(more);
        }
        handled.sort();
        let expected: Vec<_> = ids.iter().map(|id| (id.clone(), hook)).collect();
        assert_eq!(handled, expected);
    }

    /// Waits until the recovery that runs has begun so many rounds.
    pub(crate) async fn rounds(&self, count: usize) {
        let what = format!("{count} rounds of the recovery");
        self.github.wait_until(&what, || (self.lists().0 >= count).then_some(())).await;
    }

    /// How often a list of deliveries was asked for from its beginning, and how often it was gone on
    /// with.
    pub(crate) fn lists(&self) -> (usize, usize) {
        let requests = self.github.requests();
        let lists = requests.iter().filter(|it| it.path.ends_with("/deliveries"));
        let (pages, firsts): (Vec<_>, Vec<_>) = lists.partition(|it| it.query.contains("cursor"));
        (firsts.len(), pages.len())
    }

    /// The ids of the events that the API was asked to redeliver, in the order of the requests.
    pub(crate) fn asked(&self) -> Vec<String> {
        let deliveries = self.github.deliveries();
        let requests = self.github.requests().into_iter();
        let attempts = requests.filter(|it| it.method == Method::POST && it.effect);
        let asked = attempts.filter_map(|it| {
            let id = it.path.strip_suffix("/attempts")?.rsplit('/').next()?.parse::<u64>().ok()?;
            let delivery = deliveries.iter().find(|it| it.id == id).unwrap();
            assert!(!delivery.is_ok(), "{delivery} was asked for again");
            Some(delivery.guid.clone())
        });
        asked.collect()
    }
}

fn inbox(folder: &TempDir, router: Router) -> Inbox {
    let store = SqliteStore::open(folder.path().join("inbox.db")).unwrap();
    Inbox::new(store, router).accept_deadline(PATIENCE)
}

/// A server that is on.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn switch_off(self) {
        self.stop.send(()).unwrap();
        within(self.task).await.unwrap();
    }
}

pub(crate) fn ids(events: &[FailedEvent]) -> BTreeSet<String> {
    events.iter().map(|event| event.guid.clone()).collect()
}

pub(crate) fn set(ids: &[String]) -> BTreeSet<String> {
    ids.iter().cloned().collect()
}
