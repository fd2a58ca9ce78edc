use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use crate::payload;
use crate::state::history::Commit;
use crate::state::world::World;

/// A commit by its sha, or the last one of a branch.
pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let facts = repository.facts();
    let reference = call.parameter("ref");
    let commit = repository
        .resolve(reference)
        .and_then(|found| repository.history.get(found.sha.as_str()))
        .ok_or_else(|| Answer::unprocessable(&format!("No commit found for SHA: {reference}")))?;
    let json = match repository.changes_of(commit) {
        Some(files) => payload::commit::with_changed_files(&world.links, &facts, commit, &files),
        None => payload::commit::with_changes(&world.links, &facts, commit),
    };
    Ok(Answer::ok(json))
}

/// The commits of a branch, the newest first.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let repository = world.repository(at);
    let facts = repository.facts();
    let reference = call.query("sha").unwrap_or(&repository.default_branch);
    let found = repository.resolve(reference).ok_or_else(Answer::not_found)?;
    let is_by = |commit: &&Commit| call.query("author").is_none_or(|it| it == commit.author);
    let commits = repository.history.between(None, &found.sha).into_iter().rev().filter(is_by);
    let commits = commits.map(|commit| payload::commit::full(&world.links, &facts, commit));
    let commits = commits.collect();
    Ok(paged(world, call, commits))
}
