//! What a test says about the things that it makes.

use hookstead_signature::WebhookSecret;
use serde_json::{Value, json};

use crate::fail::fail;

/// A pull request to be opened with
/// [`open_pull_request`](crate::Repository::open_pull_request).
///
/// ```
/// use hookstead_testkit::NewPullRequest;
///
/// let flag = NewPullRequest::new("Add a flag").head("feature").label("enhancement");
/// let stranger = NewPullRequest::new("Fix a typo").from_fork("hubot");
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is opened by `Repository::open_pull_request`"]
pub struct NewPullRequest {
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) head: String,
    pub(crate) base: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) fork_of: Option<String>,
    pub(crate) draft: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<String>,
    pub(crate) reviewers: Vec<String>,
}

impl NewPullRequest {
    /// A pull request with this title, by the repository's owner, from the branch `feature` to the
    /// default branch.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            body: None,
            head: "feature".to_owned(),
            base: None,
            author: None,
            fork_of: None,
            draft: false,
            labels: Vec::new(),
            assignees: Vec::new(),
            reviewers: Vec::new(),
        }
    }

    /// The branch it comes from. If there is none, it is made, with one commit.
    pub fn head(mut self, branch: &str) -> Self {
        self.head = branch.to_owned();
        self
    }

    /// The branch it goes to, instead of the default branch.
    pub fn base(mut self, branch: &str) -> Self {
        self.base = Some(branch.to_owned());
        self
    }

    /// The description.
    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    /// The login of the account that opens it.
    pub fn author(mut self, login: &str) -> Self {
        self.author = Some(login.to_owned());
        self
    }

    /// It comes from this account's fork, and that account opens it. The fork's branch is
    /// `owner:branch` to the methods of [`Repository`](crate::Repository).
    pub fn from_fork(mut self, owner: &str) -> Self {
        self.fork_of = Some(owner.to_owned());
        self
    }

    /// It is a draft.
    pub fn draft(mut self) -> Self {
        self.draft = true;
        self
    }

    /// Adds a label.
    pub fn label(mut self, name: &str) -> Self {
        self.labels.push(name.to_owned());
        self
    }

    /// Adds an account that is to care for it.
    pub fn assignee(mut self, login: &str) -> Self {
        self.assignees.push(login.to_owned());
        self
    }

    /// Adds an account that is asked for a review.
    pub fn reviewer(mut self, login: &str) -> Self {
        self.reviewers.push(login.to_owned());
        self
    }
}

/// A webhook to be added with [`create_hook`](crate::Repository::create_hook).
///
/// ```
/// use hookstead_testkit::NewHook;
///
/// let hook = NewHook::new("http://127.0.0.1:4567/event_handler")
///     .secret("It's a Secret to Everybody")
///     .json()
///     .events(["pull_request", "deployment"]);
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is added by `Repository::create_hook`"]
pub struct NewHook {
    pub(crate) url: String,
    pub(crate) secret: Option<WebhookSecret>,
    pub(crate) form: bool,
    pub(crate) events: Vec<String>,
    pub(crate) active: bool,
    pub(crate) insecure_ssl: String,
}

impl NewHook {
    /// A hook with GitHub's defaults: no secret, form bodies, `push` only. Only `http` URLs can be
    /// delivered to.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            secret: None,
            form: true,
            events: vec!["push".to_owned()],
            active: true,
            insecure_ssl: "0".to_owned(),
        }
    }

    /// Signs the deliveries with this secret.
    ///
    /// # Panics
    ///
    /// If the secret is empty, or begins or ends with something invisible.
    #[track_caller]
    pub fn secret(mut self, secret: &str) -> Self {
        match WebhookSecret::new(secret) {
            Ok(secret) => self.secret = Some(secret),
            Err(error) => fail(&error.to_string()),
        }
        self
    }

    /// Sends `application/json` bodies.
    pub fn json(mut self) -> Self {
        self.form = false;
        self
    }

    /// Sends `application/x-www-form-urlencoded` bodies, as GitHub does by default.
    pub fn form(mut self) -> Self {
        self.form = true;
        self
    }

    /// Which events to send; `*` is all.
    pub fn events<'a>(mut self, events: impl IntoIterator<Item = &'a str>) -> Self {
        self.events = events.into_iter().map(str::to_owned).collect();
        self
    }
}

/// A deployment to be made by somebody else than the program under test, with
/// [`create_deployment`](crate::Repository::create_deployment).
///
/// ```
/// use hookstead_testkit::NewDeployment;
/// use serde_json::json;
///
/// let deployment = NewDeployment::new("main")
///     .environment("staging")
///     .payload(json!({"deploy_user": "octocat"}));
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is made by `Repository::create_deployment`"]
pub struct NewDeployment {
    pub(crate) r#ref: String,
    pub(crate) task: String,
    pub(crate) payload: Value,
    pub(crate) environment: String,
    pub(crate) description: Option<String>,
    pub(crate) transient_environment: bool,
    pub(crate) production_environment: Option<bool>,
    pub(crate) auto_merge: bool,
    pub(crate) required_contexts: Option<Vec<String>>,
}

impl NewDeployment {
    /// A deployment of a branch or sha to `production`, without auto-merge and without required
    /// contexts.
    pub fn new(r#ref: &str) -> Self {
        Self {
            r#ref: r#ref.to_owned(),
            task: "deploy".to_owned(),
            payload: json!({}),
            environment: "production".to_owned(),
            description: None,
            transient_environment: false,
            production_environment: None,
            auto_merge: false,
            required_contexts: Some(Vec::new()),
        }
    }

    /// Where to.
    pub fn environment(mut self, environment: &str) -> Self {
        self.environment = environment.to_owned();
        self
    }

    /// What is to be done, instead of `deploy`.
    pub fn task(mut self, task: &str) -> Self {
        self.task = task.to_owned();
        self
    }

    /// The description.
    pub fn description(mut self, description: &str) -> Self {
        self.description = Some(description.to_owned());
        self
    }

    /// The creator's own data. GitHub has objects and strings; `null` was seen too.
    pub fn payload(mut self, payload: Value) -> Self {
        self.payload = payload;
        self
    }
}
