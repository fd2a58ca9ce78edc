use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use tokio::time::{Instant, timeout_at};

use crate::fail::fail;
use crate::git::program;
use crate::shared::Shared;
use crate::traffic::delivery::RecordedDelivery;
use crate::traffic::fault::Fault;
use crate::traffic::mount::Mount;
use crate::traffic::request::RecordedRequest;
use crate::traffic::route::{Route, RouteAnswer, RouteRequest};

/// Who waits looks again after this time, even if nothing changed in the fake.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A GitHub of one's own. See the [crate's documentation](crate).
///
/// Cloning gives another handle to the same fake. It stops when the last handle, the
/// repositories' included, is dropped.
#[derive(Clone)]
pub struct FakeGitHub {
    running: Arc<Running>,
}

/// Stops the fake when dropped.
struct Running {
    shared: Arc<Shared>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

impl FakeGitHub {
    /// A handle to a fake that is served already.
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { running: Arc::new(Running { shared }) }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.running.shared
    }

    /// Whether this machine has the program `git`, in a version that [`with_git`](crate::FakeRepository::with_git)
    /// can use. For tests that do without where it has not.
    #[must_use]
    pub fn has_git() -> bool {
        program::is_there()
    }

    /// The API's address for a client, path prefix included, without a slash at its end.
    #[must_use]
    pub fn api_url(&self) -> String {
        self.shared().settings.api_url.clone()
    }

    /// Lets something go wrong with the API requests to come, and with those of git's clients. See [`Fault`].
    pub fn inject(&self, fault: Fault) {
        self.shared().update_all(|fake| fake.faults.add(fault));
    }

    /// The faults that have not hit as many requests as they are to, in the order of their injection.
    #[must_use]
    pub fn pending_faults(&self) -> Vec<Fault> {
        self.shared().read_all(|fake| fake.faults.waiting().to_vec())
    }

    /// Takes all faults back that are left: the outage is over.
    pub fn clear_faults(&self) {
        self.shared().update_all(|fake| fake.faults.clear());
    }

    /// Answers the requests of this method to this path with a function of the test's own. It takes the place of
    /// the fake's own answer, and is for the parts of GitHub's API that the fake does not know.
    ///
    /// In the path, below the API's prefix, `{name}` stands for one segment and `{name*}` for one or more; the
    /// function finds them as [`RouteRequest::parameter`]. What holds for every request holds for these, too:
    /// they need a `User-Agent` and a token, meet [faults](Self::inject) and are among the
    /// [requests](Self::requests). Of several routes for one request the last one added answers. The function
    /// may use this fake.
    ///
    /// ```
    /// use hookstead_testkit::{FakeGitHub, RouteAnswer};
    /// use http::Method;
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let github = FakeGitHub::start().await;
    /// github.on(Method::GET, "/repos/{owner}/{repo}/topics", |request| {
    ///     RouteAnswer::json(200, json!({ "names": [request.parameter("repo")] }))
    /// });
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the path does not begin with a slash.
    #[track_caller]
    pub fn on(
        &self,
        method: Method,
        path: &str,
        answer: impl Fn(&RouteRequest) -> RouteAnswer + Send + Sync + 'static,
    ) {
        if !path.starts_with('/') {
            fail(&format!("{path:?} is no path of the API, it begins with no slash"));
        }
        let route = Route::new(method, path, answer);
        self.shared().update_all(|fake| fake.routes.push(route));
    }

    /// Answers every request to this path and below it with a function of one's own. This is for what is no part
    /// of GitHub: a page that shows the fake, or calls that control it.
    ///
    /// The API's rules do not hold for these requests: they need no token, meet no [faults](Self::inject) and are
    /// not among the [requests](Self::requests). The path is that of the server, above the API's prefix. A body of
    /// more than 32 MiB is answered 413. The function may use this fake, but a handle that it owns keeps the fake
    /// running.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use hookstead_testkit::FakeGitHub;
    /// use http::Response;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let github = FakeGitHub::start().await;
    /// github.mount("/metrics", |_request| async { Response::new(Bytes::from("requests 0\n")) });
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the path does not begin with a slash.
    #[track_caller]
    pub fn mount<F>(&self, path: &str, answer: impl Fn(Request<Bytes>) -> F + Send + Sync + 'static)
    where
        F: Future<Output = Response<Bytes>> + Send + 'static,
    {
        if !path.starts_with('/') {
            fail(&format!("{path:?} is no path of a server, it begins with no slash"));
        }
        let mount = Mount::new(path, answer);
        self.shared().update_all(|fake| fake.mounts.push(mount));
    }

    /// Forgets the requests so far: what [`requests`](Self::requests) lists begins anew.
    pub fn clear_requests(&self) {
        self.shared().update_all(|fake| fake.requests.clear());
    }

    /// The API requests and those of git's clients so far, the oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared().read_all(|fake| fake.requests.clone())
    }

    /// The webhook deliveries finished so far, the oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<RecordedDelivery> {
        self.shared().read_all(|fake| fake.deliveries.finished.clone())
    }

    /// How many webhook deliveries are under way.
    #[must_use]
    pub fn pending_deliveries(&self) -> usize {
        self.shared().read_all(|fake| fake.deliveries.pending)
    }

    /// Delivers once more what [`RecordedDelivery::id`] names, with the same GUID: GitHub's
    /// *Redeliver* button.
    ///
    /// # Panics
    ///
    /// If there is no such delivery.
    #[track_caller]
    pub fn redeliver(&self, delivery: u64) {
        if !self.shared().update_all(|fake| fake.redeliver(delivery)) {
            fail(&format!("there is no delivery {delivery} in {self}"));
        }
    }

    /// Waits until `probe` finds something. It looks again whenever something changed in this
    /// fake, by a test, an API request or a finished delivery, so nobody has to sleep. It also looks every
    /// 20 ms, for a probe may look at other things as well, a file or a database. `what` is what the message names if it
    /// never happens.
    ///
    /// ```
    /// # use hookstead_testkit::FakeGitHub;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let github = FakeGitHub::start().await;
    /// # let repository = github.create_repository("octocat/hello-world");
    /// # repository.create_deployment(hookstead_testkit::FakeDeployment::new("main"));
    /// let deployment = github
    ///     .wait_until("a deployment", || repository.deployments().into_iter().next())
    ///     .await;
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If nothing is found within the
    /// [builder's `wait_deadline`](crate::FakeGitHubBuilder::wait_deadline); the message lists what there is.
    pub async fn wait_until<T>(&self, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
        let timeout = self.shared().settings.wait_deadline;
        let deadline = Instant::now() + timeout;
        let mut changes = self.shared().changes();
        loop {
            // Before looking: a change after that ends the wait below at once.
            changes.mark_unchanged();
            if let Some(found) = probe() {
                return found;
            }
            if Instant::now() >= deadline {
                fail(&format!("waited {timeout:?} for {what} in vain; there is {self}"));
            }
            // What the probe looks at besides may change without a word to this fake.
            let next_look = deadline.min(Instant::now() + LOOK_AGAIN);
            let _changed_or_late = timeout_at(next_look, changes.changed()).await;
        }
    }

    /// Waits for a finished delivery that satisfies the condition; the first one if there are
    /// several.
    ///
    /// # Panics
    ///
    /// Panics as [`wait_until`](Self::wait_until) does.
    pub async fn wait_for_delivery(
        &self,
        what: &str,
        mut is_it: impl FnMut(&RecordedDelivery) -> bool,
    ) -> RecordedDelivery {
        self.wait_until(what, || {
            let deliveries = self.deliveries();
            deliveries.into_iter().find(|delivery| is_it(delivery))
        })
        .await
    }
}

/// Everything there is, for a person who wonders why a test failed.
impl fmt::Display for FakeGitHub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.shared().read_all(|fake| {
            writeln!(text, "a fake GitHub at {}", self.shared().settings.api_url)?;
            for repository in &fake.world.repositories {
                writeln!(text, "repository {}", repository.name)?;
                list(&mut text, "pull requests", &repository.pull_requests)?;
                list(&mut text, "statuses", &repository.statuses)?;
                list(&mut text, "check runs", &repository.check_runs)?;
                list(&mut text, "deployments", &repository.deployments)?;
                list(&mut text, "deployment statuses", &repository.deployment_statuses)?;
                let hooks = repository.hooks.iter();
                let hooks: Vec<String> =
                    hooks.map(|hook| format!("{} to {}", hook.id, hook.settings.url)).collect();
                list(&mut text, "hooks", &hooks)?;
            }
            list(&mut text, "deliveries", &fake.deliveries.finished)?;
            writeln!(text, "  {} deliveries under way", fake.deliveries.pending)?;
            if !fake.faults.waiting().is_empty() {
                list(&mut text, "faults to come", fake.faults.waiting())?;
            }
            list(&mut text, "API requests", &fake.requests)
        })?;
        formatter.write_str(text.trim_end())
    }
}

/// The end of a list: in a long one the news is there.
const SHOWN: usize = 30;

fn list(text: &mut String, what: &str, entries: &[impl fmt::Display]) -> fmt::Result {
    if entries.is_empty() {
        return writeln!(text, "  no {what}");
    }
    writeln!(text, "  {what}:")?;
    let hidden = entries.len().saturating_sub(SHOWN);
    if hidden > 0 {
        writeln!(text, "    ... {hidden} earlier ones")?;
    }
    entries.iter().skip(hidden).try_for_each(|entry| writeln!(text, "    {entry}"))
}

impl fmt::Debug for FakeGitHub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FakeGitHub").field("api_url", &self.api_url()).finish()
    }
}
