use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use crate::payload;
use crate::state::history::Commit;
use crate::state::repository::RepositoryState;
use crate::state::world::World;

/// As many commits are listed.
const COMMITS_LIMIT: usize = 250;

/// Compares `BASE...HEAD`, each a branch or a sha; a fork's branch is `owner:branch`.
pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let links = &world.links;
    let facts = repository.facts();
    let names = call.parameter("basehead").split_once("...").ok_or_else(Answer::not_found)?;
    let base = commit(repository, names.0).ok_or_else(Answer::not_found)?;
    let head = commit(repository, names.1).ok_or_else(Answer::not_found)?;
    let history = &repository.history;
    let merge_base = history.merge_base(&base.sha, &head.sha).ok_or_else(Answer::not_found)?;
    let ahead = history.between(Some(&base.sha), &head.sha);
    let behind = history.between(Some(&head.sha), &base.sha);
    let status = match (ahead.is_empty(), behind.is_empty()) {
        (true, true) => "identical",
        (false, true) => "ahead",
        (true, false) => "behind",
        (false, false) => "diverged",
    };

    let shown = |it: &Commit| payload::commit::full(links, &facts, it);
    // Without git the files of the last commit stand for those of all: each changes the same.
    let changes = ahead.last().map(|it| payload::commit::with_changes(links, &facts, it));
    let files = match repository.changes_between(&base.sha, &head.sha) {
        Some(files) => {
            let shown = |it| payload::commit::changed_file(links, &facts, &head.sha, it);
            files.iter().map(shown).collect()
        }
        None => changes.map_or_else(|| json!([]), |it| it["files"].clone()),
    };
    let basehead = format!("{}...{}", base.sha, head.sha);
    let web = format!("{}/compare/{basehead}", links.web_repository(&repository.name));
    let commits: Vec<Value> = ahead.iter().take(COMMITS_LIMIT).map(|it| shown(it)).collect();
    Ok(Answer::ok(json!({
        "url": format!("{}/compare/{basehead}", links.api_repository(&repository.name)),
        "html_url": web,
        "permalink_url": web,
        "diff_url": format!("{web}.diff"),
        "patch_url": format!("{web}.patch"),
        "base_commit": shown(base),
        "merge_base_commit": shown(merge_base),
        "status": status,
        "ahead_by": ahead.len(),
        "behind_by": behind.len(),
        "total_commits": ahead.len(),
        "commits": commits,
        "files": files,
    })))
}

fn commit<'a>(repository: &'a RepositoryState, name: &str) -> Option<&'a Commit> {
    // `owner:branch` is a fork's, or the repository's own under its owner's name.
    let own = name.strip_prefix(repository.name.owner()).and_then(|rest| rest.strip_prefix(':'));
    let name = own.unwrap_or(name);
    let of_fork = repository.branches.get(name).map(|branch| branch.head.clone());
    let sha = repository.resolve(name).map(|found| found.sha).or(of_fork)?;
    repository.history.get(sha.as_str())
}
