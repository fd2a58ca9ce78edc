//! The labels that a repository has.

use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use super::validation::{required_text, text};
use crate::objects::label::RecordedLabel;
use crate::payload;
use crate::state::world::World;

/// The longest description, in characters.
const DESCRIPTION_LIMIT: usize = 100;

pub(super) fn list(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let facts = world.facts(at);
    let labels = facts.labels.iter().map(|it| payload::label::label(&world.links, &facts, it));
    let labels = labels.collect();
    Ok(paged(world, call, labels))
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let at = call.repository(world)?;
    let name = required_text(&call.body, "name")?;
    if name.trim().is_empty() {
        return Err(Answer::invalid("Label", "name", "name can't be blank"));
    }
    let color = text(&call.body, "color")?;
    let is_color = |it: &str| it.len() == 6 && it.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !color.is_none_or(is_color) {
        return Err(Answer::invalid("Label", "color", "color is invalid"));
    }
    let description = text(&call.body, "description")?.map(str::to_owned);
    if description.as_ref().is_some_and(|it| it.chars().count() > DESCRIPTION_LIMIT) {
        let message =
            format!("description is too long (maximum is {DESCRIPTION_LIMIT} characters)");
        return Err(Answer::invalid("Label", "description", &message));
    }
    let label = RecordedLabel { description, ..RecordedLabel::new(name, color) };
    if !world.create_label(at, label.clone()) {
        return Err(Answer::taken("Label", "name"));
    }
    let facts = world.facts(at);
    Ok(Answer::created(payload::label::label(&world.links, &facts, &label)))
}
