use std::sync::LazyLock;
use std::time::Duration;

use hookstead::client::{
    AppKey, Client, Credentials, HookDeliveries, Hooks, MergeAction, MergeOptions,
    MergeRequestOutcome, Method, NewCheckRun, RateLimitPolicy, Repo, RetryPolicy, Token,
};
use hookstead::events::Sha;
use hookstead_testkit::{FakeDeployment, FakeGitHub, FakeHook, FakePullRequest, FakeRepository};

use crate::call::{Call, Caller};

pub(crate) const TOKEN: &str = "ghp_never_to_be_seen";
pub(crate) const HOOK_SECRET: &str = "s3cret-of-hooks";
pub(crate) const ORGANIZATION: &str = "octo-org";

/// Making one takes longer than playing a cell.
static KEY: LazyLock<String> = LazyLock::new(|| {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem()
});

/// A GitHub with whatever the calls are about, and a client for it.
pub(crate) struct Stage {
    pub(crate) github: FakeGitHub,
    pub(crate) repository: FakeRepository,
    pub(crate) client: Client,
    pub(crate) repo: Repo,
    /// Of the pull request.
    pub(crate) head: Sha,
    pub(crate) pull_request: u64,
    pub(crate) deployment: u64,
    pub(crate) deployment_status: u64,
    pub(crate) installation: u64,
    /// On the pull request.
    pub(crate) comment: u64,
    /// Reactions of the client's account, to the pull request and to the comment.
    pub(crate) reactions: [u64; 2],
    /// These are 0 where nobody asks for them.
    pub(crate) check_run: u64,
    pub(crate) check_suite: u64,
    pub(crate) hook: u64,
    /// Of the hook's last delivery.
    pub(crate) delivery: u64,
    /// Empty where nobody asks for it.
    pub(crate) merge: String,
}

impl Stage {
    /// The stage for a call. What was requested to set it is over when it is there.
    pub(crate) async fn set_for(call: &Call) -> Self {
        let github = FakeGitHub::builder().token(TOKEN).start().await;
        let repository = github.create_organization(ORGANIZATION).create_repository("hello-world");
        let pull_request =
            repository.open_pull_request(FakePullRequest::new("Add a flag").label("ready"));
        let head = repository.pull_request(pull_request).head_sha;
        repository.push("topic");
        let deployment = repository.create_deployment(FakeDeployment::new("main")).id;
        let pending = hookstead::events::DeploymentState::Pending;
        let deployment_status = repository.create_deployment_status(deployment, pending).id;
        let comment = repository.comment(pull_request, "monalisa", "Nice");
        let reactions = [
            repository.react(pull_request, "hookstead-ci", "heart"),
            repository.react_to_comment(comment, "hookstead-ci", "heart"),
        ];
        let installation = github.app().install_on(&repository);
        let client = client(&github, call.caller, installation);
        let repo = client.repo(&repository.name());
        let mut stage = Self {
            github,
            repository,
            client,
            repo,
            head,
            pull_request,
            deployment,
            deployment_status,
            installation,
            comment,
            reactions,
            check_run: 0,
            check_suite: 0,
            hook: 0,
            delivery: 0,
            merge: String::new(),
        };
        if call.caller == Caller::Installation {
            // The installation has its token then, which the fault is not meant for.
            let run = NewCheckRun::queued();
            let run = stage.repo.create_check_run(&stage.head, "ci", &run).await.unwrap();
            stage.check_run = run.id;
            stage.check_suite = run.check_suite.unwrap().id;
        }
        if call.target.has("/merge-async/") {
            stage.merge = stage.request_merge().await;
        }
        if call.target.has("/hook") {
            stage.add_hook(call).await;
        }
        stage
    }

    async fn request_merge(&self) -> String {
        let (action, options) = (MergeAction::Default, MergeOptions::new());
        let requested =
            self.repo.request_merge(self.pull_request, &self.head, &action, &options).await;
        let MergeRequestOutcome::Accepted(merge) = requested.unwrap() else { panic!("refused") };
        let uuid = merge.uuid.unwrap();
        // Who asks for the second time is told the end.
        self.repo.merge_request(self.pull_request, &uuid).await.unwrap();
        uuid
    }

    async fn add_hook(&mut self, call: &Call) {
        // Nobody listens there, which is a delivery like any other; nor does the system hand this port
        // out, as it does with a free one, to the fake of another cell.
        let hook = FakeHook::new("http://127.0.0.1:9/");
        let hook = hook.secret(HOOK_SECRET).events(["watch"]);
        self.hook = if call.target.is_of_repository() {
            self.repository.create_hook(hook)
        } else if call.caller == Caller::App {
            self.github.app().set_hook(hook)
        } else {
            self.github.organization(ORGANIZATION).create_hook(hook)
        };
        let hook = self.hook;
        let ping = self.github.wait_for_delivery("the ping", |it| it.hook_id == hook).await;
        self.delivery = ping.id;
    }

    /// How many writes the server has carried out, but for the tokens that an installation gets for
    /// itself.
    pub(crate) fn writes_carried_out(&self) -> usize {
        let requests = self.github.requests();
        let writes = requests.iter().filter(|it| it.effect && it.method != Method::GET);
        writes.count() - self.tokens_given_out()
    }

    pub(crate) fn tokens_given_out(&self) -> usize {
        let requests = self.github.requests();
        requests.iter().filter(|it| it.effect && it.path.ends_with("/access_tokens")).count()
    }

    pub(crate) fn organization_hooks(&self) -> Hooks {
        self.client.organization_hooks(ORGANIZATION)
    }

    pub(crate) fn app_deliveries(&self) -> HookDeliveries {
        self.client.app_hook_deliveries()
    }
}

fn client(github: &FakeGitHub, caller: Caller, installation: u64) -> Client {
    let key = || AppKey::from_pem(github.app().client_id(), KEY.as_str()).unwrap();
    let credentials: Credentials = match caller {
        Caller::User => Token::new(TOKEN).unwrap().into(),
        Caller::App | Caller::Installation => key().into(),
    };
    let client = Client::builder(credentials)
        .base_url(github.api_url())
        .retries(
            RetryPolicy::new()
                .first_delay(Duration::from_millis(1))
                .young_token(3, Duration::from_millis(1)),
        )
        .rate_limits(RateLimitPolicy::new().longest_wait(Duration::from_secs(30)))
        .build()
        .unwrap();
    match caller {
        Caller::Installation => client.for_installation(installation),
        Caller::User | Caller::App => client,
    }
}
