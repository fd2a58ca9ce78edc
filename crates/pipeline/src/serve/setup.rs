use std::error::Error;
use std::fmt;
use std::time::Duration;

use hookstead::client::{
    CheckConclusion, CheckOutput, Error as ClientError, Hook, HookConfigUpdate, HookContentType,
    HookDelivery, HookUpdate, Hooks, NewCheckRun, NewHook, NewStatus, Repo,
};

use tokio::time::{Instant, sleep};

use crate::build::{Hub, PipelineError};
use crate::config::{Config, Credentials, Project, ReportBy};

/// What the plan wants to hear of. Groups of the merge queue reach Apps only.
const EVENTS: [&str; 5] = ["delete", "issue_comment", "pull_request", "push", "repository"];

/// How long GitHub has time to say what came of a ping, and how often it is asked.
const PING_DEADLINE: Duration = Duration::from_secs(10);
const PING_LOOK: Duration = Duration::from_millis(500);

/// The name of the status that shows that statuses can be posted.
const CONTEXT: &str = "hookstead/setup";

/// What was done, in sentences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SetupReport {
    /// What was done and found, line by line.
    pub lines: Vec<String>,
    /// Whether something went wrong.
    pub has_failed: bool,
}

impl fmt::Display for SetupReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

/// Makes or mends the hook of each project's repository, has GitHub ping it, and posts a test status. It is safe to
/// repeat.
///
/// # Errors
///
/// Fails when a secret cannot be read. What GitHub refuses is a line of the report.
pub async fn setup(config: &Config) -> Result<SetupReport, PipelineError> {
    set_up(config).await.map_err(PipelineError::new)
}

async fn set_up(config: &Config) -> Result<SetupReport, Box<dyn Error + Send + Sync>> {
    super::needs::expect_secrets(config)?;
    let hub = Hub::new(config)?;
    let mut report = SetupReport::default();
    let secret = config.secrets.first().ok_or("the config has no `secret`")?.read()?;
    for project in config.projects.iter() {
        let name = &project.repo;
        let mut is_refused = false;
        let done = async {
            let repo = hub.repo(name).await?;
            let mut lines = match config.credentials {
                Credentials::Token(_) => {
                    let (lines, ping) = hook(config, &repo, secret.expose()).await?;
                    is_refused = ping == Ping::Refused;
                    lines
                }
                Credentials::App { .. } => {
                    vec![
                        "the hook is the App's own: its address stands in the App's settings"
                            .into(),
                    ]
                }
            };
            lines.push(test_report(config, project, &repo).await?);
            Ok::<Vec<String>, ClientError>(lines)
        };
        match done.await {
            Ok(lines) => {
                report.has_failed |= is_refused;
                report.lines.extend(lines.into_iter().map(|line| format!("{name}: {line}")))
            }
            Err(error) => {
                report.has_failed = true;
                report.lines.push(format!("{name}: failed: {error}"));
            }
        }
    }
    Ok(report)
}

/// What came of a ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ping {
    Taken,
    /// The server answered with an error.
    Refused,
    /// Nobody answered, or GitHub has not said so in time. The server may be started later.
    Unknown,
}

async fn hook(
    config: &Config,
    repo: &Repo,
    secret: &str,
) -> Result<(Vec<String>, Ping), ClientError> {
    let url = format!(
        "{}/{}",
        config.url.as_str().trim_end_matches('/'),
        config.hook_path.trim_start_matches('/')
    );
    let hooks = repo.hooks();
    let mut all = repo.client().items(hooks.list().await?);
    let mut known: Option<Hook> = None;
    while let Some(hook) = all.next().await {
        let hook = hook?;
        if hook.config.url.as_deref() == Some(&url) {
            known = Some(hook);
            break;
        }
    }
    let mut lines = Vec::new();
    let id = match known {
        None => {
            let new = NewHook::new(&url).secret(secret).content_type(HookContentType::Json);
            let hook = hooks.create(&new.events(EVENTS)).await?;
            lines.push(format!("made the hook {} to {url}", hook.id));
            hook.id
        }
        Some(hook) => {
            // Nobody can read the secret, so it is written in any case.
            let update = HookConfigUpdate::new().url(&url).content_type(HookContentType::Json);
            hooks.update_config(hook.id, &update.secret(secret)).await?;
            let mut missing: Vec<&str> = EVENTS.to_vec();
            missing.retain(|event| !hook.events.iter().any(|known| known == event || known == "*"));
            let mut update = HookUpdate::new().active(true);
            for event in &missing {
                update = update.add_event(*event);
            }
            hooks.update(hook.id, &update).await?;
            let mut line = format!("the hook {} to {url} is there; its secret was set", hook.id);
            if !missing.is_empty() {
                line = format!("{line}, and {} added to its events", missing.join(", "));
            }
            if hook.active == Some(false) {
                line.push_str(", and it was switched on");
            }
            lines.push(line);
            hook.id
        }
    };
    let (line, ping) = ping(&hooks, id).await?;
    lines.push(line);
    Ok((lines, ping))
}

/// Has GitHub ping the hook, and says what came of it: whether the server is reached, and has the secret.
async fn ping(hooks: &Hooks, id: u64) -> Result<(String, Ping), ClientError> {
    let deliveries = hooks.deliveries(id);
    let before: Vec<u64> = deliveries.list().await?.items.iter().map(|it| it.id).collect();
    hooks.ping(id).await?;
    let until = Instant::now() + PING_DEADLINE;
    loop {
        let now = deliveries.list().await?.items;
        let is_new =
            |it: &&HookDelivery| it.event.as_deref() == Some("ping") && !before.contains(&it.id);
        match now.iter().find(is_new) {
            Some(ping) if ping.is_ok() => {
                let text = "it is reached, and has the secret";
                let line = format!("the server took a ping of the hook {id}: {text}");
                return Ok((line, Ping::Taken));
            }
            Some(ping) => {
                let code = ping.status_code.filter(|code| *code != 0);
                let is_answered = code.is_some();
                let what_to_do = match code {
                    Some(401) => "it has another secret: start it anew with this config",
                    Some(_) => "`hookstead doctor` looks for what is wrong",
                    None => {
                        "`hookstead pipeline serve` starts it, and `hookstead doctor` looks for what is wrong"
                    }
                };
                let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
                let line = format!(
                    "the server did not take a ping of the hook {id}, says GitHub: {}{code}; {what_to_do}",
                    ping.status
                );
                return Ok((line, if is_answered { Ping::Refused } else { Ping::Unknown }));
            }
            None if Instant::now() < until => sleep(PING_LOOK).await,
            None => {
                let line = format!(
                    "GitHub has not said within {} s what came of a ping of the hook {id}: the server's log tells",
                    PING_DEADLINE.as_secs()
                );
                return Ok((line, Ping::Unknown));
            }
        }
    }
}

/// Reports something, where it does no harm.
async fn test_report(
    config: &Config,
    project: &Project,
    repo: &Repo,
) -> Result<String, ClientError> {
    let branch = repo.get().await?.default_branch.unwrap_or_else(|| "main".to_owned());
    let head = repo.commit(format!("heads/{branch}")).await?.sha;
    let text = format!("{} can report here", project.name);
    match config.report {
        ReportBy::Statuses => {
            let status = NewStatus::success().context(CONTEXT).description(&text);
            repo.create_status(&head, &status.target_url(config.url.as_str())).await?;
        }
        ReportBy::Checks => {
            let run = NewCheckRun::completed(CheckConclusion::Success);
            let run = run.output(CheckOutput::new(&text, &text));
            repo.create_check_run(&head, CONTEXT, &run).await?;
        }
    }
    Ok(format!("posted {CONTEXT} to {} of {branch}", head.short()))
}
