use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use url::Url;

use super::names::{check_name, is_page};
use super::project::read_project;
use super::section::Section;
use super::url::UrlRule;
use super::value::Value;
use crate::config::keys::default_of;
use crate::config::model::{
    Config, Credentials, NotifierConfig, Pools, PostgresUrl, Project, ReadAccess, ReportBy, Storage,
};
use crate::config::problem::quoted;

/// Where mirrors, workspaces and artefacts lie if nothing says it: services keep their files below.
const DEFAULT_WORK: &str = "/var/lib/hookstead";

/// Reads the whole file. There is a config only if nothing was wrong.
pub(super) fn read_top(top: &Section<'_>, folder: &Path) -> Option<Config> {
    let url = top.url("url", UrlRule::Root);
    let listen = read_listen(top);
    let hook_path = read_hook_path(top);
    let storage = read_storage(top, folder);
    let work = top.value("work").and_then(|value| value.path(folder));
    let secrets = top.value("secret").map(|value| value.secrets(folder)).unwrap_or_default();
    let credentials = read_credentials(top, folder);
    let report = match top.choice("report") {
        "checks" => ReportBy::Checks,
        _ => ReportBy::Statuses,
    };
    if report == ReportBy::Checks && top.has("token") && !top.has("app") {
        top.fails("report", "is \"checks\", and only an App can make check runs: it needs `app` in place of `token`");
    }
    let github =
        top.url("github", UrlRule::GitHub).or_else(|| Url::parse(top.default("github")).ok());
    let github_api = top.url("github_api", UrlRule::GitHub);
    let pools = top.section("pools");
    let pool = |name: &str| {
        let number = pools.as_ref().and_then(|pools| pools.optional_number(name));
        let default = default_of(&format!("pools.{name}")).parse().unwrap_or(1);
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
    };
    let pools = Pools { builds: pool("builds"), deploys: pool("deploys") };
    let read = match top.choice("read") {
        "login" => ReadAccess::Login,
        _ => ReadAccess::Public,
    };
    let admin = top.secret("admin", folder);
    if read == ReadAccess::Login && !top.has("admin") {
        top.fails("read", "is \"login\", and nobody can log in without an `admin`");
    }
    let keep = top.span_of_time("keep");
    let disk_reserve = top.size("disk_reserve");
    let writes_per_hour = top.number("writes_per_hour");
    let notifiers = read_notifiers(top, folder);

    let mut projects: Vec<Project> = Vec::new();
    let sections = top.named("projects");
    let are_none = sections.is_empty() && top.is_table("projects");
    for (name, section) in sections {
        super::names::check_project_name(
            &name,
            &hook_path,
            &section.shown,
            section.span.clone(),
            top.report,
        );
        let Some(project) = read_project(name, &section, keep, &notifiers, folder) else {
            continue;
        };
        match projects.iter().find(|other| other.repo == project.repo) {
            Some(other) => section.fails(
                "repo",
                format!(
                    "is {}, which the project `{}` has already",
                    quoted(project.repo.as_str()),
                    other.name
                ),
            ),
            None => projects.push(project),
        }
    }
    if are_none {
        top.fails("projects", "is empty, so there is nothing to do");
    }
    if top.report.has_errors() {
        return None;
    }
    let (github, storage) = (github?, storage?);
    let work = work.unwrap_or_else(|| match &storage {
        Storage::Folder(data) => data.join("work"),
        Storage::Postgres(_) => PathBuf::from(DEFAULT_WORK),
    });
    Some(Config {
        url: url?,
        listen,
        hook_path,
        storage,
        work,
        secrets: secrets.into(),
        credentials: credentials?,
        report,
        github_api: github_api.or_else(|| api_of(&github))?,
        github,
        pools,
        read,
        admin,
        disk_reserve,
        writes_per_hour,
        notifiers: notifiers.into(),
        projects: projects.into(),
        notices: [].into(),
    })
}

/// The REST API of GitHub, or of an Enterprise Server.
fn api_of(github: &Url) -> Option<Url> {
    match github.host_str() {
        Some("github.com" | "www.github.com") => Url::parse("https://api.github.com/").ok(),
        _ => github.join("api/v3/").ok(),
    }
}

fn read_listen(top: &Section<'_>) -> String {
    let default = top.default("listen").to_owned();
    let Some(value) = top.value("listen") else { return default };
    let Some(text) = value.line() else { return default };
    let parts = text.rsplit_once(':');
    let is_address = parts.is_some_and(|(host, port)| {
        let is_host = match host.strip_prefix('[') {
            Some(rest) => {
                rest.strip_suffix(']').is_some_and(|it| it.parse::<std::net::Ipv6Addr>().is_ok())
            }
            None => {
                !host.is_empty()
                    && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
            }
        };
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
        is_host && is_port
    });
    if !is_address {
        value.fails(format!(
            "is {}, and no address with a port such as `127.0.0.1:4567`",
            quoted(text)
        ));
    }
    text.to_owned()
}

fn read_hook_path(top: &Section<'_>) -> String {
    let default = top.default("hook_path").to_owned();
    let Some(value) = top.value("hook_path") else { return default };
    let Some(text) = value.line() else { return default };
    let is_part = |part: &str| {
        let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.is_empty() && !part.starts_with('.') && part.chars().all(is_known)
    };
    if !text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_part)) {
        value.fails(format!("is {}, and no path such as `/event_handler`", quoted(text)));
        return default;
    }
    if is_page(text) {
        value.fails(format!("is {}, where a page of the server is", quoted(text)));
        return default;
    }
    text.to_owned()
}

fn read_storage(top: &Section<'_>, folder: &Path) -> Option<Storage> {
    match (top.value("data"), top.value("store")) {
        (Some(_), Some(store)) => {
            // It may hold a password, which the excerpt must not show.
            let _ = read_store(&store, folder);
            top.fails("store", "stands beside `data`, and only one of them can be: with `store` the folder for workspaces is `work`");
            None
        }
        (Some(data), None) => data.path(folder).map(Storage::Folder),
        (None, Some(store)) => read_store(&store, folder).map(Storage::Postgres),
        (None, None) => {
            top.missing(
                "data",
                "the folder for everything that is kept, or `store`, a PostgreSQL database",
            );
            None
        }
    }
}

fn read_store(store: &Value<'_>, folder: &Path) -> Option<PostgresUrl> {
    let Some(text) = store.value.as_str() else {
        return store.secret(folder).map(PostgresUrl::Secret);
    };
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql"));
    let has_password = match &url {
        Some(url) => {
            url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
        }
        None => {
            store.report.hide(store.span.clone());
            store.fails(
                "is no `postgres://` URL, nor `{ env = \"NAME\" }` or `{ file = \"PATH\" }`",
            );
            return None;
        }
    };
    if has_password {
        store.report.hide(store.span.clone());
        store.fails("holds a password, which the config must not; name the place of the URL by `{ env = \"NAME\" }` or `{ file = \"PATH\" }`");
        return None;
    }
    store.line().map(|text| PostgresUrl::Plain(text.to_owned()))
}

fn read_credentials(top: &Section<'_>, folder: &Path) -> Option<Credentials> {
    let token = top.secret("token", folder);
    let app = top.section("app").map(|app| {
        let id = app.optional_number("id");
        (id, app.secret("key", folder))
    });
    match (top.has("token"), top.has("app")) {
        (true, true) => {
            top.fails(
                "app",
                "stands beside `token`, and only one of them can be: who the server is at GitHub",
            );
            None
        }
        (false, false) => {
            top.missing("token", "a personal access token, or `app`, a GitHub App");
            None
        }
        (true, false) => token.map(Credentials::Token),
        (false, true) => match app? {
            (Some(id), Some(key)) => Some(Credentials::App { id: u64::from(id), key }),
            _ => None,
        },
    }
}

fn read_notifiers(top: &Section<'_>, folder: &Path) -> BTreeMap<String, NotifierConfig> {
    let mut notifiers = BTreeMap::new();
    for (name, section) in top.named("notifiers") {
        check_name(&name, &section.shown, section.span.clone(), top.report);
        let ways = ["post", "command", "console"].into_iter().filter(|way| section.has(way));
        let ways: Vec<&str> = ways.collect();
        let post = section.secret("post", folder).map(NotifierConfig::Post);
        let command = section.command("command").map(NotifierConfig::Command);
        let console = section.value("console").and_then(|value| match value.flag() {
            Some(false) => {
                value.fails("is `false`; leave the notifier out if nobody is to hear of it");
                None
            }
            flag => flag.map(|_| NotifierConfig::Console),
        });
        if ways.len() != 1 {
            let found = if ways.is_empty() {
                "none".to_owned()
            } else {
                format!("`{}`", ways.join("` and `"))
            };
            let text =
                format!("has to have one of `post`, `command` and `console`, and has {found}");
            top.report.error(section.span.clone(), &section.shown, text);
        }
        // One that is wrong is defined, too.
        notifiers.insert(name, post.or(command).or(console).unwrap_or(NotifierConfig::Console));
    }
    notifiers
}
