use hookstead_types::Sha;
use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::merges::BASE_MOVED;
use super::page::paged;
use super::validation::{Object, text};
use crate::objects::pull_request::RecordedPullRequest;
use crate::payload;
use crate::state::merge::{MergeMethod, MergeRefusal};
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// The open ones, the newest first, unless something else is asked for.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let has_state = |it: &RecordedPullRequest| match call.query("state") {
        Some("all") => true,
        Some("closed") => !it.open,
        _ => it.open,
    };
    // `owner:branch`; GitHub takes anything else for no filter.
    let head = call.query("head").filter(|head| head.contains(':'));
    let mut found: Vec<&RecordedPullRequest> = repository
        .pull_requests
        .iter()
        .filter(|it| has_state(it))
        .filter(|it| head.is_none_or(|head| it.head_label(repository.name.owner()) == head))
        .filter(|it| call.query("base").is_none_or(|base| it.base_ref == base))
        .collect();
    let by_update = call.query("sort") == Some("updated");
    if by_update {
        found.sort_by_key(|it| it.updated_at.instant());
    }
    // Those in the order of their creation come in reverse by default, and only those.
    let ascends = match call.query("direction") {
        Some("asc") => true,
        Some("desc") => false,
        _ => call.query("sort").is_some_and(|sort| sort != "created"),
    };
    if !ascends {
        found.reverse();
    }
    let found = found.into_iter().map(|it| listed(world, at, it)).collect();
    Ok(paged(world, call, found))
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let number = call.number("pull_number")?;
    // GitHub computes it in the background from the first question on; here it is ready at once.
    world.compute_mergeability(at, number);
    let it = find(world, at, number)?;
    let repository = world.repository(at);
    let (facts, it) = (repository.facts(), repository.pull_request_facts(it));
    Ok(Answer::ok(payload::pull_request::full(&world.links, &facts, &it)))
}

pub(super) fn is_merged(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let it = find(world, at, call.number("pull_number")?)?;
    Ok(if it.merged { Answer::no_content() } else { Answer::no() })
}

pub(super) fn merge(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let number = call.number("pull_number")?;
    let it = find(world, at, number)?;
    let body = &call.body;
    let method = merge_method(body)?.unwrap_or(MergeMethod::Merge);
    if it.open
        && text(body, "sha")?.is_some_and(|sha| !sha.eq_ignore_ascii_case(it.head_sha.as_str()))
    {
        let message = "Head branch was modified. Review and try the merge again.";
        return Err(Answer::error(StatusCode::CONFLICT, message));
    }
    let message = merge_message(body)?;
    let merged = world.merge_pull_request(at, number, method, message.as_deref(), &call.user);
    let sha = merged.map_err(|refusal| {
        if refusal == MergeRefusal::BaseMoved {
            return Answer::error(StatusCode::CONFLICT, BASE_MOVED);
        }
        let message = match &refusal {
            MergeRefusal::Blocked(message) => message,
            MergeRefusal::Draft => "Pull Request is still a draft",
            _ => "Pull Request is not mergeable",
        };
        Answer::error(StatusCode::METHOD_NOT_ALLOWED, message)
    })?;
    let message = "Pull Request successfully merged";
    Ok(Answer::ok(json!({ "sha": sha, "merged": true, "message": message })))
}

/// How a merge is asked for to be made.
pub(super) fn merge_method(body: &Object) -> Result<Option<MergeMethod>, Answer> {
    match text(body, "merge_method")? {
        None => Ok(None),
        Some("merge") => Ok(Some(MergeMethod::Merge)),
        Some("squash") => Ok(Some(MergeMethod::Squash)),
        Some("rebase") => Ok(Some(MergeMethod::Rebase)),
        Some(_) => {
            let message = "merge_method is not included in the list";
            Err(Answer::invalid("PullRequest", "merge_method", message))
        }
    }
}

/// The message that the merge's commit is to have.
pub(super) fn merge_message(body: &Object) -> Result<Option<String>, Answer> {
    Ok(match (text(body, "commit_title")?, text(body, "commit_message")?) {
        (Some(title), Some(message)) => Some(format!("{title}\n\n{message}")),
        (Some(text), None) | (None, Some(text)) => Some(text.to_owned()),
        (None, None) => None,
    })
}

/// For a commit of the default branch, the pull request that brought it; for another, all that
/// contain it and are open or merged.
pub(super) fn of_commit(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let sha = call.parameter("sha");
    let repository = world.repository(at);
    let commit = repository.history.get(sha);
    let commit =
        commit.ok_or_else(|| Answer::unprocessable(&format!("No commit found for SHA: {sha}")))?;
    let history = &repository.history;
    let landed = repository.default_head().is_some_and(|head| history.contains(head, &commit.sha));
    let brings = |it: &RecordedPullRequest, sha: &Sha| {
        (it.merged && it.merge_commit_sha.as_ref() == Some(sha))
            || (history.contains(&it.head_sha, sha) && !history.contains(&it.base_sha, sha))
    };
    let found = repository
        .pull_requests
        .iter()
        .filter(|it| it.merged || (it.open && !landed))
        .filter(|it| brings(it, &commit.sha))
        .map(|it| listed(world, at, it))
        .collect();
    Ok(paged(world, call, found))
}

fn listed(world: &World, at: RepositoryIndex, it: &RecordedPullRequest) -> Value {
    let repository = world.repository(at);
    let (facts, it) = (repository.facts(), repository.pull_request_facts(it));
    payload::pull_request::listed(&world.links, &facts, &it)
}

pub(super) fn find(
    world: &World,
    at: RepositoryIndex,
    number: u64,
) -> Result<&RecordedPullRequest, Answer> {
    world.repository(at).pull_request(number).ok_or_else(Answer::not_found)
}
