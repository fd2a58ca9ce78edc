use hookstead_types::{Decode, Timestamp, User};
use http::Method;
use serde::Serialize;

use crate::engine::decode::user;
use crate::engine::endpoint::{Endpoint, Repetition};
use crate::engine::error::Error;
use crate::engine::page::{ITEMS_PER_PAGE, Page};
use crate::repo::{IN_REPOSITORY, Repo};

hookstead_types::open_enum! {
    /// What a reaction says. GitHub knows these eight, and refuses every other with 422.
    pub enum ReactionContent {
        /// A thumb up.
        ThumbsUp = "+1",
        /// A thumb down.
        ThumbsDown = "-1",
        /// A laughing face.
        Laugh = "laugh",
        /// A confused face.
        Confused = "confused",
        /// A heart.
        Heart = "heart",
        /// A party popper.
        Hooray = "hooray",
        /// A rocket.
        Rocket = "rocket",
        /// Eyes: somebody is looking at it.
        Eyes = "eyes",
    }
}

/// A reaction, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Decode)]
#[non_exhaustive]
pub struct Reaction {
    /// Its number.
    pub id: u64,
    /// What it says.
    pub content: ReactionContent,
    /// Whose it is.
    #[serde(default, deserialize_with = "user")]
    pub user: Option<User>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Its id in GitHub's GraphQL API.
    pub node_id: Option<String>,
}

#[derive(Debug, Serialize)]
struct Content<'a> {
    content: &'a ReactionContent,
}

/// The calls of this file.
pub(crate) const CALLS: &[&Endpoint] =
    &[&TO_ISSUE, &TO_COMMENT, &OF_ISSUE, &OF_COMMENT, &FROM_ISSUE, &FROM_COMMENT];

const PERMISSION: &str = "*Issues* write or *Pull requests* write";
const BECAUSE: &str = "GitHub answers with the first one";

static TO_ISSUE: Endpoint = Endpoint::write(
    "Repo::react_to_issue",
    Method::POST,
    IN_REPOSITORY,
    "/issues/{issue_number}/reactions",
)
.permission(PERMISSION)
.repeated(Repetition::FindsItDone, BECAUSE);

static TO_COMMENT: Endpoint = Endpoint::write(
    "Repo::react_to_comment",
    Method::POST,
    IN_REPOSITORY,
    "/issues/comments/{comment_id}/reactions",
)
.permission(PERMISSION)
.repeated(Repetition::FindsItDone, BECAUSE);

const READ: &str = "*Issues* read or *Pull requests* read";
const GONE: &str = "it is gone either way";

static OF_ISSUE: Endpoint =
    Endpoint::get("Repo::reactions_to_issue", IN_REPOSITORY, "/issues/{issue_number}/reactions")
        .permission(READ);

static OF_COMMENT: Endpoint = Endpoint::get(
    "Repo::reactions_to_comment",
    IN_REPOSITORY,
    "/issues/comments/{comment_id}/reactions",
)
.permission(READ);

static FROM_ISSUE: Endpoint = Endpoint::write(
    "Repo::delete_reaction_to_issue",
    Method::DELETE,
    IN_REPOSITORY,
    "/issues/{issue_number}/reactions/{reaction_id}",
)
.permission(PERMISSION)
.repeated(Repetition::FindsItDone, GONE);

static FROM_COMMENT: Endpoint = Endpoint::write(
    "Repo::delete_reaction_to_comment",
    Method::DELETE,
    IN_REPOSITORY,
    "/issues/comments/{comment_id}/reactions/{reaction_id}",
)
.permission(PERMISSION)
.repeated(Repetition::FindsItDone, GONE);

impl Repo {
    /// Reacts to an issue or a pull request. Who has reacted so already gets that reaction.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when there is no such issue (404) or the call fails on the way, see [`Error`].
    pub async fn react_to_issue(
        &self,
        number: u64,
        content: &ReactionContent,
    ) -> Result<Reaction, Error> {
        let purpose = format!("react to {}#{number}", self.name());
        self.react(&TO_ISSUE, purpose, number, content).await
    }

    /// Reacts to a comment on an issue or a pull request: the shortest way to say that a command was heard.
    /// Who has reacted so already gets that reaction.
    ///
    /// ```no_run
    /// use hookstead_client::{Error, ReactionContent, Repo};
    ///
    /// # async fn heard(repo: Repo, comment: u64) -> Result<(), Error> {
    /// repo.react_to_comment(comment, &ReactionContent::Eyes).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when there is no such comment (404) or the call fails on the way, see [`Error`].
    pub async fn react_to_comment(
        &self,
        comment: u64,
        content: &ReactionContent,
    ) -> Result<Reaction, Error> {
        let purpose = format!("react to comment {comment} in {}", self.name());
        self.react(&TO_COMMENT, purpose, comment, content).await
    }

    /// Lists the reactions to an issue or a pull request, not those to its comments.
    ///
    /// Permission: *Issues* read or *Pull requests* read.
    ///
    /// # Errors
    ///
    /// Fails when there is no such issue (404) or the call fails on the way, see [`Error`].
    pub async fn reactions_to_issue(&self, number: u64) -> Result<Page<Reaction>, Error> {
        let purpose = format!("list the reactions to {}#{number}", self.name());
        let call = self.call(&OF_ISSUE, purpose, &[&number.to_string()])?;
        self.core().send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }

    /// Lists the reactions to a comment on an issue or a pull request.
    ///
    /// Permission: *Issues* read or *Pull requests* read.
    ///
    /// # Errors
    ///
    /// Fails when there is no such comment (404) or the call fails on the way, see [`Error`].
    pub async fn reactions_to_comment(&self, comment: u64) -> Result<Page<Reaction>, Error> {
        let purpose = format!("list the reactions to comment {comment} in {}", self.name());
        let call = self.call(&OF_COMMENT, purpose, &[&comment.to_string()])?;
        self.core().send(call.query("per_page", ITEMS_PER_PAGE)).await?.page()
    }

    /// Takes a reaction of one's own from an issue or a pull request.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn delete_reaction_to_issue(&self, number: u64, reaction: u64) -> Result<(), Error> {
        let purpose = format!("delete reaction {reaction} to {}#{number}", self.name());
        let ids = [number, reaction].map(|it| it.to_string());
        let call = self.call(&FROM_ISSUE, purpose, &[&ids[0], &ids[1]])?;
        self.core().send(call).await?.gone()
    }

    /// Takes a reaction of one's own from a comment on an issue or a pull request: the work that it told of is
    /// done, say.
    ///
    /// It is [repeated](crate#what-is-repeated) when no answer comes.
    ///
    /// Permission: *Issues* write or *Pull requests* write.
    ///
    /// # Errors
    ///
    /// Fails when there is none (404) or the call fails on the way, see [`Error`].
    pub async fn delete_reaction_to_comment(
        &self,
        comment: u64,
        reaction: u64,
    ) -> Result<(), Error> {
        let repo = self.name();
        let purpose = format!("delete reaction {reaction} to comment {comment} in {repo}");
        let ids = [comment, reaction].map(|it| it.to_string());
        let call = self.call(&FROM_COMMENT, purpose, &[&ids[0], &ids[1]])?;
        self.core().send(call).await?.gone()
    }

    async fn react(
        &self,
        endpoint: &Endpoint,
        purpose: String,
        to: u64,
        content: &ReactionContent,
    ) -> Result<Reaction, Error> {
        let call = self.call(endpoint, purpose, &[&to.to_string()])?;
        self.core().send(call.json(&Content { content })?).await?.decode()
    }
}
