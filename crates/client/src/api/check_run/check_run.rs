use hookstead_types::{CheckConclusion, CheckStatus, Decode, Sha, Timestamp};
use http::Method;

use crate::api::check_run::new_check_run::{CheckOutput, NewCheckRun};
use crate::api::check_run::new_check_run::{CreateCheckRun, MoreAnnotations};
use crate::engine::decode::beside;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::repo::{IN_REPOSITORY, Repo};

/// A check run, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct CheckRun {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How far it has come.
    pub status: CheckStatus,
    /// How it has ended.
    pub conclusion: Option<CheckConclusion>,
    /// The commit.
    pub head_sha: Option<Sha>,
    /// Its creator's name for the work.
    pub external_id: Option<String>,
    /// Where its link leads.
    pub details_url: Option<String>,
    /// When the work began.
    pub started_at: Option<Timestamp>,
    /// When the work ended.
    pub completed_at: Option<Timestamp>,
    /// Its page.
    pub html_url: Option<String>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The App that made it.
    #[serde(default, deserialize_with = "beside")]
    pub app: Option<CheckApp>,
    /// The check suite that it belongs to.
    #[serde(default, deserialize_with = "beside")]
    pub check_suite: Option<SuiteOfRun>,
    /// What its page says.
    #[serde(default, deserialize_with = "beside")]
    pub output: Option<OutputOfRun>,
}

/// What the page of a check run says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct OutputOfRun {
    /// The headline.
    pub title: Option<String>,
    /// What matters, in Markdown.
    pub summary: Option<String>,
    /// The rest, in Markdown.
    pub text: Option<String>,
    /// How many annotations it has.
    #[serde(default)]
    pub annotations_count: usize,
}

/// The App that made a check run, or a check suite is of.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct CheckApp {
    /// Its number.
    pub id: u64,
    /// Its name in URLs.
    pub slug: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// The check suite of a check run.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct SuiteOfRun {
    /// Its number.
    pub id: u64,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&CREATE, &UPDATE, &ANNOTATE, &GET];

static CREATE: Endpoint =
    Endpoint::write("Repo::create_check_run", Method::POST, IN_REPOSITORY, "/check-runs")
        .permission("*Checks* write")
        .repeated(Repetition::Never, "there would be two of them");

static UPDATE: Endpoint = Endpoint::write(
    "Repo::update_check_run",
    Method::PATCH,
    IN_REPOSITORY,
    "/check-runs/{check_run_id}",
)
.permission("*Checks* write")
.repeated(Repetition::Harmless, "it is the same change");

static ANNOTATE: Endpoint = Endpoint::write(
    "Repo::update_check_run, adding annotations",
    Method::PATCH,
    IN_REPOSITORY,
    "/check-runs/{check_run_id}",
)
.permission("*Checks* write")
.repeated(Repetition::Never, "they would be shown twice");

static GET: Endpoint =
    Endpoint::get("Repo::check_run", IN_REPOSITORY, "/check-runs/{check_run_id}")
        .permission("*Checks* read");

impl Repo {
    /// Creates a check run on a commit. Only Apps can; everybody else creates a
    /// [status](Self::create_status).
    ///
    /// It is [repeated](crate#what-is-repeated) only when GitHub has surely not processed it: a second
    /// run of the same name would stay as it began.
    ///
    /// Permission: *Checks* write, of an App.
    ///
    /// # Errors
    ///
    /// Fails when the token is no App's (403), the commit is unknown (422), or the call fails on the
    /// way, see [`Error`].
    pub async fn create_check_run(
        &self,
        sha: &Sha,
        name: &str,
        run: &NewCheckRun,
    ) -> Result<CheckRun, Error> {
        let purpose = format!("create check run `{name}` for {}", self.name());
        let call = |run: &NewCheckRun| {
            let body = CreateCheckRun { name, head_sha: sha, run };
            self.call(&CREATE, purpose.clone(), &[])?.json(&body)
        };
        let (first, further) = run.in_parts();
        let created: CheckRun = self.core().send_decorated(&first, call).await?.decode()?;
        self.add_annotations(created.id, &further).await;
        Ok(created)
    }

    /// Changes a check run.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes, unless it adds annotations: these
    /// would be shown twice.
    ///
    /// Permission: *Checks* write, of the App that created it.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn update_check_run(&self, id: u64, run: &NewCheckRun) -> Result<CheckRun, Error> {
        let purpose = format!("update check run {id} of {}", self.name());
        let call = |run: &NewCheckRun| {
            let endpoint = if run.adds_annotations() { &ANNOTATE } else { &UPDATE };
            self.call(endpoint, purpose.clone(), &[&id.to_string()])?.json(run)
        };
        let (first, further) = run.in_parts();
        let updated = self.core().send_decorated(&first, call).await?.decode()?;
        self.add_annotations(id, &further).await;
        Ok(updated)
    }

    /// Sends the annotations that did not fit the first call. They decorate, so a failure is in the log.
    async fn add_annotations(&self, id: u64, further: &[CheckOutput]) {
        for (position, output) in further.iter().enumerate() {
            if let Err(error) = self.add_some_annotations(id, output).await {
                let (repo, calls) = (self.name(), further.len() - position);
                let error = &error as &dyn std::error::Error;
                tracing::warn!(%repo, id, calls, error, "leaving annotations of a check run out");
                return;
            }
        }
    }

    async fn add_some_annotations(&self, id: u64, output: &CheckOutput) -> Result<CheckRun, Error> {
        let purpose = format!("add annotations to check run {id} of {}", self.name());
        let call =
            self.call(&ANNOTATE, purpose, &[&id.to_string()])?.json(&MoreAnnotations { output })?;
        self.core().send(call).await?.decode()
    }

    /// Gets a check run.
    ///
    /// Permission: *Checks* read.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn check_run(&self, id: u64) -> Result<CheckRun, Error> {
        let purpose = format!("get check run {id} of {}", self.name());
        let call = self.call(&GET, purpose, &[&id.to_string()])?;
        self.core().send(call).await?.decode()
    }
}
