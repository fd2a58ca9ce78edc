use std::fmt;

use hookstead_types::RepoName;

use crate::fail::fail;
use crate::github::FakeGitHub;
use crate::objects::hook::FakeHook;
use crate::repository::FakeRepository;
use crate::state::hook::HookOwner;

/// The organizations.
impl FakeGitHub {
    /// Adds an organization.
    ///
    /// # Panics
    ///
    /// If there is one of this login, or the login is malformed.
    #[track_caller]
    pub fn create_organization(&self, login: &str) -> FakeOrganization {
        if RepoName::new(login, "hello-world").is_err() {
            fail(&format!("{login:?} is no login"));
        }
        let created = self.shared().update(|world| {
            let free = world.find_organization(login).is_none();
            free.then(|| world.add_organization(login))
        });
        match created {
            Some(index) => FakeOrganization::new(self.clone(), index),
            None => fail(&format!("there is an organization {login} already")),
        }
    }

    /// The organization of this login.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    #[must_use]
    pub fn organization(&self, login: &str) -> FakeOrganization {
        match self.shared().read(|world| world.find_organization(login)) {
            Some(index) => FakeOrganization::new(self.clone(), index),
            None => fail(&format!("there is no organization {login:?} in {self}")),
        }
    }
}

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
pub struct FakeOrganization {
    github: FakeGitHub,
    index: usize,
}

impl FakeOrganization {
    pub(crate) fn new(github: FakeGitHub, index: usize) -> Self {
        Self { github, index }
    }

    pub(crate) fn github(&self) -> &FakeGitHub {
        &self.github
    }

    pub(crate) fn index(&self) -> usize {
        self.index
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
    pub fn create_repository(&self, name: &str) -> FakeRepository {
        let login = self.login();
        let Ok(name) = RepoName::new(&login, name) else {
            fail(&format!("{name:?} is no name of a repository"));
        };
        self.github.add_repository(&name, true)
    }

    /// Adds a webhook that hears of all repositories, and returns its id. GitHub sends it a `ping`.
    pub fn create_hook(&self, hook: FakeHook) -> u64 {
        let owner = HookOwner::Organization(self.index);
        self.github.shared().update(|world| world.add_hook(owner, hook))
    }
}

impl fmt::Debug for FakeOrganization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("FakeOrganization").field(&self.login()).finish()
    }
}
