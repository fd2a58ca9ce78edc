use std::collections::BTreeMap;
use std::path::Path;

use super::section::Section;
use super::url::UrlRule;
use crate::config::model::{Environment, QueueRule};
use crate::config::problem::{nearest, quoted};

/// What a deployment is told, as other deployment servers name it.
const RESERVED: [&str; 4] = ["BRANCH", "SHA", "DEPLOY_ENV", "DEPLOY_TASK"];

pub(super) fn read_environment(
    name: String,
    section: &Section<'_>,
    folder: &Path,
) -> Option<Environment> {
    if section.has("run") && section.has("steps") {
        section.fails("steps", "stands beside `run`, and an environment has one of them");
    } else if !section.has("run") && !section.has("steps") {
        let text = "has nothing to run: it needs `run` or `steps`";
        section.report.error(section.span.clone(), &section.shown, text);
    }
    let line = |key: &str| section.value(key).and_then(|value| value.line().map(str::to_owned));
    let env = section.env(&BTreeMap::new());
    let secrets = section.secret_env(&BTreeMap::new(), folder);
    for (key, names) in
        [("env", env.keys().collect::<Vec<_>>()), ("secrets", secrets.keys().collect())]
    {
        if let Some(name) = names.into_iter().find(|name| RESERVED.contains(&name.as_str())) {
            section.fails(key, format!("sets `{name}`, which the server sets for each deployment"));
        }
    }
    if let Some(name) = env.keys().find(|name| secrets.contains_key(*name)) {
        section.fails("secrets", format!("sets `{name}`, which stands in `env`, too"));
    }
    Some(Environment {
        name,
        steps: section.steps(),
        auto: line("auto"),
        requires: section.lines("requires"),
        requires_tested_tree: section.flag("requires_tested_tree"),
        after: line("after"),
        permission: section.choice("permission").to_owned(),
        queue: match section.choice("queue") {
            "all" => QueueRule::All,
            _ => QueueRule::Newest,
        },
        closed: read_closed(section),
        url: section.url("url", UrlRule::Whole),
        timeout: section.span_of_time("timeout"),
        log: section.size("log"),
        env,
        secrets,
    })
}

/// Each `after` names another environment of the project, and none waits for itself in the end.
pub(super) fn check_after(sections: &[(String, Section<'_>)]) {
    fn after<'a>(section: &Section<'a>) -> Option<&'a str> {
        section.text_of("after")
    }
    for (name, section) in sections {
        let Some(first) = after(section) else { continue };
        let named = |name: &str| sections.iter().find(|(other, _)| other == name);
        if named(first).is_none() {
            let near = nearest(first, sections.iter().map(|(name, _)| name.as_str()));
            let hint =
                near.filter(|near| near != name).map(|near| format!("; did you mean \"{near}\"?"));
            let hint = hint.unwrap_or_default();
            section.fails(
                "after",
                format!(
                    "is {}, and the project has no environment of that name{hint}",
                    quoted(first)
                ),
            );
            continue;
        }
        // As many steps as there are environments lead through any chain.
        let mut at = Some(first);
        for _ in 0..sections.len() {
            if at == Some(name) {
                section.fails(
                    "after",
                    "leads back to this environment, so none of them could ever be deployed to",
                );
                break;
            }
            at = at.and_then(named).and_then(|(_, next)| after(next));
        }
    }
}

fn read_closed(section: &Section<'_>) -> Vec<String> {
    let lines = section.value("closed").and_then(|value| value.lines()).unwrap_or_default();
    let mut closed = Vec::new();
    for (item, text) in lines {
        if are_hours(text) {
            closed.push(text.to_owned());
        } else {
            item.fails(format!(
                "is {}, and no hours such as `fri 16:00-24:00` or `sat-sun`",
                quoted(text)
            ));
        }
    }
    closed
}

/// `fri`, `sat-sun`, `mon-fri 00:00-08:30`.
fn are_hours(text: &str) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let is_day = |day: &str| DAYS.contains(&day);
    let minute = |time: &str| {
        let (hour, minute) = time.split_once(':')?;
        let number = |text: &str| {
            (text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit()))
                .then(|| text.parse::<u32>().ok())?
        };
        let (hour, minute) = (number(hour)?, number(minute)?);
        let minutes = hour * 60 + minute;
        (minute < 60 && minutes <= 24 * 60).then_some(minutes)
    };
    let (days, hours) =
        text.split_once(' ').map_or((text, None), |(days, hours)| (days, Some(hours)));
    let are_days =
        days.split_once('-').map_or(is_day(days), |(first, last)| is_day(first) && is_day(last));
    let are_times = hours.is_none_or(|hours| {
        let times = hours.split_once('-').and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
        times.is_some_and(|(from, to)| from < to)
    });
    are_days && are_times
}
