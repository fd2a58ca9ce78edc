use serde::Serialize;

use hookstead_types::{Decode, Sha, User};

use crate::security::secret_scanning_alert::SecretScanningAlert;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `secret_scanning_alert_location`: a secret was found in one more place.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecretScanningAlertLocationEvent {
    /// Always `created`; GitHub's schema allows it to be missing.
    #[serde(default = "created")]
    pub action: SecretScanningAlertLocationAction,
    /// The alert.
    pub alert: Box<SecretScanningAlert>,
    /// Where the secret was found.
    pub location: Box<SecretScanningLocation>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who caused it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

fn created() -> SecretScanningAlertLocationAction {
    SecretScanningAlertLocationAction::Created
}

hookstead_types::open_enum! {
    /// What happened to a place that a secret was found in.
    pub enum SecretScanningAlertLocationAction {
        /// It is new.
        Created = "created",
    }
}

/// Where a secret was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecretScanningLocation {
    /// What kind of place it is.
    pub r#type: Option<SecretScanningLocationType>,
    /// The place.
    pub details: Option<Box<SecretScanningLocationDetails>>,
}

hookstead_types::open_enum! {
    /// What kind of place a [`SecretScanningLocation`] is.
    pub enum SecretScanningLocationType {
        /// A file in a commit.
        Commit = "commit",
        /// A page in a commit of the wiki.
        WikiCommit = "wiki_commit",
        /// The title of an issue.
        IssueTitle = "issue_title",
        /// The body of an issue.
        IssueBody = "issue_body",
        /// A comment on an issue.
        IssueComment = "issue_comment",
        /// The title of a discussion.
        DiscussionTitle = "discussion_title",
        /// The body of a discussion.
        DiscussionBody = "discussion_body",
        /// A comment on a discussion.
        DiscussionComment = "discussion_comment",
        /// The title of a pull request.
        PullRequestTitle = "pull_request_title",
        /// The body of a pull request.
        PullRequestBody = "pull_request_body",
        /// A comment in a pull request's conversation.
        PullRequestComment = "pull_request_comment",
        /// A review of a pull request.
        PullRequestReview = "pull_request_review",
        /// A comment on a pull request's changes.
        PullRequestReviewComment = "pull_request_review_comment",
    }
}

/// A place that a secret was found in. A file has a path, lines and columns; every other place has
/// the address that is named after its [kind](SecretScanningLocationType), and its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct SecretScanningLocationDetails {
    /// The file.
    pub path: Option<String>,
    /// The first line, from 1.
    pub start_line: Option<u64>,
    /// The last line.
    pub end_line: Option<u64>,
    /// The first column, from 1.
    pub start_column: Option<u64>,
    /// The last column.
    pub end_column: Option<u64>,
    /// The name of the file's contents.
    pub blob_sha: Option<Sha>,
    /// The contents in the REST API; not in a wiki.
    pub blob_url: Option<String>,
    /// The commit.
    pub commit_sha: Option<Sha>,
    /// The commit in the REST API; in a wiki, its page.
    pub commit_url: Option<String>,
    /// The page, in a wiki.
    pub page_url: Option<String>,
    /// Its page, whatever kind of place it is; a wiki's and a discussion's have other names.
    pub html_url: Option<String>,
    /// The issue in the REST API.
    pub issue_title_url: Option<String>,
    /// The issue in the REST API.
    pub issue_body_url: Option<String>,
    /// The comment in the REST API.
    pub issue_comment_url: Option<String>,
    /// The discussion's page.
    pub discussion_title_url: Option<String>,
    /// The body on the discussion's page.
    pub discussion_body_url: Option<String>,
    /// The comment on the discussion's page.
    pub discussion_comment_url: Option<String>,
    /// The pull request in the REST API.
    pub pull_request_title_url: Option<String>,
    /// The pull request in the REST API.
    pub pull_request_body_url: Option<String>,
    /// The comment in the REST API.
    pub pull_request_comment_url: Option<String>,
    /// The review in the REST API.
    pub pull_request_review_url: Option<String>,
    /// The comment in the REST API.
    pub pull_request_review_comment_url: Option<String>,
}
