//! Answers what the plan asks: from the journal, else by GitHub.

use hookstead::client::{Error as ClientError, PullRequestState};
use hookstead::types::{RepoName, Sha};
use serde::Deserialize;

use super::pipeline::{Current, Pipeline};
use crate::journal::{BuildFilter, JournalError};
use crate::plan::{Answer, CommitNow, Lookup, PullRequestNow};

/// So many builds of a commit or a target are looked at: the plan wants the latest.
const MOST_BUILDS: u32 = 100;

/// GitHub lists so many files of a pull request.
const MOST_FILES: usize = 3_000;

impl Pipeline {
    /// Answers a lookup of the plan's.
    ///
    /// # Errors
    ///
    /// Fails when the journal fails, and when GitHub is down; so that the delivery is planned again later.
    pub(super) async fn answer(
        &self,
        current: &Current,
        lookup: &Lookup,
    ) -> Result<Answer, hookstead::HandlerError> {
        if lookup.is_for_github() {
            return match ask_github(current, lookup).await {
                Ok(answer) => Ok(answer),
                Err(error) if error.is_not_found() => Ok(Answer::Unknown),
                Err(error) if error.is_outage() || error.retry_after().is_some() => {
                    Err(error.into())
                }
                Err(error) => {
                    tracing::warn!(%error, %lookup, "GitHub does not say");
                    Ok(Answer::Unknown)
                }
            };
        }
        Ok(self.ask_journal(lookup).await?)
    }

    async fn ask_journal(&self, lookup: &Lookup) -> Result<Answer, JournalError> {
        let journal = self.journal();
        Ok(match lookup {
            Lookup::BuildsOfCommit { project, sha } => {
                let Ok(sha) = sha.parse::<Sha>() else { return Ok(Answer::Builds(Vec::new())) };
                let mut builds = journal.builds(&BuildFilter::Sha(sha), None, MOST_BUILDS).await?;
                builds.retain(|build| build.what.project == *project);
                Answer::Builds(builds)
            }
            Lookup::LiveBuilds { project, target } => {
                let filter = BuildFilter::Target(project.clone(), target.clone());
                let mut builds = journal.builds(&filter, None, MOST_BUILDS).await?;
                builds.retain(|build| !build.state.is_final());
                Answer::Builds(builds)
            }
            Lookup::Head { repo, target } => {
                let Ok(repo) = repo.parse::<RepoName>() else { return Ok(Answer::Head(None)) };
                Answer::Head(journal.head(&repo, target).await?)
            }
            Lookup::PassedTree { project, job, tree } => {
                let found = journal.green_of(project, job, tree).await?;
                Answer::Builds(found.into_iter().collect())
            }
            Lookup::Build { number } => match journal.build(*number).await {
                Ok(build) => Answer::Builds(vec![build]),
                Err(error) if error.is_no_build() => Answer::Builds(Vec::new()),
                Err(error) => return Err(error),
            },
            Lookup::NameOf { repository } => {
                Answer::Name(journal.repository_name(*repository).await?)
            }
            _ => Answer::Unknown,
        })
    }
}

async fn ask_github(current: &Current, lookup: &Lookup) -> Result<Answer, ClientError> {
    let repo = |name: &str| name.parse::<RepoName>();
    Ok(match lookup {
        Lookup::PullRequest { repo: name, number } => {
            let Ok(name) = repo(name) else { return Ok(Answer::Unknown) };
            let found = current.hub.repo(&name).await?.pull_request(*number).await?;
            let head_repo = found.head.repo.as_ref().and_then(|it| it.full_name.as_ref());
            Answer::PullRequest(Some(PullRequestNow {
                number: found.number,
                // A fork that was deleted is no repository of ours either.
                is_fork: head_repo != Some(&name),
                head: found.head.sha,
                head_branch: found.head.r#ref,
                base_branch: found.base.r#ref,
                is_draft: found.draft.unwrap_or(false),
                is_open: found.state == PullRequestState::Open,
                title: found.title.unwrap_or_default(),
                author: found.user.map(|user| user.login).unwrap_or_default(),
                updated_at: found.updated_at,
            }))
        }
        Lookup::ChangedFiles { repo: name, number } => {
            let Ok(name) = repo(name) else { return Ok(Answer::Unknown) };
            changed_files(current, &name, *number).await?
        }
        Lookup::MayWrite { repo: name, login } => {
            let Ok(name) = repo(name) else { return Ok(Answer::MayWrite(false)) };
            match current.hub.repo(&name).await?.permission_of(login).await {
                Ok(permission) => Answer::MayWrite(permission.may_write()),
                Err(error) if error.is_not_found() => Answer::MayWrite(false),
                Err(error) => return Err(error),
            }
        }
        Lookup::Commit { repo: name, name: git_ref } => {
            let Ok(name) = repo(name) else { return Ok(Answer::Unknown) };
            commit(current, &name, git_ref).await?
        }
        _ => Answer::Unknown,
    })
}

async fn commit(current: &Current, name: &RepoName, git_ref: &str) -> Result<Answer, ClientError> {
    let repo = current.hub.repo(name).await?;
    let branch = match git_ref.strip_prefix("refs/heads/") {
        Some(branch) => Some(branch.to_owned()),
        None if git_ref == "HEAD" => repo.get().await?.default_branch,
        None => None,
    };
    // The API takes `heads/main` and `tags/v1`.
    let asked = match &branch {
        Some(branch) => format!("heads/{branch}"),
        None => git_ref.strip_prefix("refs/").unwrap_or(git_ref).to_owned(),
    };
    let found = match repo.commit(&asked).await {
        Ok(found) => found,
        // GitHub says 422 to a sha that it does not know.
        Err(error) if error.status().is_some_and(|status| status.as_u16() == 422) => {
            return Ok(Answer::Commit(None));
        }
        Err(error) if error.is_not_found() => return Ok(Answer::Commit(None)),
        Err(error) => return Err(error),
    };
    let login = found.author.as_ref().map(|user| user.login.clone());
    let name = found.git.as_ref().and_then(|git| git.author.as_ref()?.name.clone());
    Ok(Answer::Commit(Some(CommitNow {
        tree: found.tree().cloned(),
        message: found.message().to_owned(),
        author: login.or(name).unwrap_or_default(),
        branch,
        sha: found.sha,
    })))
}

async fn changed_files(
    current: &Current,
    name: &RepoName,
    number: u64,
) -> Result<Answer, ClientError> {
    #[derive(Deserialize)]
    struct File {
        filename: String,
        previous_filename: Option<String>,
    }
    let repo = current.hub.repo(name).await?;
    let path = format!("/repos/{name}/pulls/{number}/files");
    let request = repo.client().request(hookstead::client::Method::GET, &path);
    let page = request.query("per_page", "100").send_page::<File>().await?;
    let mut items = repo.client().items(page);
    let (mut paths, mut files) = (Vec::new(), 0);
    while let Some(file) = items.next().await {
        let file = file?;
        files += 1;
        paths.push(file.filename);
        paths.extend(file.previous_filename);
    }
    Ok(Answer::Files { paths, is_complete: files < MOST_FILES })
}
