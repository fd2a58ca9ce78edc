use std::fmt;

use crate::identity::token::Token;

/// The environment variable that the token travels in.
const VARIABLE: &str = "HOOKSTEAD_GIT_TOKEN";

/// A token for the program `git`, for one server: git clones, fetches and pushes with it.
/// [`Client::git_credential`](crate::Client::git_credential) makes one.
///
/// The token stands neither in a URL, which git writes into `.git/config` and into its messages, nor in an
/// argument, which everybody on the machine can read. It is in the environment of the process
/// that it is given to, and of those that this one starts. No other credential helper is asked then, so none
/// keeps the token; and git does not ask for a password at the terminal, it fails.
///
/// ```no_run
/// use std::process::Command;
///
/// # #[cfg(feature = "app")]
/// # async fn clone(github: hookstead_client::Client, installation: u64)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// use hookstead_client::NewInstallationToken;
///
/// // A token that can read this one repository, and nothing else.
/// let wish = NewInstallationToken::new().repositories(["hello-world"]).permission("contents", "read");
/// let made = github.create_installation_token(installation, &wish).await?;
/// Command::new("git")
///     .args(["clone", "https://github.com/octocat/hello-world.git"])
///     .envs(github.git_credential(&made.token).envs())
///     .status()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct GitCredential {
    token: Token,
    /// Scheme, host and port of the server.
    origin: String,
}

impl GitCredential {
    /// The credential helper, as it may stand in git's configuration: a line of shell that says the token
    /// in the environment variable `HOOKSTEAD_GIT_TOKEN` when git asks for a password. The name is one that
    /// GitHub takes with every kind of token.
    pub const HELPER: &'static str = "!f() { if test \"$1\" = get; then \
         printf 'username=x-access-token\\npassword=%s\\n' \"$HOOKSTEAD_GIT_TOKEN\"; fi; }; f";

    pub(crate) fn new(token: Token, origin: String) -> Self {
        Self { token, origin }
    }

    /// The environment variables by which git learns of it: for
    /// [`Command::envs`](std::process::Command::envs). They need git 2.31 or newer.
    ///
    /// They stand in the place of `GIT_CONFIG_COUNT` and what belongs to it, where a process has these
    /// already.
    pub fn envs(&self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("GIT_CONFIG_COUNT", "2".to_owned()),
            // An empty helper forgets all that were named before.
            ("GIT_CONFIG_KEY_0", "credential.helper".to_owned()),
            ("GIT_CONFIG_VALUE_0", String::new()),
            // Only for this server: a submodule may be of any.
            ("GIT_CONFIG_KEY_1", format!("credential.{}.helper", self.origin)),
            ("GIT_CONFIG_VALUE_1", Self::HELPER.to_owned()),
            ("GIT_TERMINAL_PROMPT", "0".to_owned()),
            (VARIABLE, self.token.expose().to_owned()),
        ]
        .into_iter()
    }
}

impl fmt::Debug for GitCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GitCredential")
            .field("token", &self.token)
            .field("origin", &self.origin)
            .finish()
    }
}
