use std::fmt;

use hookstead_types::{DeploymentState, RepoName, Sha, StatusState};

use crate::fail::fail;
use crate::github::FakeGitHub;
use crate::objects::check_run::RecordedCheckRun;
use crate::objects::deployment::{FakeDeployment, RecordedDeployment};
use crate::objects::deployment_status::RecordedDeploymentStatus;
use crate::objects::hook::FakeHook;
use crate::objects::pull_request::{FakePullRequest, RecordedPullRequest};
use crate::objects::status::RecordedStatus;
use crate::state::changes::deployments::NewDeploymentStatus;
use crate::state::changes::statuses::NewStatus;
use crate::state::merge::MergeMethod;
use crate::state::repository::RepositoryState;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// The repositories.
impl FakeGitHub {
    /// Adds a repository `owner/name` with one commit on its default branch `main`. The owner is
    /// a person, and the one who acts in this repository unless a method takes somebody else.
    ///
    /// # Panics
    ///
    /// If the name is malformed or taken.
    #[track_caller]
    pub fn create_repository(&self, name: &str) -> FakeRepository {
        let Ok(name) = name.parse::<RepoName>() else {
            fail(&format!("{name:?} is no repository name, expected `owner/name`"));
        };
        self.add_repository(&name, false)
    }

    #[track_caller]
    pub(crate) fn add_repository(&self, name: &RepoName, of_organization: bool) -> FakeRepository {
        let created = self.shared().update(|world| {
            let free = world.find_repository(name).is_none();
            free.then(|| world.create_repository(name.clone(), "main", of_organization))
        });
        match created {
            Some(at) => FakeRepository::new(self.clone(), at),
            None => fail(&format!("there is a repository {name} already")),
        }
    }

    /// The repository `owner/name`.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    #[must_use]
    pub fn repository(&self, name: &str) -> FakeRepository {
        let found = name.parse::<RepoName>().ok();
        match found.and_then(|name| self.shared().read(|world| world.find_repository(&name))) {
            Some(at) => FakeRepository::new(self.clone(), at),
            None => fail(&format!("there is no repository {name:?} in {self}")),
        }
    }
}

/// A repository of a [`FakeGitHub`]: what people do in it, and what it holds.
///
/// People's actions send webhooks to the repository's hooks and return at once; the deliveries
/// follow in the background. The owner is the one who acts.
#[derive(Clone)]
pub struct FakeRepository {
    github: FakeGitHub,
    at: RepositoryIndex,
}

/// What people do.
impl FakeRepository {
    pub(crate) fn new(github: FakeGitHub, at: RepositoryIndex) -> Self {
        Self { github, at }
    }

    /// Adds a webhook and returns its id. GitHub sends it a `ping`.
    pub fn create_hook(&self, hook: FakeHook) -> u64 {
        self.update(|world| world.create_hook(self.at, hook))
    }

    /// Opens a pull request and returns its number. Sends `pull_request` (`opened`), and `push` and
    /// `create` if its branch had to be made.
    ///
    /// # Panics
    ///
    /// If there is no base branch of that name.
    #[track_caller]
    pub fn open_pull_request(&self, new: FakePullRequest) -> u64 {
        self.update(|world| world.open_pull_request(self.at, new))
    }

    /// Gives the repository another name, under the same owner. Sends `repository` (`renamed`).
    ///
    /// From now on the API redirects who uses the old name: reads with 301, writes with 307, to the
    /// address by number, `/repositories/{id}/...`, which is served.
    ///
    /// ```
    /// use hookstead_testkit::FakeGitHub;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let github = FakeGitHub::start().await;
    /// let repository = github.create_repository("octocat/hello-world");
    /// repository.rename("hello-earth");
    /// assert_eq!(repository.name().to_string(), "octocat/hello-earth");
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the name is malformed or taken.
    #[track_caller]
    pub fn rename(&self, name: &str) {
        let owner = self.owner();
        let Ok(new) = RepoName::new(&owner, name) else {
            fail(&format!("{name:?} is no name of a repository"));
        };
        if !self.update(|world| world.rename(self.at, new.clone(), &owner)) {
            fail(&format!("{self} cannot become {new}: there is such a repository already"));
        }
    }

    /// Pushes a commit to a branch and returns its sha. A branch that is not there starts from the
    /// default branch. Sends `push`, `create` for a new branch, and `pull_request` (`synchronize`) for
    /// every open pull request from this branch. With git, the commit adds a file that no other has.
    pub fn push(&self, branch: &str) -> Sha {
        let owner = self.owner();
        self.update(|world| world.push(self.at, branch, &format!("Change {branch}"), &owner))
    }

    /// Deletes a branch. Sends `push` whose `after` is all zeros, and `delete`. Open pull requests from this
    /// branch, or into it, are closed.
    ///
    /// # Panics
    ///
    /// If there is no such branch, or if it is the default branch.
    #[track_caller]
    pub fn delete_branch(&self, branch: &str) {
        let owner = self.owner();
        if !self.update(|world| world.delete_branch(self.at, branch, &owner)) {
            fail(&format!("{self} has no branch `{branch}` that could be deleted"));
        }
    }

    /// Lets the changes of a branch conflict with those of every other, until somebody pushes to
    /// it: pull requests from it or into it cannot be merged, deployments of it cannot be auto-merged. With
    /// git there are real conflicts besides.
    ///
    /// # Panics
    ///
    /// If there is no such branch.
    #[track_caller]
    pub fn make_conflicting(&self, branch: &str) {
        let found = self.update(|world| {
            let branches = &mut world.repository_mut(self.at).branches;
            branches.get_mut(branch).map(|branch| branch.conflicting = true)
        });
        if found.is_none() {
            fail(&format!("{self} has no branch `{branch}`"));
        }
    }

    /// Closes a pull request without merging it. Sends `pull_request` (`closed`).
    ///
    /// # Panics
    ///
    /// If it is not open.
    #[track_caller]
    pub fn close_pull_request(&self, number: u64) {
        let owner = self.owner();
        if !self.update(|world| world.close_pull_request(self.at, number, &owner)) {
            fail(&format!("{self} has no open pull request {number}"));
        }
    }

    /// Opens a closed pull request again. Sends `pull_request` (`reopened`).
    ///
    /// # Panics
    ///
    /// If it is not closed, if it is merged, or if its branch is deleted.
    #[track_caller]
    pub fn reopen_pull_request(&self, number: u64) {
        let owner = self.owner();
        if !self.update(|world| world.reopen_pull_request(self.at, number, &owner)) {
            fail(&format!("{self} has no pull request {number} that could be reopened"));
        }
    }

    /// Merges a pull request by a merge commit and returns that commit's sha. Sends `pull_request`
    /// (`closed`, and `merged` is true) and `push` to the base branch.
    ///
    /// # Panics
    ///
    /// If it cannot be merged: it is closed, a draft, or conflicts, or its base
    /// [requires](Self::protect) what it does not have.
    #[track_caller]
    pub fn merge_pull_request(&self, number: u64) -> Sha {
        let owner = self.owner();
        let merge = MergeMethod::Merge;
        match self.update(|world| world.merge_pull_request(self.at, number, merge, None, &owner)) {
            Ok(sha) => sha,
            Err(refusal) => fail(&format!("pull request {number} of {self}: {refusal}")),
        }
    }

    /// Carries out the merges that were asked for with `merge-async` and are pending. Without this,
    /// a merge is carried out when somebody asks for the second time what became of it. One for the
    /// [merge queue](Self::enqueue) gets there by it.
    pub fn carry_out_merges(&self) {
        self.update(|world| world.carry_out_merges(self.at));
    }

    /// Deletes the fork that a pull request comes from: its `head.repo` is `null` from now on. With git, the fork
    /// cannot be cloned any more; `refs/pull/N/head` stays.
    ///
    /// # Panics
    ///
    /// If the pull request is not from a fork.
    #[track_caller]
    pub fn delete_fork_of(&self, number: u64) {
        if !self.update(|world| world.delete_fork_of(self.at, number)) {
            fail(&format!("{self} has no pull request {number} from a fork"));
        }
    }

    /// Adds a status to a commit, as another program than the one under test would. Sends `status`.
    ///
    /// # Panics
    ///
    /// If there is no such commit.
    #[track_caller]
    pub fn create_status(&self, sha: &Sha, context: &str, state: StatusState) -> RecordedStatus {
        let owner = self.owner();
        let new = NewStatus::new(state, context);
        let created = self.update(|world| world.create_status(self.at, sha.as_str(), new, &owner));
        created.unwrap_or_else(|| fail(&format!("{self} has no commit {sha}")))
    }

    /// Makes a deployment, as another program than the one under test would. Sends `deployment`.
    ///
    /// # Panics
    ///
    /// If its ref names nothing.
    #[track_caller]
    pub fn create_deployment(&self, new: FakeDeployment) -> RecordedDeployment {
        let owner = self.owner();
        let r#ref = new.r#ref.clone();
        match self.update(|world| world.create_deployment(self.at, new, &owner)) {
            Ok(deployment) => deployment,
            // What else there is to refuse, auto-merge and contexts, is not asked for here.
            Err(_) => fail(&format!("{self} has neither a branch nor a commit `{ref}`")),
        }
    }

    /// Adds a status to a deployment, as another program than the one under test would. Sends
    /// `deployment_status`, unless the state is `inactive`.
    ///
    /// # Panics
    ///
    /// If there is no such deployment.
    #[track_caller]
    pub fn create_deployment_status(
        &self,
        deployment: u64,
        state: DeploymentState,
    ) -> RecordedDeploymentStatus {
        let owner = self.owner();
        let new = NewDeploymentStatus::of(state);
        self.update(|world| world.create_deployment_status(self.at, deployment, new, &owner))
            .unwrap_or_else(|| fail(&format!("{self} has no deployment {deployment}")))
    }
}

/// What the repository holds.
impl FakeRepository {
    /// `owner/name`.
    #[must_use]
    pub fn name(&self) -> RepoName {
        self.read(|repository| repository.name.clone())
    }

    /// The fake that the repository is in.
    #[must_use]
    pub fn github(&self) -> &FakeGitHub {
        &self.github
    }

    /// The last commit of a branch.
    ///
    /// # Panics
    ///
    /// If there is no such branch.
    #[track_caller]
    #[must_use]
    pub fn head(&self, branch: &str) -> Sha {
        self.read(|repository| repository.branches.get(branch).map(|it| it.head.clone()))
            .unwrap_or_else(|| fail(&format!("{self} has no branch `{branch}`")))
    }

    /// A pull request.
    ///
    /// # Panics
    ///
    /// If there is none of that number.
    #[track_caller]
    #[must_use]
    pub fn pull_request(&self, number: u64) -> RecordedPullRequest {
        self.read(|repository| repository.pull_request(number).cloned())
            .unwrap_or_else(|| fail(&format!("{self} has no pull request {number}")))
    }

    /// The statuses of a commit, the oldest first.
    #[must_use]
    pub fn statuses(&self, sha: &Sha) -> Vec<RecordedStatus> {
        self.read(|repository| {
            repository.statuses.iter().filter(|status| status.sha == *sha).cloned().collect()
        })
    }

    /// The check runs of a commit, the oldest first.
    #[must_use]
    pub fn check_runs(&self, sha: &Sha) -> Vec<RecordedCheckRun> {
        self.read(|repository| {
            repository.check_runs.iter().filter(|run| run.sha == *sha).cloned().collect()
        })
    }

    /// The deployments, the oldest first.
    #[must_use]
    pub fn deployments(&self) -> Vec<RecordedDeployment> {
        self.read(|repository| repository.deployments.clone())
    }

    /// The statuses of a deployment, the oldest first.
    #[must_use]
    pub fn deployment_statuses(&self, deployment: u64) -> Vec<RecordedDeploymentStatus> {
        self.read(|repository| {
            let all = repository.deployment_statuses.iter();
            all.filter(|status| status.deployment_id == deployment).cloned().collect()
        })
    }

    /// Waits until somebody has reported this state for a commit in this context, be it the
    /// last one or not.
    ///
    /// # Panics
    ///
    /// Panics as [`FakeGitHub::wait_until`] does.
    pub async fn wait_for_status(
        &self,
        sha: &Sha,
        context: &str,
        state: StatusState,
    ) -> RecordedStatus {
        let what = format!("the status {context} of {sha} to be {state}");
        let is_it = |status: &RecordedStatus| {
            status.state == state && status.context.eq_ignore_ascii_case(context)
        };
        self.github.wait_until(&what, || self.statuses(sha).into_iter().find(is_it)).await
    }

    /// Waits for a deployment that satisfies the condition; the first one if there are several.
    ///
    /// # Panics
    ///
    /// Panics as [`FakeGitHub::wait_until`] does.
    pub async fn wait_for_deployment(
        &self,
        what: &str,
        mut is_it: impl FnMut(&RecordedDeployment) -> bool,
    ) -> RecordedDeployment {
        self.github.wait_until(what, || self.deployments().into_iter().find(|it| is_it(it))).await
    }

    /// Waits until somebody has reported this state for a deployment, be it the last one or not.
    ///
    /// # Panics
    ///
    /// Panics as [`FakeGitHub::wait_until`] does.
    pub async fn wait_for_deployment_status(
        &self,
        deployment: u64,
        state: DeploymentState,
    ) -> RecordedDeploymentStatus {
        let what = format!("the status of deployment {deployment} to be {state}");
        let is_it = |status: &RecordedDeploymentStatus| status.state == state;
        self.github
            .wait_until(&what, || self.deployment_statuses(deployment).into_iter().find(is_it))
            .await
    }

    pub(crate) fn index(&self) -> RepositoryIndex {
        self.at
    }

    pub(crate) fn owner(&self) -> String {
        self.read(|repository| repository.name.owner().to_owned())
    }

    pub(crate) fn read<T>(&self, read: impl FnOnce(&RepositoryState) -> T) -> T {
        self.github.shared().read(|world| read(world.repository(self.at)))
    }

    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.github.shared().update(change)
    }
}

impl fmt::Display for FakeRepository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.name(), formatter)
    }
}

impl fmt::Debug for FakeRepository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("FakeRepository").field(&self.name()).finish()
    }
}
