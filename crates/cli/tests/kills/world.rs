//! GitHub, its repositories, and the machines.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookstead::Router;
use hookstead::inbox::{Entry, Filter, TaskState};
use hookstead_pipeline::journal::{BuildFilter, Journal};
use hookstead_pipeline::record::Build;
use hookstead_testkit::{FakeCommit, FakeGitHub, FakeHook, FakeRepository, RecordedDelivery};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::machine::Machine;
use crate::marks::Marks;
use crate::processes;

pub(crate) const SECRET: &str = "a hook's secret";
pub(crate) const TOKEN: &str = "ghp_aTokenOfSomebody0123456789abcdef00";

/// Long, for slow machines: nobody waits for it when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) const PROJECTS: [&str; 3] = ["a", "b", "c"];
pub(crate) const JOBS: [&str; 2] = ["test", "lint"];

pub(crate) struct World {
    pub(crate) github: FakeGitHub,
    pub(crate) repositories: Vec<FakeRepository>,
    pub(crate) machines: Vec<Machine>,
    pub(crate) marks: Marks,
    pub(crate) journal: Journal,
    pub(crate) is_all_asked: AtomicBool,
    pub(crate) is_all_killed: AtomicBool,
    pub(crate) dir: TempDir,
}

impl World {
    pub(crate) async fn new(postgres: Option<&str>, machines: usize) -> Self {
        let github = FakeGitHub::builder().wait_deadline(PATIENCE).start().await;
        let dir = tempfile::tempdir().unwrap();
        let marks = Marks::new(dir.path());
        let machines: Vec<_> = (1..=machines).map(|it| Machine::new(dir.path(), it)).collect();
        let file = machines[0].folder.join("data/pipeline.db");
        let word = postgres.unwrap_or_else(|| file.to_str().unwrap());
        for machine in &machines {
            let config = config(machine, &github, postgres);
            fs::write(machine.folder.join("pipeline.toml"), config).unwrap();
        }
        for machine in &machines {
            machine.start().await;
        }
        let repositories: Vec<_> = PROJECTS
            .iter()
            .map(|name| github.create_repository(&format!("octocat/{name}")).with_git())
            .collect();
        for (repository, machine) in repositories.iter().zip(machines.iter().cycle()) {
            let script = FakeCommit::new("Script").file("build.sh", marks.script());
            let commit =
                JOBS.iter().fold(script, |it, job| it.file(&format!("how.{job}"), "code=0"));
            repository.commit("main", commit);
            let hook =
                FakeHook::new(&format!("{}/event_handler", machine.url)).secret(SECRET).json();
            repository.create_hook(hook.events([
                "push",
                "pull_request",
                "issue_comment",
                "delete",
            ]));
        }
        Self {
            journal: Journal::open(word).await.unwrap(),
            github,
            repositories,
            machines,
            marks,
            is_all_asked: AtomicBool::new(false),
            is_all_killed: AtomicBool::new(false),
            dir,
        }
    }

    /// All builds, the first one first.
    pub(crate) async fn builds(&self) -> Vec<Build> {
        let mut builds =
            patient(async || self.journal.builds(&BuildFilter::All, None, 100_000).await).await;
        builds.reverse();
        builds
    }

    /// What the inbox has.
    pub(crate) async fn tasks(&self) -> Vec<Entry> {
        let inbox = self.journal.inbox(Router::new().program("pipeline"));
        patient(async || inbox.list(Filter::default().at_most(100_000)).all().await).await
    }

    /// What the webhooks could not deliver is delivered again, until there is nothing more to come.
    pub(crate) async fn redeliver(&self) {
        loop {
            let is_over = self.is_all_asked.load(Ordering::SeqCst)
                && self.is_all_killed.load(Ordering::SeqCst);
            let failed = self.failed_deliveries();
            if is_over && failed.is_empty() && self.github.pending_deliveries() == 0 {
                return;
            }
            if self.github.pending_deliveries() == 0 {
                for delivery in failed {
                    self.github.redeliver(delivery.id);
                }
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// The last attempts at deliveries of which none succeeded.
    pub(crate) fn failed_deliveries(&self) -> Vec<RecordedDelivery> {
        let mut last = BTreeMap::new();
        let mut done = Vec::new();
        for delivery in self.github.deliveries() {
            let key = (delivery.guid.clone(), delivery.hook_id);
            if delivery.is_ok() {
                done.push(key.clone());
            }
            last.insert(key, delivery);
        }
        last.retain(|key, _| !done.contains(key));
        last.into_values().collect()
    }

    /// Waits until nobody is at anything any more.
    pub(crate) async fn until_quiet(&self) {
        let until = Instant::now() + PATIENCE;
        loop {
            let open = self.open().await;
            if open.is_empty() {
                return;
            }
            let is_late = Instant::now() > until;
            assert!(!is_late, "still open:\n{}\n{}", open.join("\n"), self.log(&open));
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// What is not at its end.
    async fn open(&self) -> Vec<String> {
        let mut open: Vec<String> = Vec::new();
        let builds = self.builds().await;
        let at_work = builds.iter().filter(|it| !it.state.is_final());
        open.extend(at_work.map(|it| format!("build {} is {}", it.number, it.state)));
        for task in self.tasks().await {
            let is_open = matches!(
                task.state,
                TaskState::Ready | TaskState::Blocked | TaskState::Leased | TaskState::Delayed
            );
            if is_open || task.is_ending {
                let (id, text) = (&task.delivery.id, &task.text);
                open.push(format!("task {id} is {}: {text:?}", task.state.as_str()));
            }
        }
        for machine in &self.machines {
            for name in ["runs", "builds"] {
                for left in left_in(&machine.work().join(name)) {
                    open.push(format!("{} has the folder {name}/{left}", machine.name));
                }
            }
            for process in processes::of(&machine.folder) {
                if !process.command.contains("pipeline serve") {
                    open.push(format!("{} runs {}", machine.name, process.command));
                }
            }
        }
        open
    }

    pub(crate) async fn stop(&self) {
        for machine in &self.machines {
            machine.stop().await;
        }
    }

    /// What the servers said of the builds that these lines name.
    pub(crate) fn log(&self, lines: &[String]) -> String {
        let mut names: Vec<String> = Vec::new();
        for line in lines {
            let mut words = line.split([' ', ':', ',', '/', '#']).skip_while(|it| *it != "build");
            if let Some(number) = words.nth(1).filter(|it| it.parse::<i64>().is_ok()) {
                names.push(format!("build/{number}"));
            }
        }
        names.truncate(3);
        let mut said = String::new();
        for machine in &self.machines {
            let log = machine.said();
            let lines: Vec<&str> = log.lines().collect();
            let about = |line: &&&str| {
                let ends = |at: usize, it: &String| {
                    !line[at + it.len()..].starts_with(|it: char| it.is_ascii_digit())
                };
                names.iter().any(|it| line.match_indices(it.as_str()).any(|(at, _)| ends(at, it)))
            };
            for line in lines.iter().filter(about).take(60) {
                said += &format!("{}: {line}\n", machine.name);
            }
            for line in lines.iter().filter(|it| it.contains("ERROR")).take(10) {
                said += &format!("{}: {line}\n", machine.name);
            }
        }
        said
    }
}

/// Asks until there is an answer: the database may just be killed too.
async fn patient<T, E: std::error::Error>(ask: impl AsyncFn() -> Result<T, E>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => assert!(Instant::now() < until, "{error}: {:?}", error.source()),
        }
        sleep(Duration::from_millis(100)).await;
    }
}

pub(crate) fn left_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|it| it.file_name().into_string().ok()).collect()
}

fn config(machine: &Machine, github: &FakeGitHub, store: Option<&str>) -> String {
    let (url, api) = (&machine.url, github.api_url());
    let listen = url.trim_start_matches("http://");
    let store = match store {
        None => "data = \"data\"".to_owned(),
        Some(url) => format!("store = \"{url}\""),
    };
    let mut text = format!(
        "url = \"{url}\"\nlisten = \"{listen}\"\n{store}\nwork = \"{}\"\ngithub = \"{api}\"\ngithub_api = \"{api}\"\n\
         secret = {{ env = \"WEBHOOK_SECRET\" }}\ntoken = {{ env = \"TOKEN\" }}\nwrites_per_hour = 100000\n[pools]\nbuilds = 4\n",
        machine.work().display()
    );
    for project in PROJECTS {
        text += &format!("[projects.{project}]\nrepo = \"octocat/{project}\"\n");
        for job in JOBS {
            text += &format!("[projects.{project}.jobs.{job}]\nrun = \"sh ./build.sh {job}\"\n");
        }
    }
    text
}
