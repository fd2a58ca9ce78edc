use http::StatusCode;

use super::answer::Answer;
use super::call::Call;
use super::validation::{required_text, text};
use crate::payload;
use crate::state::merge::MergeRefusal;
use crate::state::world::World;

/// What GitHub says where somebody pushed to the base while it merged.
pub(super) const BASE_MOVED: &str = "Base branch was modified. Review and try the merge again.";

/// Merges a branch or a commit into a branch.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let base = required_text(&call.body, "base")?;
    let head = required_text(&call.body, "head")?;
    let message = text(&call.body, "commit_message")?;
    let message = message.map_or_else(|| format!("Merge {head} into {base}"), str::to_owned);
    let repository = world.repository(at);
    let missing = |what| Answer::error(StatusCode::NOT_FOUND, what);
    let into = repository.resolve(base).and_then(|it| it.branch);
    let into = into.ok_or_else(|| missing("Base does not exist"))?;
    let from = repository.resolve(head).ok_or_else(|| missing("Head does not exist"))?;
    match world.merge_into(at, &into, &from.sha, &message, &call.user) {
        Ok(sha) => {
            let repository = world.repository(at);
            let facts = repository.facts();
            let commit = repository.history.get(sha.as_str()).ok_or_else(Answer::not_found)?;
            Ok(Answer::created(payload::commit::full(&world.links, &facts, commit)))
        }
        Err(MergeRefusal::Nothing) => Ok(Answer::no_content()),
        Err(MergeRefusal::BaseMoved) => Err(Answer::error(StatusCode::CONFLICT, BASE_MOVED)),
        Err(_) => Err(Answer::error(StatusCode::CONFLICT, "Merge conflict")),
    }
}
