use hookstead_types::{Decode, Timestamp, User};
use http::Method;
use serde::Serialize;

use crate::api::decoration::Text;
use crate::engine::decode::user;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

/// A comment on an issue or a pull request, as the API shows it. Those on lines of a pull request are others.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct IssueComment {
    /// Its number.
    pub id: u64,
    /// What it says, in Markdown.
    #[serde(default)]
    pub body: String,
    /// Who wrote it.
    #[serde(default, deserialize_with = "user")]
    pub user: Option<User>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
    /// When it was edited last.
    pub updated_at: Option<Timestamp>,
    /// Its place on the page of the issue.
    pub html_url: Option<String>,
    /// It in the REST API.
    pub url: Option<String>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

#[derive(Debug, Serialize)]
struct Body {
    body: String,
}

impl Body {
    fn of(markdown: &str) -> Self {
        Self { body: Text::COMMENT.fit(markdown) }
    }
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] = &[&CREATE, &UPDATE, &DELETE, &LIST];

const PERMISSION: &str = "*Issues* write or *Pull requests* write";

static CREATE: Endpoint = Endpoint::write(
    "Repo::create_comment",
    Method::POST,
    IN_REPOSITORY,
    "/issues/{issue_number}/comments",
)
.permission(PERMISSION)
.repeated(Repetition::Never, "people would read it twice");

static UPDATE: Endpoint = Endpoint::write(
    "Repo::update_comment",
    Method::PATCH,
    IN_REPOSITORY,
    "/issues/comments/{comment_id}",
)
.permission(PERMISSION)
.repeated(Repetition::Harmless, "it is the same change");

static DELETE: Endpoint = Endpoint::write(
    "Repo::delete_comment",
    Method::DELETE,
    IN_REPOSITORY,
    "/issues/comments/{comment_id}",
)
.permission(PERMISSION)
.repeated(Repetition::FindsItDone, "it is gone either way");

static LIST: Endpoint =
    Endpoint::get("Repo::comments", IN_REPOSITORY, "/issues/{issue_number}/comments")
        .permission("*Issues* read or *Pull requests* read");

impl Repo {
    /// Comments on an issue or a pull request, in Markdown.
    ///
    /// A text beyond [`COMMENT_MAX_CHARACTERS`](crate::COMMENT_MAX_CHARACTERS) is cut. It is
    /// [repeated](crate#what-is-repeated) only when GitHub has surely not processed it: a second comment
    /// would be sent to everybody once more.
    ///
    /// Permission: *Issues* write or *Pull requests* write, whichever the number is; a classic token
    /// needs `repo`.
    ///
    /// # Errors
    ///
    /// Fails when there is no such issue (404), when it is locked (403), or the call fails on the way,
    /// see [`Error`].
    pub async fn create_comment(&self, number: u64, markdown: &str) -> Result<IssueComment, Error> {
        let purpose = format!("comment on {}#{number}", self.name());
        let call = self.call(&CREATE, purpose, &[&number.to_string()])?;
        self.core().send(call.json(&Body::of(markdown))?).await?.decode()
    }

    /// Changes what a comment says. It can be one of somebody else's.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn update_comment(&self, id: u64, markdown: &str) -> Result<IssueComment, Error> {
        let purpose = format!("change comment {id} in {}", self.name());
        let call = self.call(&UPDATE, purpose, &[&id.to_string()])?;
        self.core().send(call.json(&Body::of(markdown))?).await?.decode()
    }

    /// Deletes a comment. It can be one of somebody else's.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn delete_comment(&self, id: u64) -> Result<(), Error> {
        let purpose = format!("delete comment {id} in {}", self.name());
        let call = self.call(&DELETE, purpose, &[&id.to_string()])?;
        self.core().send(call).await?.gone()
    }

    /// Lists the comments on an issue or a pull request, the oldest first.
    ///
    /// Permission: *Issues* read or *Pull requests* read.
    ///
    /// # Errors
    ///
    /// Fails when there is no such issue (404) or the call fails on the way, see [`Error`].
    pub async fn comments(&self, number: u64) -> Result<Page<IssueComment>, Error> {
        let purpose = format!("list the comments on {}#{number}", self.name());
        let call = self.call(&LIST, purpose, &[&number.to_string()])?;
        self.core().send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }
}
