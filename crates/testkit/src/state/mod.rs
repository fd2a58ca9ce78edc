//! What the fake GitHub knows, and what happens in it. Everything here is synchronous and does no
//! I/O: an action changes the [`World`] and leaves in its outbox what hooks are to be told.

pub(crate) mod account;
pub(crate) mod app;
mod check_run;
mod deployment;
mod history;
mod hook;
mod links;
mod merge_request;
mod mint;
mod organization;
mod pull_request;
mod push;
mod rate;
mod repository;
mod status;
mod world;

pub(crate) use crate::objects::pull_request::Fork;
pub(crate) use app::{AppState, Installation, InstallationToken};
pub(crate) use check_run::{CheckRunChange, CheckRunOutput};
pub(crate) use deployment::{DeploymentRefusal, NewDeploymentStatus};
pub(crate) use history::{Commit, History};
pub(crate) use hook::{Attempt, DeliveryLog, Hook, HookOwner};
pub(crate) use links::Links;
pub(crate) use merge_request::{MergeRequest, MergeRequestState, MergeWish};
pub(crate) use mint::{Mark, Mint};
pub(crate) use organization::OrganizationState;
pub(crate) use pull_request::{MergeMethod, MergeRefusal};
pub(crate) use rate::{RATE_LIMIT, Rate};
pub(crate) use repository::{RepositoryState, Resolved};
pub(crate) use status::NewStatus;
pub(crate) use world::{RepositoryIndex, World};
