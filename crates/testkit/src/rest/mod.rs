//! The REST API. Every request passes through [`respond`](respond::respond); an endpoint is a function of the state
//! and a [`Call`](call::Call), and a line in the table of [`routes`].

mod answer;
mod authorization;
mod body;
mod branches;
mod call;
mod check_lists;
mod check_runs;
mod collaborators;
mod commit_statuses;
mod commits;
mod comparisons;
mod conditional;
mod contents;
mod deployment_statuses;
mod deployments;
mod environments;
mod faults;
mod hook_deliveries;
mod hooks;
mod installations;
mod issues;
mod merge_requests;
mod merges;
mod moved;
mod page;
mod permissions;
mod pull_requests;
mod rate_limit;
mod repositories;
mod respond;
mod reviews;
mod routes;
pub(crate) mod server;
mod validation;
mod version;
mod website;
