use super::answer::Answer;
use super::call::Call;
use crate::payload;
use crate::state::world::World;

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    Ok(Answer::ok(payload::repository::for_caller(&world.links, &world.facts(at))))
}
