use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use super::pull_requests;
use crate::payload;
use crate::state::facts::ReviewFacts;
use crate::state::world::World;

/// The oldest first.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let number = call.number("pull_number")?;
    pull_requests::find(world, at, number)?;
    let repository = world.repository(at);
    let facts = repository.facts();
    let reviews = repository.issues.reviews.iter().filter(|it| it.pull_request == number);
    let reviews = reviews.map(|it| {
        let association = repository.association(&it.author);
        let review = ReviewFacts { it: it.clone(), association };
        payload::review::review(&world.links, &facts, &review)
    });
    let reviews = reviews.collect();
    Ok(paged(world, call, reviews))
}
