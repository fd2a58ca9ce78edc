//! GitHub's JSON, in full shape: every field and link that its official examples have.

pub(crate) mod app;
pub(crate) mod check;
pub(crate) mod check_run;
pub(crate) mod check_suite;
pub(crate) mod commit;
pub(crate) mod common;
pub(crate) mod delivery;
pub(crate) mod deployment;
pub(crate) mod event;
pub(crate) mod hook;
pub(crate) mod ids;
pub(crate) mod installation;
pub(crate) mod issue;
pub(crate) mod label;
pub(crate) mod merge_group;
pub(crate) mod organization;
pub(crate) mod pull_request;
pub(crate) mod push;
pub(crate) mod repository;
pub(crate) mod review;
pub(crate) mod status;
pub(crate) mod user;
pub(crate) mod workflow;
