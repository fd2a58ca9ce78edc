use std::time::Duration;

use crate::state::app::{ID, Installation, InstallationToken, UnknownToken};
use crate::state::facts::RepositoryFacts;
use crate::state::occurrence::What;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// How long an installation's token is good.
const TOKEN_LIFETIME: Duration = Duration::from_secs(60 * 60);

impl World {
    /// Lets the App into an account: into all of its repositories, or into one more. Its hook is told
    /// if that is news.
    pub(crate) fn install(&mut self, account: &str, into: Option<RepositoryIndex>) -> u64 {
        let known = |it: &&mut Installation| it.account.eq_ignore_ascii_case(account);
        if let Some(installation) = self.app.installations.iter_mut().find(known) {
            match (&mut installation.repositories, into) {
                (Some(repositories), Some(at)) if !repositories.contains(&at) => {
                    repositories.push(at);
                }
                (repositories, None) => *repositories = None,
                _ => {}
            }
            return installation.id;
        }
        let installation = Installation {
            id: self.mint.id(),
            account: account.to_owned(),
            repositories: into.map(|at| vec![at]),
            created_at: self.mint.now(),
        };
        let id = installation.id;
        let what = What::Installed(
            Box::new(self.installation_facts(&installation)),
            self.installed_in(&installation),
        );
        self.app.installations.push(installation);
        self.announce_to_app(id, account, what);
        id
    }

    fn installed_in(&self, installation: &Installation) -> Vec<RepositoryFacts> {
        self.repository_indices()
            .filter(|at| self.covers(installation, *at))
            .map(|at| self.facts(at))
            .collect()
    }

    pub(crate) fn installation(&self, id: u64) -> Option<&Installation> {
        self.app.installations.iter().find(|it| it.id == id)
    }

    /// The installation by which the App may enter a repository.
    pub(crate) fn installation_of(&self, at: RepositoryIndex) -> Option<&Installation> {
        self.app.installations.iter().find(|it| self.covers(it, at))
    }

    fn covers(&self, installation: &Installation, at: RepositoryIndex) -> bool {
        let owner = self.repository(at).name.owner();
        installation.account.eq_ignore_ascii_case(owner)
            && installation.repositories.as_ref().is_none_or(|it| it.contains(&at))
    }

    /// Whether a token lets somebody change a repository.
    pub(crate) fn token_covers(&self, token: &InstallationToken, at: RepositoryIndex) -> bool {
        token.repositories.as_ref().is_none_or(|it| it.contains(&at))
            && self.installation(token.installation).is_some_and(|it| self.covers(it, at))
    }

    /// Gives out a token, in the long form of which nobody should expect a length.
    pub(crate) fn issue_token(
        &mut self,
        installation: u64,
        repositories: Option<Vec<RepositoryIndex>>,
    ) -> InstallationToken {
        let parts = [36, 160, 86].map(|length| self.mint.letters(length));
        let token = InstallationToken {
            token: format!("ghs_{}_{}", ID, parts.join(".")),
            installation,
            repositories,
            expires_at: self.mint.later(TOKEN_LIFETIME),
            issued: self.mint.mark(),
        };
        self.app.tokens.push(token.clone());
        token
    }

    /// A token that was given out and has not expired.
    pub(crate) fn valid_token(&self, token: &str) -> Option<&InstallationToken> {
        let now = self.mint.now().instant();
        let issued = self.app.tokens.iter().find(|it| it.token == token)?;
        (issued.expires_at.instant() > now).then_some(issued)
    }

    /// What a token that is not known everywhere yet is answered.
    pub(crate) fn unknown_yet(&self, token: &InstallationToken) -> Option<UnknownToken> {
        let (age, status) = self.app.unknown?;
        (self.mint.since(&token.issued) < age).then_some(status)
    }

    /// Makes all tokens given out so far invalid.
    pub(crate) fn revoke_tokens(&mut self) {
        self.app.tokens.clear();
    }
}
