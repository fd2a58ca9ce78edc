use super::answer::Answer;
use super::call::Call;
use crate::payload;
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
    Ok(Answer::ok(payload::commit::with_changes(&world.links, &facts, commit)))
}
