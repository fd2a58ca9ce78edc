use crate::api::check_run::{check_run, check_suite};
use crate::api::code::{branch, commit, comparison, file, tree};
use crate::api::deployment::deployment;
use crate::api::hook::{hook, hook_delivery};
use crate::api::issue::{comment, label, reaction, repository_label};
use crate::api::merge::{branch_merge, merge, merge_request};
use crate::api::required::branch_rule;
use crate::api::{
    collaborator, deployment_status, environment, installation, pull_request, repository, review,
    status,
};
use crate::engine::endpoint::Endpoint;

/// Every call that this crate has a method for, with the permission that it needs: add them up for what a
/// token or an App must have. [`Request`](crate::Request) makes any other call.
///
#[doc = include_str!("../../docs/calls.md")]
pub fn calls() -> impl Iterator<Item = &'static Endpoint> {
    let parts = [
        repository::CALLS,
        status::CALLS,
        deployment::CALLS,
        deployment_status::CALLS,
        pull_request::CALLS,
        merge::CALLS,
        merge_request::CALLS,
        branch_merge::CALLS,
        review::CALLS,
        check_run::CALLS,
        check_suite::CALLS,
        branch_rule::CALLS,
        environment::CALLS,
        commit::CALLS,
        comparison::CALLS,
        branch::CALLS,
        tree::CALLS,
        file::CALLS,
        comment::CALLS,
        label::CALLS,
        repository_label::CALLS,
        reaction::CALLS,
        collaborator::CALLS,
        hook::CALLS,
        hook_delivery::CALLS,
        installation::CALLS,
    ];
    parts.into_iter().flatten().copied()
}
