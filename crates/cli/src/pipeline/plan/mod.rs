//! Says what a saved delivery would start or stop, and why, without doing it.

mod moment;
mod replay;
mod saved;
mod view;

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Args;
use hookstead::events::{AnyEvent, Event};
use hookstead::types::Timestamp;
use hookstead_pipeline::config::{Config, ConfigError};
use hookstead_pipeline::plan::{Answer, Decision, Facts, Happening, Occasion, plan};

pub(super) use self::replay::{ReplayArguments, run as replay};
use self::saved::Saved;
use self::view::PlanView;
use crate::output;
use crate::text::printable;

/// The arguments of `hookstead pipeline plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// A file with a delivery, a folder of such files, or - for stdin
    ///
    /// That is what `hookstead inbox show GUID --json` prints, or what GitHub's REST API says of a hook's
    /// delivery, or a payload alone; then the event is what stands before the first point of the file's name
    /// (push.json, pull_request.opened.json), else the name of its folder. Or a sample: an event, with an action
    /// if you like (pull_request.closed).
    #[arg(value_name = "FILE | FOLDER | SAMPLE | -")]
    what: String,
    /// The event of a payload that does not say it by its file's name
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// The config
    #[arg(long, value_name = "FILE", default_value = "pipeline.toml")]
    config: PathBuf,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What `hookstead pipeline plan` does.
pub(crate) fn run(arguments: &PlanArguments) -> Result<(), Box<dyn Error>> {
    let config = read(&arguments.config)?;
    let event = arguments.event.as_deref().map(Into::into);
    let mut views = Vec::new();
    for saved in saved::read(&arguments.what, event)? {
        views.push(view(&config, saved)?);
    }
    if arguments.json {
        return output::print_json(&views);
    }
    output::print_lines(&view::lines(&views, views.len() > 1))
}

/// The config. Where it is wrong, one mistake is enough here.
fn read(path: &Path) -> Result<Config, Box<dyn Error>> {
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

fn view(config: &Config, saved: Saved) -> Result<PlanView, Box<dyn Error>> {
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
