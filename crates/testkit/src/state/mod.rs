//! What the fake GitHub knows, and what happens in it. Everything here is synchronous and does no
//! I/O: a change moves the [`World`] on and leaves in its outbox what hooks are to be told.

pub(crate) mod account;
pub(crate) mod app;
pub(crate) mod changes;
pub(crate) mod facts;
pub(crate) mod history;
pub(crate) mod hook;
pub(crate) mod links;
pub(crate) mod merge;
pub(crate) mod merge_request;
pub(crate) mod mint;
pub(crate) mod occurrence;
pub(crate) mod organization;
pub(crate) mod rate;
pub(crate) mod repository;
pub(crate) mod repository_index;
mod views;
pub(crate) mod world;

pub(crate) use crate::objects::pull_request::Fork;
pub(crate) use app::{Installation, InstallationToken};
pub(crate) use changes::check_runs::{CheckRunChange, CheckRunOutput};
pub(crate) use changes::deployments::{DeploymentRefusal, NewDeploymentStatus};
pub(crate) use changes::statuses::NewStatus;
pub(crate) use history::Commit;
pub(crate) use hook::{Hook, HookOwner};
pub(crate) use merge::{MergeMethod, MergeRefusal};
pub(crate) use merge_request::{MergeRequest, MergeRequestState, MergeWish};
pub(crate) use mint::Mint;
pub(crate) use rate::RATE_LIMIT;
pub(crate) use repository::{RepositoryState, Resolved};
pub(crate) use repository_index::RepositoryIndex;
pub(crate) use world::World;
