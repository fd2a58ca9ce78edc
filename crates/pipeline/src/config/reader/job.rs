use std::collections::BTreeMap;
use std::path::Path;

use super::section::Section;
use super::url::UrlRule;
use crate::config::keys::{KeyKind, default_of};
use crate::config::model::{HttpRun, JenkinsRun, Job, JobWork, Limits, Trigger};
use crate::config::problem::quoted;
use crate::config::value::{ByteSize, ProblemMatcher, Schedule, SecretSource};

/// GitHub refuses a longer context.
const MAX_CONTEXT: usize = 255;

pub(super) fn read_job(
    name: String,
    section: &Section<'_>,
    of_project: &BTreeMap<String, String>,
    secrets_of_project: &BTreeMap<String, SecretSource>,
    folder: &Path,
) -> Option<Job> {
    let work = read_work(section, folder);
    let context = read_context(section).unwrap_or_else(|| format!("ci/{name}"));
    let on = read_triggers(section);
    let branches = section.patterns("branches");
    let tags = section.patterns("tags");
    if tags.is_some() && !on.contains(&Trigger::Tag) {
        section.fails("tags", "has an effect only where `on` has \"tag\"");
    }
    if branches.is_some() && !on.is_empty() && on.iter().all(|it| *it == Trigger::Tag) {
        section.fails("branches", "has no effect, as `on` has only \"tag\"");
    }
    if section.flag("as_merged") && !on.contains(&Trigger::PullRequest) {
        section.fails("as_merged", "has an effect only where `on` has \"pull_request\"");
    }
    let env = section.env(of_project);
    let secrets = section.secret_env(secrets_of_project, folder);
    if let Some(name) = env.keys().find(|name| secrets.contains_key(*name)) {
        let place = if section.has("secrets") { "secrets" } else { "env" };
        section.fails(place, format!("sets `{name}`, which stands both in `env` and in `secrets`"));
    }
    let limits = section.section("limits");
    let limits = Limits {
        memory: limits.as_ref().and_then(|limits| limits.optional_size("memory")),
        cpu_percent: limits.as_ref().and_then(|limits| limits.value("cpus")?.hundredths()),
        processes: limits.as_ref().and_then(|limits| limits.optional_number("processes")),
        artifacts: limits
            .as_ref()
            .and_then(|limits| limits.optional_size("artifacts"))
            .or_else(|| default_of("projects.NAME.jobs.NAME.limits.artifacts").parse().ok())
            .unwrap_or(ByteSize::new(0)),
    };
    let below = |key: &str| section.value(key).map(|value| value.paths_below()).unwrap_or_default();
    let job = Job {
        context,
        work: JobWork::Steps(Vec::new()),
        on,
        branches,
        tags,
        paths: section.patterns("paths"),
        drafts: section.flag("drafts"),
        as_merged: section.flag("as_merged"),
        schedule: read_schedule(section),
        timeout: section.span_of_time("timeout"),
        silence: section.span_of_time("silence"),
        log: section.size("log"),
        env,
        secrets,
        path: section.value("path").map(|value| value.absolute_paths()).unwrap_or_default(),
        cache: below("cache"),
        artifacts: below("artifacts"),
        limits,
        keep_failed: section.number("keep_failed"),
        matchers: read_matchers(section),
        name,
    };
    Some(Job { work: work?, ..job })
}

fn read_work(section: &Section<'_>, folder: &Path) -> Option<JobWork> {
    const WAYS: [&str; 4] = ["run", "steps", "jenkins", "http"];
    let ways: Vec<&str> = WAYS.into_iter().filter(|way| section.has(way)).collect();
    let jenkins = section.section("jenkins").map(|jenkins| {
        let line = |key: &str| jenkins.value(key).and_then(|value| value.line().map(str::to_owned));
        let url = jenkins.url("url", UrlRule::Base);
        let (job, user) = (line("job"), line("user"));
        let token = jenkins.secret("token", folder);
        Some(JobWork::Jenkins(JenkinsRun { url: url?, job: job?, user: user?, token: token? }))
    });
    let http = section.section("http").map(|http| {
        let url = http.url("url", UrlRule::Whole);
        let token = http.secret("token", folder);
        Some(JobWork::Http(HttpRun { url: url?, token }))
    });
    let steps = section.steps();
    match ways.as_slice() {
        [_] => {}
        [] => {
            let text = "has nothing to run: it needs one of `run`, `steps`, `jenkins` and `http`";
            section.report.error(section.span.clone(), &section.shown, text);
        }
        [_, second, ..] => {
            let text = format!(
                "stands beside `{}`, and a job has one of `run`, `steps`, `jenkins` and `http`",
                ways.first().unwrap_or(&"")
            );
            section.fails(second, text);
        }
    }
    jenkins.or(http).unwrap_or(Some(JobWork::Steps(steps)))
}

fn read_context(section: &Section<'_>) -> Option<String> {
    let value = section.value("context")?;
    let text = value.line()?;
    if text.chars().count() > MAX_CONTEXT {
        value.fails(format!("is longer than {MAX_CONTEXT} characters"));
    }
    Some(text.to_owned())
}

fn read_triggers(section: &Section<'_>) -> Vec<Trigger> {
    let default = || vec![Trigger::PullRequest, Trigger::MergeGroup, Trigger::Push];
    let (Some(value), Some(KeyKind::Choices(choices))) = (section.value("on"), section.kind("on"))
    else {
        return default();
    };
    let Some(items) = value.items() else { return default() };
    let mut triggers = Vec::new();
    for item in items {
        let Some(word) = item.choice(choices) else { continue };
        let trigger = Trigger::ALL.into_iter().find(|trigger| trigger.as_str() == word);
        match trigger {
            Some(trigger) if triggers.contains(&trigger) => {
                item.fails(format!("is {}, which the list has already", quoted(word)));
            }
            trigger => triggers.extend(trigger),
        }
    }
    triggers
}

fn read_schedule(section: &Section<'_>) -> Option<Schedule> {
    let value = section.value("schedule")?;
    match value.line()?.parse() {
        Ok(schedule) => Some(schedule),
        Err(error) => {
            value.fails(format!("{error}"));
            None
        }
    }
}

fn read_matchers(section: &Section<'_>) -> Vec<ProblemMatcher> {
    let lines = section.value("matchers").and_then(|value| value.lines()).unwrap_or_default();
    let matchers =
        lines.into_iter().filter_map(|(item, pattern)| match ProblemMatcher::new(pattern) {
            Ok(matcher) => Some(matcher),
            Err(error) => {
                item.fails(error.to_string());
                None
            }
        });
    matchers.collect()
}
