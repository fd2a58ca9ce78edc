use http::Method;
use percent_encoding::percent_decode_str;

use super::answer::Answer;
use super::call::Call;
use super::{
    commit_statuses, deployment_statuses, deployments, hook_deliveries, hooks, merges,
    pull_requests, repositories,
};
use crate::state::World;

/// What answers a call. `Err` is an answer, too: the one that `?` gives.
pub(super) type Endpoint = fn(&mut World, &Call) -> Result<Answer, Answer>;

/// The endpoints. `{name}` is one segment of the path, `{name*}` is one or more: a branch name may
/// have slashes, percent-encoded or not.
#[rustfmt::skip]
const ROUTES: &[(&str, &str, Endpoint)] = &[
    ("GET",    "/repos/{owner}/{repo}", repositories::get),

    ("POST",   "/repos/{owner}/{repo}/statuses/{sha}", commit_statuses::create),
    ("GET",    "/repos/{owner}/{repo}/statuses/{ref*}", commit_statuses::list),
    ("GET",    "/repos/{owner}/{repo}/commits/{ref*}/statuses", commit_statuses::list),
    ("GET",    "/repos/{owner}/{repo}/commits/{ref*}/status", commit_statuses::combined),

    ("POST",   "/repos/{owner}/{repo}/deployments", deployments::create),
    ("GET",    "/repos/{owner}/{repo}/deployments", deployments::list),
    ("GET",    "/repos/{owner}/{repo}/deployments/{deployment_id}", deployments::get),
    ("DELETE", "/repos/{owner}/{repo}/deployments/{deployment_id}", deployments::delete),
    ("POST",   "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", deployment_statuses::create),
    ("GET",    "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", deployment_statuses::list),
    ("GET",    "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}", deployment_statuses::get),

    ("GET",    "/repos/{owner}/{repo}/pulls/{pull_number}", pull_requests::get),
    ("GET",    "/repos/{owner}/{repo}/pulls/{pull_number}/merge", pull_requests::is_merged),
    ("PUT",    "/repos/{owner}/{repo}/pulls/{pull_number}/merge", pull_requests::merge),
    ("GET",    "/repos/{owner}/{repo}/commits/{sha}/pulls", pull_requests::of_commit),
    ("POST",   "/repos/{owner}/{repo}/merges", merges::create),

    ("POST",   "/repos/{owner}/{repo}/hooks", hooks::create),
    ("GET",    "/repos/{owner}/{repo}/hooks", hooks::list),
    ("GET",    "/repos/{owner}/{repo}/hooks/{hook_id}", hooks::get),
    ("POST",   "/repos/{owner}/{repo}/hooks/{hook_id}/pings", hooks::ping),
    ("GET",    "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries", hook_deliveries::list),
    ("GET",    "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}", hook_deliveries::get),
    ("POST",   "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts", hook_deliveries::redeliver),
];

/// The endpoint of a path, and the path's parameters. A path that is known with another method
/// only is not found, as on GitHub.
pub(super) fn find(method: &Method, path: &str) -> Option<(Endpoint, Vec<(&'static str, String)>)> {
    ROUTES
        .iter()
        .filter(|(known, _, _)| *known == method.as_str())
        .find_map(|(_, pattern, endpoint)| Some((*endpoint, parameters(pattern, path)?)))
}

fn parameters(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let segments: Vec<&str> = path.split('/').collect();
    let mut rest = segments.as_slice();
    let mut parameters = Vec::new();
    let expected: Vec<&'static str> = pattern.split('/').collect();
    for (position, expected_segment) in expected.iter().enumerate() {
        let after = expected.len() - position - 1;
        let Some(name) = expected_segment.strip_prefix('{').and_then(|it| it.strip_suffix('}'))
        else {
            let (first, others) = rest.split_first()?;
            if first != expected_segment {
                return None;
            }
            rest = others;
            continue;
        };
        let taken = if name.ends_with('*') { rest.len().checked_sub(after)? } else { 1 };
        let (value, others) = rest.split_at_checked(taken)?;
        let value = value.join("/");
        // A final slash leaves an empty segment, which is nobody's name.
        if value.is_empty() || value.ends_with('/') {
            return None;
        }
        let value = percent_decode_str(&value).decode_utf8().ok()?.into_owned();
        parameters.push((name.trim_end_matches('*'), value));
        rest = others;
    }
    rest.is_empty().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pattern: &'static str, path: &str) -> Option<Vec<String>> {
        Some(parameters(pattern, path)?.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn a_ref_may_have_slashes() {
        const STATUS: &str = "/repos/{owner}/{repo}/commits/{ref*}/status";
        for (path, expected) in [
            ("/repos/o/r/commits/main/status", Some("main")),
            ("/repos/o/r/commits/heads/a/b/status", Some("heads/a/b")),
            ("/repos/o/r/commits/heads%2Fa%20b/status", Some("heads/a b")),
            ("/repos/o/r/commits/status", None),
            ("/repos/o/r/commits//status", None),
            ("/repos/o/r/commits/main/status/", None),
            ("/repos/o/r/commits/main", None),
        ] {
            let found = values(STATUS, path).and_then(|values| values.get(2).cloned());
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_final_slash_is_not_found() {
        assert!(values("/repos/{owner}/{repo}", "/repos/o/r").is_some());
        assert!(values("/repos/{owner}/{repo}", "/repos/o/r/").is_none());
        assert!(values("/repos/{owner}/{repo}", "/repos/o/").is_none());
        assert!(
            values("/repos/{owner}/{repo}/statuses/{ref*}", "/repos/o/r/statuses/a/").is_none()
        );
    }
}
