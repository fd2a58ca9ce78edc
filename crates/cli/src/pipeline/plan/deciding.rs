use std::error::Error;
use std::path::Path;

use hookstead::events::{AnyEvent, Event};
use hookstead::types::Timestamp;
use hookstead_pipeline::config::{Config, ConfigError};
use hookstead_pipeline::plan::{Answer, Decision, Facts, Happening, Occasion, plan};

use super::saved::Saved;
use super::view::PlanView;
use crate::text::printable;

/// The config. Where it is wrong, one mistake is enough here.
pub(super) fn read(path: &Path) -> Result<Config, Box<dyn Error>> {
    Config::read(path).map_err(|error| match &error {
        ConfigError::Wrong { .. } => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            let check = format!("`hookstead pipeline check {}`", path.display());
            format!("{first}; {check} says all that is wrong").into()
        }
        _ => error.into(),
    })
}

/// What the plan says of a delivery.
pub(super) fn view(config: &Config, saved: Saved) -> Result<PlanView, Box<dyn Error>> {
    let Saved { origin, id, event: name, body, received_at } = saved;
    let event = AnyEvent::decode(&name, &body).map_err(|error| {
        format!("{} is no payload of {name} that can be read: {error}", printable(&origin))
    })?;
    let common = event.common();
    let repository = common.repository.map(|repository| repository.full_name.to_string());
    let action = common.action.map(str::to_owned);
    let at = received_at.unwrap_or_else(Timestamp::now);
    let id = id.unwrap_or_else(|| "unknown".to_owned());
    let what = Happening::Delivery { id: id.clone(), event };
    let decision = decide(config, &Occasion { at, what });
    Ok(PlanView::new(origin, name.as_str(), action, repository, decision))
}

/// The decision of somebody who can ask nobody.
fn decide(config: &Config, occasion: &Occasion) -> Decision {
    let mut facts = Facts::new();
    loop {
        let decision = plan(config, occasion, &facts);
        if decision.lookups.is_empty() {
            return decision;
        }
        for lookup in decision.lookups {
            facts.answer(lookup, Answer::Unknown);
        }
    }
}
