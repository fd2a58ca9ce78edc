use http::{Method, StatusCode};
use serde::Serialize;

use crate::api::decoration::Text;
use crate::api::issue::label::Label;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A label that a repository is to have.
///
/// ```
/// use hookstead_client::NewLabel;
///
/// let ready = NewLabel::new("ready").color("0e8a16").description("May be merged");
/// # let _ = ready;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewLabel {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl NewLabel {
    /// A label of this name, in a color of GitHub's choice.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), color: None, description: None }
    }

    /// Its color, as six hex digits. A `#` before them is left out, as GitHub wants it.
    #[must_use]
    pub fn color(mut self, color: impl AsRef<str>) -> Self {
        let color = color.as_ref();
        self.color = Some(color.strip_prefix('#').unwrap_or(color).to_owned());
        self
    }

    /// A few words about it, 100 characters at most; a longer text is cut.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(Text::LABEL_DESCRIPTION.fit(description));
        self
    }
}

/// What came of the wish for a label: one of these, so a `match` needs no wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelOutcome {
    /// The repository has it now.
    Created(Label),
    /// The repository has one of this name already, with whatever color and words. After an attempt without an
    /// answer it may be the one that this call made.
    Exists,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&LIST, &CREATE];

static LIST: Endpoint = Endpoint::get("Repo::labels", IN_REPOSITORY, "/labels")
    .permission("*Issues* read or *Pull requests* read");

static CREATE: Endpoint =
    Endpoint::write("Repo::create_label", Method::POST, IN_REPOSITORY, "/labels")
        .permission("*Issues* write or *Pull requests* write")
        .repeated(Repetition::FindsItDone, "GitHub says that there is one of this name");

impl Repo {
    /// Lists the labels that the repository has for its issues and pull requests.
    ///
    /// Permission: *Issues* read or *Pull requests* read.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses or the call fails on the way, see [`Error`].
    pub async fn labels(&self) -> Result<Page<Label>, Error> {
        let call = self.call(&LIST, format!("list the labels of {}", self.name()), &[])?;
        self.core().send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }

    /// Makes a label for the repository's issues and pull requests. [`add_labels`](Self::add_labels) makes those
    /// that are missing, too, but in a color of GitHub's choice.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when GitHub refuses (422 for a color that is none) or the call fails on the way, see [`Error`].
    pub async fn create_label(&self, label: &NewLabel) -> Result<LabelOutcome, Error> {
        let purpose = format!("make a label in {}", self.name());
        let call = self.call(&CREATE, purpose, &[])?.json(label)?;
        let answer = self.core().send(call).await?;
        if answer.status == StatusCode::UNPROCESSABLE_ENTITY {
            let error = answer.refused();
            let is_taken = |code: Option<&str>| code == Some("already_exists");
            let mut reasons = error.validation_errors().iter();
            return match reasons.any(|it| is_taken(it.code.as_deref())) {
                true => Ok(LabelOutcome::Exists),
                false => Err(error),
            };
        }
        answer.decode().map(LabelOutcome::Created)
    }
}
