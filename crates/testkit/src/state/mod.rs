//! What the fake GitHub knows, and what happens in it. Everything here is synchronous and does no
//! I/O: an action changes the [`World`] and leaves in its outbox what hooks are to be told.

mod deployment;
mod history;
mod hook;
mod mint;
mod pull_request;
mod push;
mod repository;
mod status;
mod world;

pub(crate) use deployment::{DeploymentRefusal, NewDeploymentStatus};
pub(crate) use history::{Commit, History};
pub(crate) use hook::{Attempt, Hook};
pub(crate) use mint::{Mint, guid};
pub(crate) use pull_request::{Fork, MergeMethod, MergeRefusal};
pub(crate) use repository::{RepositoryState, Resolved};
pub(crate) use status::NewStatus;
pub(crate) use world::{RepositoryIndex, World};
