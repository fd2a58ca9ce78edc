//! What can happen: each change moves the [`World`](super::World) on and announces itself.

mod announcements;
pub(crate) mod check_runs;
pub(crate) mod deployments;
mod git_commits;
mod git_forks;
mod git_merges;
mod git_pushes;
mod git_repositories;
mod hooks;
mod installations;
mod issues;
mod labels;
mod merge_queue;
mod merge_requests;
mod merges;
mod pull_requests;
mod pushes;
mod repositories;
mod rerequests;
mod reviews;
pub(crate) mod statuses;
