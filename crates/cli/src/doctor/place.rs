use hookstead::client::{Client, Hooks, Repo};

/// Whose hook it is that a person's token shows: a repository's, or an organization's.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) github: Client,
    pub(super) hooks: Hooks,
    /// The repository's name, or the organization's.
    pub(super) name: String,
    /// Where people change the hook.
    pub(super) page: &'static str,
    /// What the token needs.
    pub(super) rights: &'static str,
}

impl Place {
    pub(super) fn repository(repo: &Repo) -> Self {
        Self {
            github: repo.client().clone(),
            hooks: repo.hooks(),
            name: repo.name().to_string(),
            page: "the repository's settings, Webhooks",
            rights: "Give the token Webhooks: read and write; a classic one needs admin:repo_hook. Its owner \
                     must be an administrator of the repository.",
        }
    }

    pub(super) fn organization(github: &Client, login: &str) -> Self {
        Self {
            github: github.clone(),
            hooks: github.organization_hooks(login),
            name: login.to_owned(),
            page: "the organization's settings, Webhooks",
            rights: "Look at the spelling. Give the token Webhooks of the organization: read and write; a \
                     classic one needs admin:org_hook. Its owner must be an owner of the organization.",
        }
    }
}
