//! What a config needs of the machine that a server runs on.

use std::process::{Command, Stdio};

use crate::config::{Config, Isolation, Limits, NamedSecret, Notice};
use crate::runner::{Sandbox, holds_processes, makes_scopes};

/// Fails where a secret cannot be read without which nothing goes, naming its key. Returns what is wrong with those of
/// jobs: their builds end in an error, and others do not.
pub(super) fn expect_secrets(config: &Config) -> Result<Vec<Notice>, String> {
    let (of_jobs, own): (Vec<NamedSecret>, Vec<NamedSecret>) =
        config.all_secrets().into_iter().partition(|it| it.key.starts_with("projects."));
    let fault = |it: &NamedSecret| Some((it.key.clone(), it.try_read().err()?.to_string()));
    let faults: Vec<String> =
        own.iter().filter_map(fault).map(|(key, text)| format!("`{key}`: {text}")).collect();
    if !faults.is_empty() {
        return Err(format!("a secret of the config cannot be read: {}", faults.join("; ")));
    }
    let notices = of_jobs.iter().filter_map(fault);
    Ok(notices.map(|(key, text)| Notice { key, text: format!("cannot be read: {text}") }).collect())
}

/// What this machine lacks of what the config asks for: programs that are not there, and limits that it cannot set.
/// Where something lacks, builds end in an error, or go without the limit.
///
/// It runs some programs, and takes some seconds at most.
#[must_use]
pub fn missing_on_machine(config: &Config) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut notice = |key: &str, text: &str| {
        notices.push(Notice { key: key.to_owned(), text: text.to_owned() });
    };
    match git_version() {
        None => {
            notice("projects", "need the program git, which is not there: no build gets its code")
        }
        Some(version) if version < OLDEST_GIT => notice(
            "projects",
            "need git 2.31 or later, and an older one is there: no build gets its code",
        ),
        Some(_) => {}
    }
    let has_bubblewrap = runs("bwrap");
    for project in config.projects.iter() {
        if project.isolate == Isolation::Bubblewrap && !has_bubblewrap {
            let key = format!("projects.{}.isolate", project.name);
            notice(&key, "needs the program bwrap, which is not there: its builds end in an error");
        }
    }
    let first = |is_meant: &dyn Fn(&Limits, &Isolation) -> bool| {
        config.projects.iter().find_map(|project| {
            let job = project.jobs.iter().find(|job| is_meant(&job.limits, &project.isolate))?;
            Some(format!("projects.{}.jobs.{}.limits", project.name, job.name))
        })
    };
    let is_container = |isolate: &Isolation| matches!(isolate, Isolation::Docker(_));
    let memory = first(&|it, isolate| it.memory.is_some() && !is_container(isolate));
    let cpus = first(&|it, isolate| it.cpu_percent.is_some() && !is_container(isolate));
    if (memory.is_some() || cpus.is_some()) && !makes_scopes() {
        if let Some(key) = memory {
            notice(
                &format!("{key}.memory"),
                "holds for each process by itself, and not for a build as a whole: systemd makes no scopes here",
            );
        }
        if let Some(key) = cpus {
            notice(&format!("{key}.cpus"), "does not hold: systemd makes no scopes here");
        }
    }
    let none = first(&|it, isolate| it.processes.is_some() && *isolate == Isolation::None);
    let bubblewrap =
        first(&|it, isolate| it.processes.is_some() && *isolate == Isolation::Bubblewrap);
    for (key, sandbox) in [(none, Sandbox::None), (bubblewrap, Sandbox::Bubblewrap)] {
        if let Some(key) = key.filter(|_| !holds_processes(&sandbox)) {
            notice(
                &format!("{key}.processes"),
                "is looked at ten times a second, and a build with more is ended; nothing keeps it from more \
                 meanwhile: systemd makes no scopes here, and this user may make no control groups",
            );
        }
    }
    notices
}

/// Older ones take no token from their environment.
const OLDEST_GIT: (u32, u32) = (2, 31);

/// `None`: there is no git.
fn git_version() -> Option<(u32, u32)> {
    let said = Command::new("git").arg("--version").stdin(Stdio::null()).output().ok()?;
    said.status.success().then(|| version_in(&String::from_utf8_lossy(&said.stdout)))
}

/// The version in what git says of itself, such as `git version 2.39.5 (Apple Git-154)`. One that cannot be read is
/// taken for a new one.
fn version_in(said: &str) -> (u32, u32) {
    let numbers = said.trim_start_matches("git version ").split('.');
    let mut numbers = numbers.map_while(|number| number.trim().parse().ok());
    (numbers.next().unwrap_or(u32::MAX), numbers.next().unwrap_or(0))
}

/// Whether a program is there, and says its version.
fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_program_does_not_run() {
        assert!(runs("env"));
        assert!(!runs("/no/such/program"));
    }

    #[test]
    fn versions_of_git() {
        for (said, version) in [
            ("git version 2.39.5\n", (2, 39)),
            ("git version 2.39.5 (Apple Git-154)\n", (2, 39)),
            ("git version 2.31.0.windows.1\n", (2, 31)),
            ("git version 3.0\n", (3, 0)),
            ("who knows", (u32::MAX, 0)),
        ] {
            assert_eq!(version_in(said), version, "{said}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_read_is_named_by_its_key() {
        let config = |secrets: &str| {
            let text = format!(
                "url = \"https://ci.example.com\"\ndata = \"data\"\n{secrets}\n[projects.a]\nrepo = \"o/a\"\n\
                 jobs.test.run = \"true\"\njobs.test.secrets.KEY = {{ env = \"NOT_SET_KEY\" }}\n"
            );
            Config::parse(&text, "pipeline.toml").unwrap()
        };
        let nothing = "secret = { env = \"NOT_SET_S\" }\ntoken = { env = \"NOT_SET_T\" }";
        let error = expect_secrets(&config(nothing)).unwrap_err();
        for part in ["`secret`: ", "NOT_SET_S", "`token`: ", "NOT_SET_T"] {
            assert!(error.contains(part), "{error}");
        }
        assert!(!error.contains("KEY"), "{error}");
        let all = "secret = { env = \"PATH\" }\ntoken = { env = \"PATH\" }";
        let notices = expect_secrets(&config(all)).unwrap();
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert_eq!(notices[0].key, "projects.a.jobs.test.secrets.KEY");
    }
}
