use std::fmt;
use std::time::Duration;

use hookstead_types::Timestamp;

use super::hook::Hook;
use super::mint::Mark;
use super::repository_index::RepositoryIndex;

/// The App's number.
pub(crate) const ID: u64 = 29_310;

/// What stands for its number in the newer interfaces.
pub(crate) const CLIENT_ID: &str = "Iv1.8a61f9b3a7aba766";

/// The login of the account that the App acts as.
pub(crate) const LOGIN: &str = "octo-checks[bot]";

/// The one GitHub App that this GitHub knows.
#[derive(Debug, Default)]
pub(crate) struct AppState {
    pub(crate) hook: Option<Hook>,
    pub(crate) installations: Vec<Installation>,
    pub(in crate::state) tokens: Vec<InstallationToken>,
    /// The age from which on a token is known everywhere, and the answer until then.
    pub(crate) unknown: Option<(Duration, UnknownToken)>,
}

/// What a token counts as where it is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownToken {
    /// It is no token.
    Invalid,
    /// It is one without any permission.
    Powerless,
}

/// An account has let the App in.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) id: u64,
    pub(crate) account: String,
    /// All of the account's if there is no list.
    pub(crate) repositories: Option<Vec<RepositoryIndex>>,
    pub(crate) created_at: Timestamp,
}

/// A token that was given out.
#[derive(Clone)]
pub(crate) struct InstallationToken {
    pub(crate) token: String,
    pub(crate) installation: u64,
    /// The installation's if there is no list.
    pub(crate) repositories: Option<Vec<RepositoryIndex>>,
    pub(crate) expires_at: Timestamp,
    pub(in crate::state) issued: Mark,
}

impl fmt::Debug for InstallationToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { installation, expires_at, .. } = self;
        write!(formatter, "[redacted], of installation {installation} until {expires_at}")
    }
}
