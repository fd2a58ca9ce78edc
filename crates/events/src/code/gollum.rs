use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Sha, User};

use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::repository::Repository;

/// `gollum`: pages of the repository's wiki were written or changed. (Gollum is the software that
/// runs GitHub's wikis.)
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct GollumEvent {
    /// The pages.
    #[serde(default, deserialize_with = "items")]
    pub pages: Vec<WikiPage>,
    /// The repository.
    pub repository: Box<Repository>,
    /// Who did it.
    pub sender: Option<User>,
    /// The organization that the repository belongs to.
    pub organization: Option<Organization>,
    /// The App's installation; only Apps get it.
    pub installation: Option<InstallationReference>,
    /// The enterprise that the organization belongs to.
    pub enterprise: Option<Enterprise>,
}

/// A page of a repository's wiki.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct WikiPage {
    /// What happened to it.
    pub action: Option<WikiPageAction>,
    /// The name in its URL.
    pub page_name: String,
    /// The headline.
    pub title: Option<String>,
    /// What the change was for.
    pub summary: Option<String>,
    /// The commit in the wiki's own git repository.
    pub sha: Option<Sha>,
    /// The page.
    pub html_url: Option<String>,
}

hookstead_types::open_enum! {
    /// What happened to a [`WikiPage`].
    pub enum WikiPageAction {
        /// It was written.
        Created = "created",
        /// It was changed.
        Edited = "edited",
    }
}
