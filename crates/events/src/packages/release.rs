use serde::Serialize;

use hookstead_types::decode::items;
use hookstead_types::{Decode, Timestamp, User};

use crate::shared::change::Change;
use crate::shared::enterprise::Enterprise;
use crate::shared::installation_reference::InstallationReference;
use crate::shared::organization::Organization;
use crate::shared::reactions::Reactions;
use crate::shared::repository::Repository;

/// `release`: something happened to a release.
///
/// Publishing a release that was no draft before makes three events: `created`, `published` and
/// `released` (or `prereleased`). React to one of them.
///
/// ```
/// use hookstead_events::{Event, EventName, ReleaseAction, ReleaseEvent};
///
/// let payload = br#"{
///     "action": "published",
///     "release": {"id": 17372790, "tag_name": "v1.0.0", "prerelease": false},
///     "repository": {"id": 1, "name": "hello", "full_name": "octocat/hello"}
/// }"#;
/// let event = ReleaseEvent::decode(&EventName::Release, payload)?;
/// assert_eq!(event.action, ReleaseAction::Published);
/// assert_eq!(event.release.tag_name, "v1.0.0");
/// # Ok::<(), hookstead_events::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ReleaseEvent {
    /// What happened.
    pub action: ReleaseAction,
    /// The release, as it is now.
    pub release: Box<Release>,
    /// What was edited; on `edited`.
    pub changes: Option<ReleaseChanges>,
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

hookstead_types::open_enum! {
    /// What happened to a release.
    pub enum ReleaseAction {
        /// A draft was saved, or a release was published without having been one.
        Created = "created",
        /// It was deleted.
        Deleted = "deleted",
        /// It was changed.
        Edited = "edited",
        /// It was published as one that is not for everybody yet.
        Prereleased = "prereleased",
        /// It was published, for everybody or not.
        Published = "published",
        /// It was published for everybody.
        Released = "released",
        /// It was made a draft again.
        Unpublished = "unpublished",
    }
}

/// What was edited in a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct ReleaseChanges {
    /// The name before.
    pub name: Option<Change<String>>,
    /// The notes before.
    pub body: Option<Change<String>>,
    /// The tag before.
    pub tag_name: Option<Change<String>>,
    /// Whether it became the latest release.
    pub make_latest: Option<MakeLatestChange>,
}

/// Whether a release became the repository's latest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Decode)]
#[non_exhaustive]
pub struct MakeLatestChange {
    /// Whether it did.
    pub to: Option<bool>,
}

/// A release: a tag with notes and files.
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct Release {
    /// The release's number.
    pub id: u64,
    /// The release's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The tag, without `refs/tags/`.
    pub tag_name: String,
    /// The branch or commit that the tag is made from, if it does not exist yet.
    pub target_commitish: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The notes, in Markdown.
    pub body: Option<String>,
    /// Whether it is not published yet.
    #[serde(default)]
    pub draft: bool,
    /// Whether it is not for everybody yet.
    #[serde(default)]
    pub prerelease: bool,
    /// Whether nobody can change its tag and files any more.
    #[serde(default)]
    pub immutable: bool,
    /// Who made it.
    pub author: Option<User>,
    /// The files that belong to it.
    #[serde(default, deserialize_with = "items")]
    pub assets: Vec<ReleaseAsset>,
    /// The date of the commit that it is about.
    pub created_at: Option<Timestamp>,
    /// When it changed last; missing in old payloads.
    pub updated_at: Option<Timestamp>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// The reactions to it.
    pub reactions: Option<Reactions>,
    /// How many people its notes mention; in old payloads.
    pub mentions_count: Option<u64>,
    /// The release in the REST API.
    pub url: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// The discussion about it.
    pub discussion_url: Option<String>,
    /// Its files in the REST API.
    pub assets_url: Option<String>,
    /// Where to upload a file, as a URI template.
    pub upload_url: Option<String>,
    /// The tagged files as a tarball.
    pub tarball_url: Option<String>,
    /// The tagged files as a zip file.
    pub zipball_url: Option<String>,
}

/// A file that belongs to a [`Release`].
#[derive(Debug, Clone, PartialEq, Serialize, Decode)]
#[non_exhaustive]
pub struct ReleaseAsset {
    /// The file's number.
    pub id: u64,
    /// The file's id in GitHub's GraphQL API.
    pub node_id: Option<String>,
    /// The name.
    pub name: String,
    /// What is shown in the place of the name.
    pub label: Option<String>,
    /// Whether it is all there.
    pub state: Option<ReleaseAssetState>,
    /// The media type.
    pub content_type: Option<String>,
    /// The size in bytes.
    #[serde(default)]
    pub size: u64,
    /// The checksum with its algorithm, `sha256:...`; missing for old files.
    pub digest: Option<String>,
    /// How often it was downloaded.
    #[serde(default)]
    pub download_count: u64,
    /// Who uploaded it.
    pub uploader: Option<User>,
    /// When it was uploaded.
    pub created_at: Option<Timestamp>,
    /// When it changed last.
    pub updated_at: Option<Timestamp>,
    /// The file in the REST API.
    pub url: Option<String>,
    /// Where to download it.
    pub browser_download_url: Option<String>,
}

hookstead_types::open_enum! {
    /// Whether a [`ReleaseAsset`] is all there.
    pub enum ReleaseAssetState {
        /// It is.
        Uploaded = "uploaded",
        /// It is not, or not yet. GitHub's REST API names it.
        Open = "open",
    }
}
