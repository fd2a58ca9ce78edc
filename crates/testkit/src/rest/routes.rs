use http::Method;

use super::answer::Answer;
use super::call::Call;
use super::{
    branches, check_lists, check_runs, collaborators, commit_statuses, commits, comparisons,
    contents, deployment_statuses, deployments, environments, hook_deliveries, hooks,
    installations, issues, labels, merge_requests, merges, pull_requests, rate_limit, repositories,
    reviews,
};
use crate::fake::Fake;
use crate::state::world::World;
use crate::traffic::pattern::parameters;

/// What answers a call. `Err` is an answer, too: the one that `?` gives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Endpoint {
    /// All it needs is what is so.
    State(fn(&mut World, &Call) -> Result<Answer, Answer>),
    /// It is about what was delivered.
    Deliveries(fn(&mut Fake, &Call) -> Result<Answer, Answer>),
}

use Endpoint::{Deliveries, State};

impl Endpoint {
    pub(super) fn answer(self, fake: &mut Fake, call: &Call) -> Result<Answer, Answer> {
        match self {
            State(answer) => answer(&mut fake.world, call),
            Deliveries(answer) => answer(fake, call),
        }
    }
}

/// The endpoints, each with the [pattern](parameters) of its path.
#[rustfmt::skip]
const ROUTES: &[(&str, &str, Endpoint)] = &[
    ("GET",    "/repos/{owner}/{repo}", State(repositories::get)),

    ("POST",   "/repos/{owner}/{repo}/statuses/{sha}", State(commit_statuses::create)),
    ("GET",    "/repos/{owner}/{repo}/statuses/{ref*}", State(commit_statuses::list)),
    ("GET",    "/repos/{owner}/{repo}/commits/{ref*}/statuses", State(commit_statuses::list)),
    ("GET",    "/repos/{owner}/{repo}/commits/{ref*}/status", State(commit_statuses::combined)),

    ("POST",   "/repos/{owner}/{repo}/check-runs", State(check_runs::create)),
    ("GET",    "/repos/{owner}/{repo}/check-runs/{check_run_id}", State(check_runs::get)),
    ("PATCH",  "/repos/{owner}/{repo}/check-runs/{check_run_id}", State(check_runs::update)),

    ("POST",   "/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest", State(check_lists::rerequest_run)),
    ("POST",   "/repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest", State(check_lists::rerequest_suite)),
    ("GET",    "/repos/{owner}/{repo}/commits/{ref*}/check-runs", State(check_lists::runs)),
    ("GET",    "/repos/{owner}/{repo}/commits/{ref*}/check-suites", State(check_lists::suites)),

    ("GET",    "/repos/{owner}/{repo}/environments", State(environments::list)),
    ("POST",   "/repos/{owner}/{repo}/deployments", State(deployments::create)),
    ("GET",    "/repos/{owner}/{repo}/deployments", State(deployments::list)),
    ("GET",    "/repos/{owner}/{repo}/deployments/{deployment_id}", State(deployments::get)),
    ("DELETE", "/repos/{owner}/{repo}/deployments/{deployment_id}", State(deployments::delete)),
    ("POST",   "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", State(deployment_statuses::create)),
    ("GET",    "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", State(deployment_statuses::list)),
    ("GET",    "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}", State(deployment_statuses::get)),

    ("GET",    "/repos/{owner}/{repo}/pulls", State(pull_requests::list)),
    ("GET",    "/repos/{owner}/{repo}/pulls/{pull_number}", State(pull_requests::get)),
    ("GET",    "/repos/{owner}/{repo}/pulls/{pull_number}/merge", State(pull_requests::is_merged)),
    ("PUT",    "/repos/{owner}/{repo}/pulls/{pull_number}/merge", State(pull_requests::merge)),
    ("GET",    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", State(reviews::list)),
    ("PUT",    "/repos/{owner}/{repo}/pulls/{pull_number}/merge-async", State(merge_requests::create)),
    ("GET",    "/repos/{owner}/{repo}/pulls/{pull_number}/merge-async/{uuid}", State(merge_requests::get)),
    ("GET",    "/repos/{owner}/{repo}/commits/{sha}/pulls", State(pull_requests::of_commit)),
    ("GET",    "/repos/{owner}/{repo}/commits", State(commits::list)),
    ("GET",    "/repos/{owner}/{repo}/commits/{ref*}", State(commits::get)),
    ("GET",    "/repos/{owner}/{repo}/compare/{basehead*}", State(comparisons::get)),
    ("GET",    "/repos/{owner}/{repo}/branches", State(branches::list)),
    ("GET",    "/repos/{owner}/{repo}/branches/{branch*}", State(branches::get)),
    ("GET",    "/repos/{owner}/{repo}/rules/branches/{branch*}", State(branches::rules)),
    ("GET",    "/repos/{owner}/{repo}/contents/{path*}", State(contents::get)),
    ("GET",    "/repos/{owner}/{repo}/git/trees/{tree_sha*}", State(contents::tree)),
    ("POST",   "/repos/{owner}/{repo}/merges", State(merges::create)),

    ("GET",    "/repos/{owner}/{repo}/issues/comments/{comment_id}", State(issues::get_comment)),
    ("PATCH",  "/repos/{owner}/{repo}/issues/comments/{comment_id}", State(issues::update_comment)),
    ("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}", State(issues::delete_comment)),
    ("POST",   "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", State(issues::react_to_comment)),
    ("GET",    "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", State(issues::reactions_to_comment)),
    ("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}", State(issues::delete_reaction_to_comment)),
    ("GET",    "/repos/{owner}/{repo}/issues/{issue_number}", State(issues::get)),
    ("POST",   "/repos/{owner}/{repo}/issues/{issue_number}/comments", State(issues::create_comment)),
    ("GET",    "/repos/{owner}/{repo}/issues/{issue_number}/comments", State(issues::comments)),
    ("POST",   "/repos/{owner}/{repo}/issues/{issue_number}/labels", State(issues::add_labels)),
    ("PUT",    "/repos/{owner}/{repo}/issues/{issue_number}/labels", State(issues::set_labels)),
    ("GET",    "/repos/{owner}/{repo}/issues/{issue_number}/labels", State(issues::labels)),
    ("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", State(issues::remove_label)),
    ("POST",   "/repos/{owner}/{repo}/issues/{issue_number}/reactions", State(issues::react_to_issue)),
    ("GET",    "/repos/{owner}/{repo}/issues/{issue_number}/reactions", State(issues::reactions_to_issue)),
    ("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}", State(issues::delete_reaction_to_issue)),
    ("GET",    "/repos/{owner}/{repo}/labels", State(labels::list)),
    ("POST",   "/repos/{owner}/{repo}/labels", State(labels::create)),
    ("GET",    "/repos/{owner}/{repo}/collaborators/{username}/permission", State(collaborators::permission)),

    ("POST",   "/repos/{owner}/{repo}/hooks", State(hooks::create)),
    ("GET",    "/repos/{owner}/{repo}/hooks", State(hooks::list)),
    ("GET",    "/repos/{owner}/{repo}/hooks/{hook_id}", State(hooks::get)),
    ("PATCH",  "/repos/{owner}/{repo}/hooks/{hook_id}", State(hooks::update)),
    ("DELETE", "/repos/{owner}/{repo}/hooks/{hook_id}", State(hooks::delete)),
    ("GET",    "/repos/{owner}/{repo}/hooks/{hook_id}/config", State(hooks::config)),
    ("PATCH",  "/repos/{owner}/{repo}/hooks/{hook_id}/config", State(hooks::update_config)),
    ("POST",   "/repos/{owner}/{repo}/hooks/{hook_id}/pings", State(hooks::ping)),
    ("GET",    "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries", Deliveries(hook_deliveries::list)),
    ("GET",    "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}", Deliveries(hook_deliveries::get)),
    ("POST",   "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts", Deliveries(hook_deliveries::redeliver)),

    ("POST",   "/orgs/{org}/hooks", State(hooks::create)),
    ("GET",    "/orgs/{org}/hooks", State(hooks::list)),
    ("GET",    "/orgs/{org}/hooks/{hook_id}", State(hooks::get)),
    ("PATCH",  "/orgs/{org}/hooks/{hook_id}", State(hooks::update)),
    ("DELETE", "/orgs/{org}/hooks/{hook_id}", State(hooks::delete)),
    ("GET",    "/orgs/{org}/hooks/{hook_id}/config", State(hooks::config)),
    ("PATCH",  "/orgs/{org}/hooks/{hook_id}/config", State(hooks::update_config)),
    ("POST",   "/orgs/{org}/hooks/{hook_id}/pings", State(hooks::ping)),
    ("GET",    "/orgs/{org}/hooks/{hook_id}/deliveries", Deliveries(hook_deliveries::list)),
    ("GET",    "/orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}", Deliveries(hook_deliveries::get)),
    ("POST",   "/orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts", Deliveries(hook_deliveries::redeliver)),

    ("GET",    "/rate_limit", State(rate_limit::get)),
];

/// The endpoints for an App that calls as itself.
#[rustfmt::skip]
const APP_ROUTES: &[(&str, &str, Endpoint)] = &[
    ("GET",    "/app", State(installations::app)),
    ("GET",    "/app/installations", State(installations::list)),
    ("GET",    "/app/installations/{installation_id}", State(installations::get)),
    ("POST",   "/app/installations/{installation_id}/access_tokens", State(installations::create_token)),
    ("GET",    "/repos/{owner}/{repo}/installation", State(installations::of_repository)),
    ("GET",    "/orgs/{org}/installation", State(installations::of_account)),
    ("GET",    "/users/{username}/installation", State(installations::of_account)),

    ("GET",    "/app/hook/config", State(hooks::config)),
    ("PATCH",  "/app/hook/config", State(hooks::update_config)),
    ("GET",    "/app/hook/deliveries", Deliveries(hook_deliveries::list)),
    ("GET",    "/app/hook/deliveries/{delivery_id}", Deliveries(hook_deliveries::get)),
    ("POST",   "/app/hook/deliveries/{delivery_id}/attempts", Deliveries(hook_deliveries::redeliver)),
];

/// What a request leads to.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) endpoint: Endpoint,
    /// Of the path.
    pub(super) parameters: Vec<(&'static str, String)>,
    /// Whether it is for an App that calls as itself, and for nobody else.
    pub(super) for_app: bool,
}

/// The endpoint of a path. A path that is known with another method only is not found, as on GitHub.
pub(super) fn find(method: &Method, path: &str) -> Option<Found> {
    let all = ROUTES.iter().map(|route| (route, false));
    all.chain(APP_ROUTES.iter().map(|route| (route, true)))
        .filter(|((known, _, _), _)| *known == method.as_str())
        .find_map(|((_, pattern, endpoint), for_app)| {
            let found = parameters(pattern, path).or_else(|| by_number(pattern, path))?;
            Some(Found { endpoint: *endpoint, parameters: found, for_app })
        })
}

/// Whatever belongs to a repository is also found below `/repositories/{repository_id}`.
fn by_number(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let pattern = pattern.strip_prefix("/repos/{owner}/{repo}")?;
    let path = path.strip_prefix("/repositories/")?;
    let (number, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
    let mut found = parameters(pattern, rest)?;
    found.push(("repository_id", number.to_owned()));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_an_address_by_number() {
        const PULL: &str = "/repos/{owner}/{repo}/pulls/{pull_number}";
        let found = by_number(PULL, "/repositories/12/pulls/3");
        let expected = vec![("pull_number", "3".to_owned()), ("repository_id", "12".to_owned())];
        assert_eq!(found, Some(expected));
        assert!(by_number("/repos/{owner}/{repo}", "/repositories/12").is_some());
        assert!(by_number("/repos/{owner}/{repo}", "/repositories/12/").is_none());
        assert!(by_number("/orgs/{org}/hooks", "/repositories/12/hooks").is_none());
    }
}
