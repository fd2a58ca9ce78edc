use hookstead_client::{Error, NewStatus, Repo, Status};
use hookstead_handler::Attempt;
use hookstead_types::{Sha, StatusState};

use crate::reporter::Reporter;
use crate::target::{Saying, Sight, Translate, field};
use crate::words;

/// So many pages of a hundred statuses each are looked at, whatever their contexts: GitHub lists those of
/// all contexts together, the newest first.
const MOST_PAGES: usize = 10;

/// Reports by the statuses of one context of a commit: `pending`, then `success`, `failure` or `error`.
///
/// Permission: *Commit statuses* write; a classic token needs `repo:status`.
pub type StatusReporter = Reporter<StatusTarget>;

impl StatusReporter {
    /// Where the statuses' link leads: the build's page. One that is no `http://` or `https://` URL is
    /// left out.
    #[must_use]
    pub fn target_url(mut self, url: impl Into<String>) -> Self {
        self.decoration = Some(url.into());
        self
    }
}

/// A context of a commit, as a [`StatusReporter`] reports on it.
#[derive(Debug)]
pub struct StatusTarget {
    repo: Repo,
    sha: Sha,
    context: String,
}

impl StatusTarget {
    pub(crate) fn reporter(
        repo: &Repo,
        sha: &Sha,
        context: impl Into<String>,
        attempt: &Attempt,
    ) -> StatusReporter {
        // As GitHub will have it, so that the reporters of one status find each other. It takes `default`
        // when none is given.
        let context = field(&NewStatus::pending().context(context), "context");
        let context = context.unwrap_or_else(|| "default".to_owned());
        let (repo, sha) = (repo.clone(), sha.clone());
        Reporter::new(Self { repo, sha, context }, attempt)
    }

    /// The statuses of this context, back to the own one, else to the latest of this context.
    async fn of_context(&self, own: Option<u64>) -> Result<Vec<Status>, Error> {
        let context = self.context.to_lowercase();
        let mut found = Vec::new();
        let mut page = self.repo.statuses(&self.sha).await?;
        for _ in 0..MOST_PAGES {
            let of_context = page.items.drain(..).filter(|it| it.context.to_lowercase() == context);
            found.extend(of_context);
            if found.iter().any(|it: &Status| own.is_none_or(|own| it.id <= own)) {
                break;
            }
            match self.repo.client().next_page(&page).await? {
                Some(next) => page = next,
                None => break,
            }
        }
        Ok(found)
    }

    fn is_said(&self, there: &Status, report: &NewStatus) -> bool {
        let text = |name| field(report, name).unwrap_or_default();
        there.state.as_ref() == text("state")
            && there.description.as_deref().unwrap_or_default() == text("description")
            && there.target_url.as_deref().unwrap_or_default() == text("target_url")
    }
}

impl Translate for StatusTarget {
    type Decoration = Option<String>;
    type Report = NewStatus;

    fn repo(&self) -> &Repo {
        &self.repo
    }

    fn name(&self) -> String {
        // GitHub compares contexts without regard to case.
        format!("status {} of {}", self.context.to_lowercase(), self.sha)
    }

    fn short_name(&self) -> String {
        format!("status {} of {}", self.context, self.sha.short())
    }

    fn report(&self, saying: &Saying, target_url: &Option<String>) -> NewStatus {
        let verdict = saying.verdict();
        let state = verdict.map_or(StatusState::Pending, |verdict| verdict.state());
        let status =
            NewStatus::new(state).context(self.context.as_str()).description(saying.description());
        // One that cannot be used leaves the one before.
        let own = verdict.and_then(|verdict| verdict.link.as_ref());
        target_url.iter().chain(own).fold(status, |status, url| status.target_url(url))
    }

    async fn look(&self, report: &NewStatus, own: Option<u64>) -> Result<Sight, Error> {
        let statuses = self.of_context(own).await?;
        let of_context = statuses.iter();
        // GitHub's ids grow. Going by the order of the list alone would be misled by a replica that does
        // not know the own one yet.
        let Some(latest) = of_context.clone().max_by_key(|it| it.id) else {
            return Ok(Sight::default());
        };
        let is_pending = |it: &Status| it.state == StatusState::Pending;
        let promises = latest.description.as_deref().is_some_and(words::promise_another);
        Ok(Sight {
            latest: Some(latest.id),
            is_said: self.is_said(latest, report),
            is_open: is_pending(latest) || promises,
            is_overtaken: own
                .is_some_and(|own| of_context.clone().any(|it| it.id > own && is_pending(it))),
            annotations: 0,
        })
    }

    async fn post(&self, report: &NewStatus, _: Option<&Sight>) -> Result<u64, Error> {
        self.repo.create_status(&self.sha, report).await.map(|created| created.id)
    }
}
