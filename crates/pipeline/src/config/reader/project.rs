use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use hookstead::types::{MergeMethod, RepoName};

use super::environment::{check_after, read_environment};
use super::job::read_job;
use super::names::check_name;
use super::section::Section;
use crate::config::model::{
    Environment, Forks, Isolation, Job, MergeRule, NotifierConfig, Project,
};
use crate::config::problem::{nearest, quoted};

/// More environments are refused: nobody would find one among them.
const MAX_ENVIRONMENTS: usize = 100;

/// More jobs are refused: each posts two statuses for a commit at least, and GitHub allows some 500 an hour.
const MAX_JOBS: usize = 100;

pub(super) fn read_project(
    name: String,
    section: &Section<'_>,
    keep: Duration,
    notifiers: &BTreeMap<String, NotifierConfig>,
    folder: &Path,
) -> Option<Project> {
    let repo = read_repo(section);
    let isolate = read_isolation(section);
    let forks = match section.choice("forks") {
        "ask" => Forks::Ask,
        "run" => Forks::Run,
        _ => Forks::Never,
    };
    if forks != Forks::Never && isolate == Isolation::None {
        section.fails(
            "forks",
            format!(
                "is \"{forks}\", and `isolate` is \"none\": strangers' code could read the config, the database and the keys; say `isolate = \"bubblewrap\"` or `forks = \"never\"`"
            ),
        );
    }
    let network = section.flag("network");
    if !network && isolate == Isolation::None {
        section.fails("network", "is `false`, and `isolate` is \"none\", which keeps no build from the network; say `isolate = \"bubblewrap\"`");
    }
    let notify = read_notify(section, "notify", notifiers);
    let notify_failures = read_notify(section, "notify_failures", notifiers);
    let keep = section.optional_span("keep").unwrap_or(keep);
    let env = section.env(&BTreeMap::new());
    let secrets = section.secret_env(&BTreeMap::new(), folder);
    let merge = section.section("merge").map(|merge| MergeRule {
        method: match merge.choice("method") {
            "squash" => MergeMethod::Squash,
            "rebase" => MergeMethod::Rebase,
            _ => MergeMethod::Merge,
        },
        label: merge.value("label").and_then(|value| value.line().map(str::to_owned)),
    });

    let mut jobs: Vec<Job> = Vec::new();
    let sections = section.named("jobs");
    if sections.len() > MAX_JOBS {
        section.fails("jobs", format!("has {} jobs, and may have {MAX_JOBS}", sections.len()));
    }
    for (name, inner) in sections.into_iter().take(MAX_JOBS) {
        check_name(&name, &inner.shown, inner.span.clone(), inner.report);
        let Some(job) = read_job(name, &inner, &env, &secrets, folder) else { continue };
        if let Some(other) = jobs.iter().find(|other| other.context == job.context) {
            let context = quoted(&job.context);
            inner.fails(
                "context",
                format!(
                    "is {context}, as that of the job `{}`: one would hide the other",
                    other.name
                ),
            );
        }
        jobs.push(job);
    }
    let mut environments: Vec<Environment> = Vec::new();
    let mut sections = section.named("environments");
    if sections.len() > MAX_ENVIRONMENTS {
        let count = sections.len();
        section.fails(
            "environments",
            format!("has {count} environments, and may have {MAX_ENVIRONMENTS}"),
        );
        sections.truncate(MAX_ENVIRONMENTS);
    }
    for (name, inner) in &sections {
        check_name(name, &inner.shown, inner.span.clone(), inner.report);
        environments.extend(read_environment(name.clone(), inner, folder));
    }
    check_after(&sections);
    if !section.has("jobs") && !section.has("environments") {
        section.report.error(
            section.span.clone(),
            &section.shown,
            "has neither `jobs` nor `environments`, so nothing would ever run",
        );
    }
    Some(Project {
        name,
        repo: repo?,
        forks,
        isolate,
        network,
        notify,
        notify_failures,
        keep,
        jobs,
        environments,
        merge,
    })
}

fn read_repo(section: &Section<'_>) -> Option<RepoName> {
    let value = section.value("repo")?;
    let text = value.line()?;
    let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let is_name = text.chars().all(is_known) && text.len() <= 200 && !text.ends_with(".git");
    let repo = text.parse::<RepoName>().ok().filter(|_| is_name);
    if repo.is_none() {
        // An address may hold a token.
        let is_address = text.contains("://") || text.contains('@');
        if is_address {
            value.report.hide(value.span.clone());
            value.fails("is an address, and has to be `owner/name`");
        } else if text.ends_with(".git") {
            value
                .fails(format!("is {}, and a repository's name goes without `.git`", quoted(text)));
        } else {
            value.fails(format!("is {}, and has to be `owner/name`", quoted(text)));
        }
    }
    repo
}

fn read_isolation(section: &Section<'_>) -> Isolation {
    let Some(value) = section.value("isolate") else { return Isolation::None };
    let Some(text) = value.line() else { return Isolation::Bubblewrap };
    match (text, text.strip_prefix("docker:")) {
        ("none", _) => Isolation::None,
        ("bubblewrap", _) => Isolation::Bubblewrap,
        (_, Some(image))
            if !image.is_empty() && !image.starts_with('-') && !image.contains(' ') =>
        {
            Isolation::Docker(image.to_owned())
        }
        _ => {
            let near = nearest(text, ["none", "bubblewrap", "docker:IMAGE"]);
            let hint = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
            value.fails(format!(
                "is {}, and has to be \"none\", \"bubblewrap\" or \"docker:IMAGE\"{hint}",
                quoted(text)
            ));
            // So that nothing else is said of it.
            Isolation::Bubblewrap
        }
    }
}

fn read_notify(
    section: &Section<'_>,
    key: &str,
    notifiers: &BTreeMap<String, NotifierConfig>,
) -> Vec<String> {
    let mut names = Vec::new();
    for (item, name) in section.value(key).and_then(|value| value.lines()).unwrap_or_default() {
        if notifiers.contains_key(name) {
            names.push(name.to_owned());
            continue;
        }
        let near = nearest(name, notifiers.keys().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        item.fails(format!("is {}, and [notifiers] has none of that name{hint}", quoted(name)));
    }
    names
}
