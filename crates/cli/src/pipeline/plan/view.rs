use hookstead_pipeline::plan::{Decision, Lookup};
use serde::Serialize;

use crate::text::printable;

/// A decision as people and machines read it.
#[derive(Debug, Serialize)]
pub(crate) struct PlanView {
    /// The file, the sample or the delivery's id.
    origin: String,
    event: String,
    repository: Option<String>,
    /// The decision, line by line.
    lines: Vec<String>,
    /// What was assumed, as nobody was asked.
    assumed: Vec<String>,
    decision: Decision,
}

impl PlanView {
    pub(crate) fn new(
        origin: String,
        event: &str,
        action: Option<String>,
        repository: Option<String>,
        decision: Decision,
    ) -> Self {
        let event = match action {
            Some(action) => format!("{event}.{action}"),
            None => event.to_owned(),
        };
        let assumed = decision.assumed.iter().map(Lookup::to_string).collect();
        let lines = Decision { assumed: Vec::new(), ..decision.clone() }.lines();
        Self { origin, event, repository, lines, assumed, decision }
    }
}

/// All of them for people: the decisions, with what each is from, and below them what they assume.
pub(crate) fn lines(views: &[PlanView], with_origin: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut assumed: Vec<&str> = Vec::new();
    for view in views {
        let repository = view.repository.as_ref().map(|it| format!(" of {it}"));
        let title = format!("{}{}", view.event, repository.unwrap_or_default());
        lines.push(printable(&match with_origin {
            true => format!("{}: {title}", view.origin),
            false => title,
        }));
        lines.extend(view.lines.iter().map(|line| format!("  {}", printable(line))));
        for lookup in &view.assumed {
            if !assumed.contains(&lookup.as_str()) {
                assumed.push(lookup);
            }
        }
    }
    if !assumed.is_empty() {
        lines.push(String::new());
        lines.push("Neither the journal nor GitHub was asked. This assumes that".to_owned());
        lines.extend(assumed.iter().map(|line| format!("  {}", printable(line))));
    }
    lines
}
