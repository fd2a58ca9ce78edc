//! What there is, for who does not know it beforehand: a page that shows the fake, for instance.

use hookstead_types::Sha;

use crate::app::FakeApp;
use crate::github::FakeGitHub;
use crate::objects::check_run::RecordedCheckRun;
use crate::objects::issue::RecordedIssue;
use crate::objects::pull_request::RecordedPullRequest;
use crate::objects::recorded_hook::RecordedHook;
use crate::objects::status::RecordedStatus;
use crate::organization::FakeOrganization;
use crate::repository::FakeRepository;
use crate::state::hook::{Hook, HookOwner};

/// What there is.
impl FakeGitHub {
    /// The repositories, the oldest first. Forks with git are among them.
    #[must_use]
    pub fn repositories(&self) -> Vec<FakeRepository> {
        let there = self.shared().read(|world| {
            let all = world.repository_indices();
            all.filter(|at| !world.repository(*at).deleted).collect::<Vec<_>>()
        });
        there.into_iter().map(|at| FakeRepository::new(self.clone(), at)).collect()
    }

    /// The organizations, the oldest first.
    #[must_use]
    pub fn organizations(&self) -> Vec<FakeOrganization> {
        let count = self.shared().read(|world| world.organizations.len());
        (0..count).map(|index| FakeOrganization::new(self.clone(), index)).collect()
    }

    fn hooks_of(&self, owner: HookOwner) -> Vec<RecordedHook> {
        self.shared().read(|world| world.hooks(owner).iter().map(recorded).collect())
    }
}

/// Lists of what it holds.
impl FakeRepository {
    /// The name of the default branch.
    #[must_use]
    pub fn default_branch(&self) -> String {
        self.read(|repository| repository.default_branch.clone())
    }

    /// Whether who reads it needs a token.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.read(|repository| repository.private)
    }

    /// Whether there is [git behind it](Self::with_git).
    #[must_use]
    pub fn has_git(&self) -> bool {
        self.read(|repository| repository.git.is_some())
    }

    /// The branches by name, each with its last commit; a fork's branch is `owner:branch`.
    #[must_use]
    pub fn branches(&self) -> Vec<(String, Sha)> {
        self.read(|repository| {
            let branches = repository.branches.iter();
            branches.map(|(name, branch)| (name.clone(), branch.head.clone())).collect()
        })
    }

    /// The pull requests, the oldest first.
    #[must_use]
    pub fn pull_requests(&self) -> Vec<RecordedPullRequest> {
        self.read(|repository| repository.pull_requests.clone())
    }

    /// The issues, the oldest first.
    #[must_use]
    pub fn issues(&self) -> Vec<RecordedIssue> {
        self.read(|repository| repository.issues.issues.clone())
    }

    /// The statuses of all commits, the oldest first.
    #[must_use]
    pub fn all_statuses(&self) -> Vec<RecordedStatus> {
        self.read(|repository| repository.statuses.clone())
    }

    /// The check runs of all commits, the oldest first.
    #[must_use]
    pub fn all_check_runs(&self) -> Vec<RecordedCheckRun> {
        self.read(|repository| repository.check_runs.clone())
    }

    /// The repository's own hooks, the oldest first.
    #[must_use]
    pub fn hooks(&self) -> Vec<RecordedHook> {
        self.github().hooks_of(HookOwner::Repository(self.index()))
    }
}

/// Its hooks.
impl FakeOrganization {
    /// The hooks that hear of all its repositories, the oldest first.
    #[must_use]
    pub fn hooks(&self) -> Vec<RecordedHook> {
        self.github().hooks_of(HookOwner::Organization(self.index()))
    }
}

/// Its hook.
impl FakeApp {
    /// The App's hook, if it was given one.
    #[must_use]
    pub fn hook(&self) -> Option<RecordedHook> {
        self.github().hooks_of(HookOwner::App).pop()
    }
}

fn recorded(hook: &Hook) -> RecordedHook {
    let settings = &hook.settings;
    RecordedHook {
        id: hook.id,
        url: settings.url.clone(),
        events: settings.events.clone(),
        active: settings.active,
        form: settings.form,
        signed: settings.secret.is_some(),
        last_status: hook.last_response.as_ref().map(|(_, status)| status.clone()),
    }
}
