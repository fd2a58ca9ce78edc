//! `hookstead pipeline build`

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hookstead_pipeline::build::ask_servers;
use hookstead_pipeline::config::Config;
use hookstead_pipeline::journal::{EntryFilter, EntryKind, Journal, JournalEntry};
use hookstead_pipeline::plan::Request;
use hookstead_pipeline::serve::open_journal;
use tokio::time::{Instant, sleep};

use crate::exit::Usage;
use crate::output::print;
use crate::text::printable;

/// A server decides within a moment, if it is not very busy.
const PATIENCE: Duration = Duration::from_secs(30);

const LOOK_AGAIN: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    /// What to build: a project or its repository, a slash, and a branch, a tag, a whole sha, refs/... or pull/5
    #[arg(value_name = "REPO/REF")]
    what: String,
    /// Only this job
    #[arg(long)]
    job: Option<String>,
    /// The config of the server
    #[arg(long, default_value = "pipeline.toml")]
    config: PathBuf,
}

pub(crate) async fn run(arguments: BuildArguments) -> Result<(), Box<dyn Error>> {
    let config = Config::read(&arguments.config)?;
    let (project, name) = find(&config, &arguments.what)?;
    let jobs = config.project(&project).map(|it| it.jobs.as_slice()).unwrap_or_default();
    if let Some(job) = arguments.job.as_ref().filter(|job| jobs.iter().all(|it| it.name != **job)) {
        let known: Vec<&str> = jobs.iter().map(|it| it.name.as_str()).collect();
        let known = known.join(", ");
        return Err(Usage(format!("{project} has no job {job}; its jobs are: {known}.")).into());
    }
    if let Some(file) = config.storage.file().filter(|file| !file.exists()) {
        let file = file.display();
        return Err(format!("{file} is not there, so no server has run with this config.").into());
    }
    let journal = open_journal(&config).await?;
    let asked = Request::Build { project, job: arguments.job, name };
    let id = ask_servers(&journal, "command line", asked).await.map_err(|error| {
        format!("{error}. Does the server run? `hookstead pipeline serve` starts it.")
    })?;
    let decided = wait(&journal, &id).await?;
    if decided.is_empty() {
        return print("It was asked for; no server has decided yet.\n");
    }
    let lines: Vec<String> = decided.iter().map(|entry| printable(&entry.text)).collect();
    print(&format!("{}\n", lines.join("\n")))?;
    match decided.iter().any(|entry| entry.text.starts_with("nothing, because")) {
        true => Err("Nothing is built.".into()),
        false => Ok(()),
    }
}

/// The project, and what is built of it.
fn find(config: &Config, what: &str) -> Result<(String, String), Usage> {
    let found = config.projects.iter().find_map(|project| {
        let rest = |name: &str| what.strip_prefix(name)?.strip_prefix('/').map(str::to_owned);
        let name = rest(project.repo.as_str()).or_else(|| rest(&project.name))?;
        (!name.is_empty()).then(|| (project.name.clone(), name))
    });
    found.ok_or_else(|| {
        let is_project = |name: &str| what.trim_end_matches('/') == name;
        let project =
            config.projects.iter().find(|it| is_project(&it.name) || is_project(it.repo.as_str()));
        if let Some(project) = project {
            let name = &project.name;
            return Usage(format!("{what} says no branch; say for instance {name}/main."));
        }
        let known: Vec<&str> = config.projects.iter().map(|it| it.name.as_str()).collect();
        let known = known.join(", ");
        Usage(format!("{what} is no REPO/REF of the config, whose projects are: {known}."))
    })
}

/// What a server has decided, the first line first.
async fn wait(journal: &Journal, id: &str) -> Result<Vec<JournalEntry>, Box<dyn Error>> {
    let until = Instant::now() + PATIENCE;
    loop {
        let mut entries = journal.entries(&EntryFilter::Delivery(id.to_owned()), None, 100).await?;
        entries.retain(|entry| entry.kind == EntryKind::Decision);
        if !entries.is_empty() || Instant::now() > until {
            entries.reverse();
            return Ok(entries);
        }
        sleep(LOOK_AGAIN).await;
    }
}
