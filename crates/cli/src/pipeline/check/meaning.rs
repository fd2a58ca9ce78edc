use hookstead_pipeline::config::{
    Config, Credentials, Environment, Forks, Isolation, Job, JobWork, PostgresUrl, Project,
    ReadAccess, ReportBy, SecretSource, Storage, show_span,
};

use super::triggers;
use crate::text;

/// More of a command is not shown.
const MAX_COMMAND: usize = 70;

/// What a config means, line by line.
pub(super) fn lines(config: &Config) -> Vec<String> {
    let hook = format!("{}{}", config.url.as_str().trim_end_matches('/'), config.hook_path);
    let pages = match config.read {
        ReadAccess::Login => "for who has logged in",
        ReadAccess::Public => "for everybody who reaches them",
    };
    let mut lines = rows(&[
        ("pages", format!("{} {pages}", config.url)),
        ("hook", format!("{hook}, the secret {}", list(config.secrets.iter().map(source), " or "))),
        ("listens", format!("at {}", config.listen)),
        ("github", format!("{}, {}", config.github, credentials(config))),
        ("keeps", storage(config)),
        (
            "at a time",
            format!(
                "{}, while {} of the disk are free",
                count(config.pools.builds, "build"),
                config.disk_reserve
            ),
        ),
    ]);
    for project in config.projects.iter() {
        lines.push(String::new());
        lines.extend(of_project(config, project));
    }
    lines
}

fn credentials(config: &Config) -> String {
    let who = match &config.credentials {
        Credentials::Token(token) => format!("by the token {}", source(token)),
        Credentials::App { id, key } => format!("as the App {id} with the key {}", source(key)),
    };
    let how = match config.report {
        ReportBy::Checks => "check runs",
        ReportBy::Statuses => "statuses",
    };
    format!("{who}; reports by {how}")
}

fn storage(config: &Config) -> String {
    let database = match &config.storage {
        Storage::Folder(folder) => format!("everything in {}", folder.display()),
        Storage::Postgres(PostgresUrl::Secret(url)) => {
            format!("everything in the PostgreSQL of {}", source(url))
        }
        Storage::Postgres(PostgresUrl::Plain(url)) => format!("everything in {url}"),
    };
    format!("{database}, workspaces in {}", config.work.display())
}

fn of_project(config: &Config, project: &Project) -> Vec<String> {
    let forks = match project.forks {
        Forks::Ask => {
            "Pull requests of forks are built when a person with write permission says so."
        }
        Forks::Run => "Pull requests of forks are built as all others are, without secrets.",
        Forks::Never => "Pull requests of forks are not built.",
    };
    let network = if project.network { "" } else { ", and without the network" };
    let isolation = match &project.isolate {
        Isolation::None => "Builds may do whatever the server's user may.".to_owned(),
        Isolation::Bubblewrap => format!("Builds run under bubblewrap{network}."),
        Isolation::Docker(image) => format!("Builds run in containers of {image}{network}."),
    };
    let keep = format!("Logs and artefacts are kept for {}.", show_span(project.keep));
    let mut lines = vec![format!("project {}: {}", project.name, project.repo)];
    let text = format!("{forks} {isolation} {keep}");
    lines.extend(indented(2, text::wrapped(&text, width() - 2)));
    let mut notified = Vec::new();
    if !project.notify.is_empty() {
        notified.push(format!("{} of all builds", project.notify.join(", ")));
    }
    if !project.notify_failures.is_empty() {
        notified.push(format!("{} of those that fail", project.notify_failures.join(", ")));
    }
    if !notified.is_empty() {
        lines.push(format!("  Tells {}.", notified.join(", and ")));
    }
    if let Some(writes) = writes(config, project) {
        lines.extend(indented(2, text::wrapped(&writes, width() - 2)));
    }
    for job in &project.jobs {
        lines.push(String::new());
        lines.push(format!("  {}", named(&job.name, &job.context)));
        lines.extend(indented(4, rows(&of_job(job))));
    }
    for environment in &project.environments {
        lines.push(String::new());
        lines.push(format!("  environment {}", environment.name));
        lines.extend(indented(4, rows(&of_environment(environment))));
    }
    lines
}

/// How far GitHub's limit of writes reaches.
fn writes(config: &Config, project: &Project) -> Option<String> {
    let a_push = config.writes_of_a_push(project);
    let pushes = config.writes_per_hour.checked_div(a_push)?;
    let limit = config.writes_per_hour;
    let pushes = if pushes == 1 { "1 push".to_owned() } else { format!("{pushes} pushes") };
    Some(format!(
        "A push to a pull request makes up to {a_push} writes to GitHub. Of {limit} an hour that leaves {pushes}; \
         beyond, only ends are reported."
    ))
}

fn named(job: &str, context: &str) -> String {
    if context == format!("ci/{job}") {
        context.to_owned()
    } else {
        format!("{context} (job {job})")
    }
}

fn of_job(job: &Job) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    match &job.work {
        JobWork::Steps(steps) => {
            for step in steps {
                let command = command(&step.command.to_string());
                let is_only = steps.len() == 1 && step.name == "run";
                rows.push((
                    "runs",
                    if is_only { command } else { format!("{}: {command}", step.name) },
                ));
            }
        }
        JobWork::Jenkins(jenkins) => {
            rows.push(("runs", format!("{} at {}", jenkins.job, jenkins.url)))
        }
        JobWork::Http(http) => rows.push(("runs", format!("at {}", http.url))),
    }
    rows.push(("for", triggers::words(job)));
    if let Some(schedule) = &job.schedule {
        rows.push(("at", format!("{schedule} in UTC, of the default branch")));
    }
    let ends =
        format!("after {}, or {} without output", show_span(job.timeout), show_span(job.silence));
    rows.push(("ends", ends));
    let mut keeps: Vec<String> = job.artifacts.iter().map(|it| it.display().to_string()).collect();
    keeps.push(format!("{} of log", job.log));
    rows.push(("keeps", keeps.join(", ")));
    if !job.cache.is_empty() {
        rows.push(("cache", list(job.cache.iter().map(|it| it.display().to_string()), ", ")));
    }
    if !job.secrets.is_empty() {
        rows.push(("secrets", list(job.secrets.keys().cloned(), ", ")));
    }
    rows
}

fn of_environment(environment: &Environment) -> Vec<(&'static str, String)> {
    let mut rows: Vec<(&str, String)> = Vec::new();
    for step in &environment.steps {
        rows.push(("runs", command(&step.command.to_string())));
    }
    let mut when = Vec::new();
    if let Some(branch) = &environment.auto {
        when.push(format!("each green commit of {branch}"));
    }
    when.push(format!("whoever has the permission \"{}\" asks", environment.permission));
    rows.push(("when", when.join(", or ")));
    if let Some(after) = &environment.after {
        rows.push(("after", after.clone()));
    }
    if !environment.requires.is_empty() {
        rows.push(("needs", environment.requires.join(", ")));
    }
    if !environment.secrets.is_empty() {
        rows.push(("secrets", list(environment.secrets.keys().cloned(), ", ")));
    }
    rows
}

/// The first line of a command, cut where it is long.
fn command(text: &str) -> String {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().trim();
    let more = lines.count();
    let shown = text::cut(first, MAX_COMMAND);
    if more == 0 { shown } else { format!("{shown} (and {} more)", count(more, "line")) }
}

fn source(source: &SecretSource) -> String {
    match source {
        SecretSource::Env(name) => format!("${name}"),
        SecretSource::File(path) => path.display().to_string(),
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn list(items: impl Iterator<Item = String>, between: &str) -> String {
    items.collect::<Vec<_>>().join(between)
}

/// Labels and what stands behind them, in two columns; a label is not repeated.
fn rows<L: AsRef<str>>(rows: &[(L, String)]) -> Vec<String> {
    const LABEL: usize = 11;
    let mut lines = Vec::new();
    let mut last = "";
    for (label, text) in rows {
        let shown = if label.as_ref() == last { "" } else { label.as_ref() };
        last = label.as_ref();
        for (index, line) in text::wrapped(text, width() - LABEL - 4).into_iter().enumerate() {
            let label = if index == 0 { shown } else { "" };
            lines.push(format!("{label:<LABEL$}{line}"));
        }
    }
    lines
}

fn indented(by: usize, lines: Vec<String>) -> impl Iterator<Item = String> {
    lines.into_iter().map(move |line| format!("{:by$}{line}", ""))
}

fn width() -> usize {
    text::width().clamp(40, 100)
}
