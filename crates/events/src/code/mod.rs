//! What happens to the code: pushes, branches and tags, commits and comments on them, forks, wiki
//! pages, the merge queue, built pages, deploy keys.
//!
//! The events: `cache_sync`, `commit_comment`, `create`, `delete`, `deploy_key`, `fork`, `gollum`,
//! `merge_group`, `page_build`, `push`.
//!
//! It leans on no other family.

pub(crate) mod cache_sync;
pub(crate) mod commit;
pub(crate) mod commit_comment;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod deploy_key;
pub(crate) mod fork;
pub(crate) mod gollum;
pub(crate) mod merge_group;
pub(crate) mod page_build;
pub(crate) mod push;
pub(crate) mod ref_type;

pub use cache_sync::CacheSyncEvent;
pub use commit::{Commit, GitUser, SimpleCommit};
pub use commit_comment::{CommitComment, CommitCommentAction, CommitCommentEvent};
pub use create::CreateEvent;
pub use delete::DeleteEvent;
pub use deploy_key::{DeployKey, DeployKeyAction, DeployKeyEvent};
pub use fork::ForkEvent;
pub use gollum::{GollumEvent, WikiPage, WikiPageAction};
pub use merge_group::{MergeGroup, MergeGroupAction, MergeGroupEvent, MergeGroupReason};
pub use page_build::{PageBuild, PageBuildError, PageBuildEvent, PageBuildStatus};
pub use push::PushEvent;
pub use ref_type::{PusherType, RefType};
