use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use hookstead_types::{Decode, RepoName, Timestamp, User};

use crate::shared::security_and_analysis::SecurityAndAnalysis;

/// A repository, as the event shows it.
///
/// Its links that are made from the name by rule are left out; see
/// [`OMITTED_LINKS`](crate::OMITTED_LINKS). So is `temp_clone_token`, which GitHub's schema names:
/// it is a secret, and nothing that arrives in a webhook should need one.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Repository {
    /// The repository's number; it survives renaming and transfer.
    pub id: u64,
    /// The repository's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name without its owner.
    pub name: String,
    /// The name with its owner, `owner/name`.
    pub full_name: RepoName,
    /// The account that it belongs to.
    pub owner: Option<User>,
    /// Whether only some people see it.
    #[serde(default)]
    pub private: bool,
    /// Who sees it; finer than [`private`](Self::private), missing in old payloads.
    pub visibility: Option<RepositoryVisibility>,
    /// What the repository says about itself.
    pub description: Option<String>,
    /// Whether it is a fork.
    #[serde(default)]
    pub fork: bool,
    /// The branch that clones and pull requests start from, without `refs/heads/`.
    pub default_branch: Option<String>,
    /// The same, in `push`; GitHub's older word for it.
    pub master_branch: Option<String>,
    /// The organization that it belongs to.
    pub organization: Option<RepositoryOrganization>,

    /// The repository in the REST API; in `push`, its page.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Where to clone it over HTTPS.
    pub clone_url: Option<String>,
    /// Where to clone it over git's own protocol.
    pub git_url: Option<String>,
    /// Where to clone it over SSH.
    pub ssh_url: Option<String>,
    /// Where Subversion finds it.
    pub svn_url: Option<String>,
    /// What it mirrors.
    pub mirror_url: Option<String>,
    /// The project's own site.
    pub homepage: Option<String>,

    /// When it was made. In `push` GitHub writes this as epoch seconds.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// When something was pushed to it last. In `push` GitHub writes this as epoch seconds.
    pub pushed_at: Option<Timestamp>,

    /// The language that most of it is written in.
    pub language: Option<String>,
    /// Its licence.
    pub license: Option<License>,
    /// What it is about.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Properties that its organization defines.
    #[serde(default, deserialize_with = "crate::decode::json_value::fields")]
    pub custom_properties: BTreeMap<String, Value>,
    /// Its size in KiB.
    #[serde(default)]
    pub size: u64,
    /// How many forks it has.
    #[serde(default)]
    pub forks_count: u64,
    /// The same again.
    #[serde(default)]
    pub forks: u64,
    /// How many people starred it.
    #[serde(default)]
    pub stargazers_count: u64,
    /// The same again, in `push`.
    pub stargazers: Option<u64>,
    /// The same again; GitHub's older word for it.
    #[serde(default)]
    pub watchers_count: u64,
    /// The same again.
    #[serde(default)]
    pub watchers: u64,
    /// How many open issues and pull requests it has.
    #[serde(default)]
    pub open_issues_count: u64,
    /// The same again.
    #[serde(default)]
    pub open_issues: u64,

    /// Whether nobody can change it any more.
    #[serde(default)]
    pub archived: bool,
    /// Whether GitHub shut it.
    #[serde(default)]
    pub disabled: bool,
    /// Whether everybody sees it; in `push`.
    pub public: Option<bool>,
    /// Whether other repositories can be made from it.
    #[serde(default)]
    pub is_template: bool,
    /// The repository that it was made from.
    pub template_repository: Option<Box<Repository>>,
    /// Whether it has issues.
    #[serde(default)]
    pub has_issues: bool,
    /// Whether it has projects.
    #[serde(default)]
    pub has_projects: bool,
    /// Whether it has a wiki.
    #[serde(default)]
    pub has_wiki: bool,
    /// Whether it has a site on GitHub Pages.
    #[serde(default)]
    pub has_pages: bool,
    /// Whether it has downloads.
    #[serde(default)]
    pub has_downloads: bool,
    /// Whether it has discussions; missing in old payloads.
    pub has_discussions: Option<bool>,
    /// Whether it takes pull requests; missing in old payloads, when every repository did.
    pub has_pull_requests: Option<bool>,
    /// Who may open pull requests.
    pub pull_request_creation_policy: Option<PullRequestCreationPolicy>,

    /// Whether it may be forked.
    pub allow_forking: Option<bool>,
    /// Whether commits made on the web must be signed off.
    pub web_commit_signoff_required: Option<bool>,
    /// Whether pull requests may be merged with a merge commit.
    pub allow_merge_commit: Option<bool>,
    /// Whether pull requests may be squashed.
    pub allow_squash_merge: Option<bool>,
    /// Whether pull requests may be rebased.
    pub allow_rebase_merge: Option<bool>,
    /// Whether pull requests may merge themselves when they are ready.
    pub allow_auto_merge: Option<bool>,
    /// Whether a branch that is behind its base may be updated from the pull request.
    pub allow_update_branch: Option<bool>,
    /// Whether merging deletes the head branch.
    pub delete_branch_on_merge: Option<bool>,
    /// What a merge commit's title is made of.
    pub merge_commit_title: Option<String>,
    /// What a merge commit's message is made of.
    pub merge_commit_message: Option<String>,
    /// What a squashed commit's title is made of.
    pub squash_merge_commit_title: Option<String>,
    /// What a squashed commit's message is made of.
    pub squash_merge_commit_message: Option<String>,
    /// Whether a squashed commit's title is the pull request's.
    pub use_squash_pr_title_as_default: Option<bool>,

    /// The repository that it was forked from; in `security_and_analysis`.
    pub parent: Option<Box<Repository>>,
    /// The repository that all forks come from in the end; in `security_and_analysis`.
    pub source: Option<Box<Repository>>,
    /// How many repositories share these forks; in `security_and_analysis`.
    pub network_count: Option<u64>,
    /// How many people watch it; in `security_and_analysis`.
    pub subscribers_count: Option<u64>,
    /// When it was starred; only in lists of starred repositories.
    pub starred_at: Option<Timestamp>,
    /// Whether it can be cloned without an account; on GitHub Enterprise Server.
    pub anonymous_access_enabled: Option<bool>,
    /// Its code of conduct; in `security_and_analysis`.
    pub code_of_conduct: Option<Box<CodeOfConduct>>,
    /// How far the index for code search is, where the repository is nested in something else.
    pub code_search_index_status: Option<CodeSearchIndexStatus>,
    /// Which security features are on; in `security_and_analysis`.
    pub security_and_analysis: Option<Box<SecurityAndAnalysis>>,

    /// What the token's owner may do with it.
    pub permissions: Option<RepositoryPermissions>,
    /// The same as a role's name.
    pub role_name: Option<String>,
}

/// A repository, as a workflow run shows it: enough to find it.
///
/// The same links are left out as of [`Repository`].
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct MinimalRepository {
    /// The repository's number.
    pub id: u64,
    /// The repository's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name without its owner; empty where GitHub leaves it to the full name, as its schema
    /// of `workflow_run` allows.
    #[serde(default)]
    pub name: String,
    /// The name with its owner, `owner/name`.
    pub full_name: RepoName,
    /// The account that it belongs to.
    pub owner: Option<User>,
    /// Whether only some people see it.
    #[serde(default)]
    pub private: bool,
    /// What the repository says about itself.
    pub description: Option<String>,
    /// Whether it is a fork.
    #[serde(default)]
    pub fork: bool,
    /// The repository in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}

/// The organization that a [`Repository`] belongs to: its login in `push`, an account elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum RepositoryOrganization {
    /// Its login.
    Login(String),
    /// Its account.
    Account(Box<User>),
}

impl RepositoryOrganization {
    /// The login.
    #[must_use]
    pub fn login(&self) -> &str {
        match self {
            Self::Login(login) => login,
            Self::Account(account) => &account.login,
        }
    }
}

impl<'de> Deserialize<'de> for RepositoryOrganization {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LoginOrAccount;

        impl<'de> Visitor<'de> for LoginOrAccount {
            type Value = RepositoryOrganization;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a login or an account")
            }

            fn visit_str<E>(self, login: &str) -> Result<Self::Value, E> {
                Ok(RepositoryOrganization::Login(login.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Box::deserialize(MapAccessDeserializer::new(map))
                    .map(RepositoryOrganization::Account)
            }
        }

        deserializer.deserialize_any(LoginOrAccount)
    }
}

/// A licence that GitHub recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct License {
    /// GitHub's key for it, such as `mit`; `other` for one that it does not know.
    pub key: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The SPDX identifier, such as `MIT`; `NOASSERTION` for one that GitHub does not know.
    pub spdx_id: Option<String>,
    /// The licence in the REST API.
    pub url: Option<String>,
    /// The licence's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}

/// How far the index for searching the code of a [`Repository`] is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeSearchIndexStatus {
    /// Whether the code can be searched.
    pub lexical_search_ok: Option<bool>,
    /// The commit that is in the index.
    pub lexical_commit_sha: Option<String>,
}

/// A code of conduct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct CodeOfConduct {
    /// GitHub's key for it, such as `contributor_covenant`.
    pub key: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The code of conduct in the REST API.
    pub url: Option<String>,
    /// What it says, in Markdown; seldom sent.
    pub body: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
}

/// What somebody may do with a [`Repository`], as the event shows it. Each level includes those below
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct RepositoryPermissions {
    /// Everything.
    #[serde(default)]
    pub admin: bool,
    /// Managing it, short of what could destroy it.
    #[serde(default)]
    pub maintain: bool,
    /// Pushing to it.
    #[serde(default)]
    pub push: bool,
    /// Managing issues and pull requests.
    #[serde(default)]
    pub triage: bool,
    /// Reading it.
    #[serde(default)]
    pub pull: bool,
}

hookstead_types::open_enum! {
    /// Who sees a [`Repository`].
    pub enum RepositoryVisibility {
        /// Everybody.
        Public = "public",
        /// Those who were let in.
        Private = "private",
        /// The members of its enterprise.
        Internal = "internal",
    }
}

hookstead_types::open_enum! {
    /// Who may open pull requests in a [`Repository`].
    pub enum PullRequestCreationPolicy {
        /// Everybody.
        All = "all",
        /// Collaborators.
        CollaboratorsOnly = "collaborators_only",
    }
}
