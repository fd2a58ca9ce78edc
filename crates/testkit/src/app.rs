use std::fmt;
use std::time::Duration;

use crate::fail::fail;
use crate::github::FakeGitHub;
use crate::objects::hook::FakeHook;
use crate::repository::FakeRepository;
use crate::state::app::{self, UnknownToken};
use crate::state::hook::HookOwner;
use crate::state::world::World;

/// The App.
impl FakeGitHub {
    /// The GitHub App.
    #[must_use]
    pub fn app(&self) -> FakeApp {
        FakeApp::new(self.clone())
    }
}

/// The GitHub App of a [`FakeGitHub`]; there is one.
///
/// It calls the API with a JSON web token, of which the fake checks the form, the algorithm and the
/// claims `iat`, `exp` and `iss`, but not the signature: any key will do. Where it is installed, it
/// gets tokens that are good for an hour by [the fake's clock](FakeGitHub::clock). Once it
/// is installed anywhere, the fake refuses tokens that begin with `ghs_` unless it gave them out.
///
/// ```
/// use hookstead_testkit::FakeGitHub;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let github = FakeGitHub::start().await;
/// let repository = github.create_repository("octocat/hello-world");
/// let installation = github.app().install_on(&repository);
/// // Start the program under test with any RSA key and this issuer.
/// let issuer = github.app().client_id();
/// # assert_ne!(installation, 0);
/// # assert!(!issuer.is_empty());
/// # }
/// ```
///
/// What an installation may do is not checked but for two rules of GitHub's: it changes only
/// repositories that it was let into, and nobody else makes check runs.
#[derive(Clone)]
pub struct FakeApp {
    github: FakeGitHub,
}

impl FakeApp {
    pub(crate) fn new(github: FakeGitHub) -> Self {
        Self { github }
    }

    pub(crate) fn github(&self) -> &FakeGitHub {
        &self.github
    }

    /// The App's number, a valid issuer of its JSON web tokens.
    #[must_use]
    pub fn id(&self) -> u64 {
        app::ID
    }

    /// The App's client id, which GitHub recommends as the issuer.
    #[must_use]
    pub fn client_id(&self) -> &'static str {
        app::CLIENT_ID
    }

    /// Gives the App its webhook, in place of the one before, and returns the hook's id. GitHub
    /// sends it a `ping`, and from now on what happens where the App is installed, with the
    /// installation in the payload.
    pub fn set_hook(&self, hook: FakeHook) -> u64 {
        let owner = HookOwner::App;
        self.github.shared().update(|world| world.add_hook(owner, hook))
    }

    /// Installs the App in all repositories of an account, a person or an organization, and returns
    /// the installation's id. Sends `installation` (`created`) to the App's hook.
    pub fn install(&self, account: &str) -> u64 {
        self.github.shared().update(|world| world.install(account, None))
    }

    /// Installs the App in one repository, beside those of the same owner where it is installed
    /// already, and returns the installation's id. Sends `installation` (`created`) to the App's
    /// hook if it was nowhere of this owner's.
    pub fn install_on(&self, repository: &FakeRepository) -> u64 {
        let (account, at) = (repository.owner(), repository.index());
        self.github.shared().update(|world| world.install(&account, Some(at)))
    }

    /// From now on GitHub's servers learn late of the tokens that it gives out. Whoever uses one that is
    /// younger than this is answered 401 as if it were invalid, or 403 without a word about the
    /// permission that is missing. A token ages with [the fake's clock](FakeGitHub::clock).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use hookstead_testkit::FakeGitHub;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let github = FakeGitHub::start().await;
    /// github.app().new_tokens_unknown_for(Duration::from_millis(50), 401);
    /// // Start the App here: its first calls with each token are refused.
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the status is neither 401 nor 403.
    #[track_caller]
    pub fn new_tokens_unknown_for(&self, age: Duration, status: u16) {
        let counts_as = match status {
            401 => UnknownToken::Invalid,
            403 => UnknownToken::Powerless,
            _ => fail(&format!("an unknown token is answered 401 or 403, not {status}")),
        };
        self.github.shared().update(|world| world.app.unknown = Some((age, counts_as)));
    }

    /// Makes all tokens that were given out so far invalid, before their time.
    pub fn revoke_tokens(&self) {
        self.github.shared().update(World::revoke_tokens);
    }
}

impl fmt::Debug for FakeApp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FakeApp").field("id", &self.id()).finish()
    }
}
