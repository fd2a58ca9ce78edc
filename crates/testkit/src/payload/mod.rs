//! GitHub's JSON, in full shape: every field and link that its official examples have.

pub(crate) mod app;
pub(crate) mod check;
pub(crate) mod check_run;
pub(crate) mod commit;
pub(crate) mod common;
pub(crate) mod deployment;
mod hook;
pub(crate) mod ids;
pub(crate) mod installation;
pub(crate) mod label;
pub(crate) mod organization;
pub(crate) mod pull_request;
pub(crate) mod repository;
pub(crate) mod status;
pub(crate) mod user;
pub(crate) mod workflow;

pub(crate) use crate::state::Links;
pub(crate) use hook::{delivery_full, delivery_item, hook, hook_config, hook_of};

pub(crate) use common::{add_common_keys, add_organization_keys, add_sender};
pub(crate) use ids::{node_id, with_links};
