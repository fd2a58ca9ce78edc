use std::error::Error;

use hookstead_pipeline::config::{Config, ConfigProblem, Job, Notice, Project, Severity};
use serde_json::{Value, json};

use super::unread::Unread;
use super::{meaning, triggers};
use crate::output;
use crate::text::printable;

/// What is said of a config.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) file: &'a str,
    pub(super) config: Option<&'a Config>,
    pub(super) problems: &'a [ConfigProblem],
    pub(super) unread: Option<&'a [Unread]>,
    /// What this machine lacks of what the config asks for.
    pub(super) missing: &'a [Notice],
}

impl Report<'_> {
    /// How many errors are listed.
    pub(super) fn errors(&self) -> usize {
        self.problems.iter().filter(|it| it.severity == Severity::Error).count()
    }

    /// For people.
    pub(super) fn print(&self) -> Result<(), Box<dyn Error>> {
        let file = printable(self.file);
        let mut lines: Vec<String> = self.config.map(meaning::lines).unwrap_or_default();
        for problem in self.problems {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(problem.render(&file).lines().map(str::to_owned));
        }
        if let Some(unread) = self.unread {
            lines.push(String::new());
            for Unread { key, text, is_error } in unread {
                lines.push(format!(
                    "{}: `{key}`: {text}",
                    if *is_error { "error" } else { "notice" }
                ));
            }
            if unread.is_empty() {
                lines.push("All secrets can be read.".to_owned());
            }
        }
        for Notice { key, text } in self.missing {
            lines.push(String::new());
            lines.push(format!("on this machine: `{key}` {text}"));
        }
        if self.config.is_some() {
            lines.push(String::new());
            lines.push(format!("{file} can be used."));
        }
        output::print_lines(&lines.iter().map(|line| printable(line)).collect::<Vec<_>>())
    }

    /// For programs.
    pub(super) fn print_json(&self) -> Result<(), Box<dyn Error>> {
        let problems = self.problems.iter().map(|problem| {
            json!({
                "severity": match problem.severity { Severity::Error => "error", Severity::Notice => "notice" },
                "line": problem.line,
                "column": problem.column,
                "key": problem.key,
                "text": problem.text,
            })
        });
        let secrets = self.unread.map(|unread| {
            let unread = unread.iter();
            unread
                .map(|it| json!({ "key": it.key, "text": it.text, "error": it.is_error }))
                .collect::<Vec<_>>()
        });
        let missing = self.missing.iter().map(|it| json!({ "key": it.key, "text": it.text }));
        let projects =
            self.config.map(|config| config.projects.iter().map(project).collect::<Vec<_>>());
        output::print_json(&json!({
            "file": self.file,
            "usable": self.config.is_some(),
            "problems": problems.collect::<Vec<_>>(),
            "secrets": secrets,
            "missing": missing.collect::<Vec<_>>(),
            "projects": projects,
        }))
    }
}

fn project(project: &Project) -> Value {
    json!({
        "name": project.name,
        "repo": project.repo,
        "forks": project.forks.to_string(),
        "isolate": project.isolate.to_string(),
        "network": project.network,
        "jobs": project.jobs.iter().map(job).collect::<Vec<_>>(),
        "environments": project.environments.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
    })
}

fn job(job: &Job) -> Value {
    json!({
        "name": job.name,
        "context": job.context,
        "on": job.on.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
        "runs_for": triggers::words(job),
        "branches": job.branches.as_ref().map(|it| it.as_slice()),
        "tags": job.tags.as_ref().map(|it| it.as_slice()),
        "paths": job.paths.as_ref().map(|it| it.as_slice()),
        "schedule": job.schedule.as_ref().map(|it| it.as_str()),
        "timeout_seconds": job.timeout.as_secs(),
    })
}
