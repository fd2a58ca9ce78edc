use hookstead_types::Decode;
use http::Method;
use serde::Serialize;

use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A label, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Label {
    /// Its name, which is compared without regard to case.
    pub name: String,
    /// Its number.
    pub id: Option<u64>,
    /// Its color, as six hex digits.
    pub color: Option<String>,
    /// A few words about it.
    pub description: Option<String>,
    /// Whether GitHub gave it to the repository when that was made.
    pub default: Option<bool>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

#[derive(Debug, Serialize)]
struct Names {
    labels: Vec<String>,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&ADD, &SET, &REMOVE, &LIST];

const PERMISSION: &str = "*Issues* write or *Pull requests* write";

static ADD: Endpoint = Endpoint::write(
    "Repo::add_labels",
    Method::POST,
    IN_REPOSITORY,
    "/issues/{issue_number}/labels",
)
.permission(PERMISSION)
.repeated(Repetition::Harmless, "an issue has each label once");

static SET: Endpoint = Endpoint::write(
    "Repo::set_labels",
    Method::PUT,
    IN_REPOSITORY,
    "/issues/{issue_number}/labels",
)
.permission(PERMISSION)
.repeated(Repetition::Harmless, "it is the same change");

static REMOVE: Endpoint = Endpoint::write(
    "Repo::remove_label",
    Method::DELETE,
    IN_REPOSITORY,
    "/issues/{issue_number}/labels/{name}",
)
.permission(PERMISSION)
.repeated(Repetition::FindsItDone, "it is gone either way");

static LIST: Endpoint =
    Endpoint::get("Repo::labels_of", IN_REPOSITORY, "/issues/{issue_number}/labels")
        .permission("*Issues* read or *Pull requests* read");

impl Repo {
    /// Adds labels to an issue or a pull request, and returns all that it has then. A label that the
    /// repository lacks is made.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when there is no such issue (404) or the call fails on the way, see [`Error`].
    pub async fn add_labels(
        &self,
        number: u64,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Vec<Label>, Error> {
        let purpose = format!("label {}#{number}", self.name());
        self.send_labels(&ADD, purpose, number, names).await
    }

    /// Puts these labels in the place of all that an issue or a pull request has; none takes all away.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when there is no such issue (404) or the call fails on the way, see [`Error`].
    pub async fn set_labels(
        &self,
        number: u64,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Vec<Label>, Error> {
        let purpose = format!("set the labels of {}#{number}", self.name());
        self.send_labels(&SET, purpose, number, names).await
    }

    /// Takes a label from an issue or a pull request. `false`: it did not have that label.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`]. That there is no such issue
    /// looks like an issue without that label.
    pub async fn remove_label(&self, number: u64, name: &str) -> Result<bool, Error> {
        let purpose = format!("take a label from {}#{number}", self.name());
        let call = self.call(&REMOVE, purpose, &[&number.to_string(), name])?;
        let answer = self.core().send(call).await?;
        if answer.is_gone() {
            // After a doubtful attempt that is what it has done.
            return Ok(answer.is_doubtful);
        }
        answer.decode::<Vec<Label>>().map(|_| true)
    }

    /// Lists the labels of an issue or a pull request.
    ///
    /// Permission: *Issues* read or *Pull requests* read.
    ///
    /// # Errors
    ///
    /// Fails when there is no such issue (404) or the call fails on the way, see [`Error`].
    pub async fn labels_of(&self, number: u64) -> Result<Page<Label>, Error> {
        let purpose = format!("list the labels of {}#{number}", self.name());
        let call = self.call(&LIST, purpose, &[&number.to_string()])?;
        self.core().send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }

    async fn send_labels(
        &self,
        endpoint: &Endpoint,
        purpose: String,
        number: u64,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Vec<Label>, Error> {
        let labels = names.into_iter().map(Into::into).collect();
        let call = self.call(endpoint, purpose, &[&number.to_string()])?;
        self.core().send(call.json(&Names { labels })?).await?.decode()
    }
}
