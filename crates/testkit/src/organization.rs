use std::fmt;

use hookstead_types::RepoName;

use crate::fail::fail;
use crate::state::HookOwner;
use crate::{FakeGitHub, NewHook, Repository};

/// An organization of a [`FakeGitHub`], with repositories and with hooks that hear of them all.
///
/// ```
/// use hookstead_testkit::FakeGitHub;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let github = FakeGitHub::start().await;
/// let organization = github.create_organization("octo-org");
/// let repository = organization.create_repository("hello-world");
/// assert_eq!(repository.name().to_string(), "octo-org/hello-world");
/// # }
/// ```
#[derive(Clone)]
pub struct Organization {
    github: FakeGitHub,
    index: usize,
}

impl Organization {
    pub(crate) fn new(github: FakeGitHub, index: usize) -> Self {
        Self { github, index }
    }

    /// The organization's login.
    #[must_use]
    pub fn login(&self) -> String {
        self.github.shared().read(|world| {
            world.organizations.get(self.index).map(|it| it.login.clone()).unwrap_or_default()
        })
    }

    /// Adds a repository with one commit on its default branch `main`.
    ///
    /// # Panics
    ///
    /// If the name is malformed or taken.
    #[track_caller]
    pub fn create_repository(&self, name: &str) -> Repository {
        let login = self.login();
        let Ok(name) = RepoName::new(&login, name) else {
            fail(&format!("{name:?} is no name of a repository"));
        };
        self.github.add_repository(&name, true)
    }

    /// Adds a webhook that hears of all repositories, and returns its id. GitHub sends it a `ping`.
    pub fn create_hook(&self, hook: NewHook) -> u64 {
        let owner = HookOwner::Organization(self.index);
        self.github.shared().update(|world| world.add_hook(owner, hook))
    }
}

impl fmt::Debug for Organization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Organization").field(&self.login()).finish()
    }
}
