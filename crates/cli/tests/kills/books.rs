//! The books at the end: what the journal says, what GitHub was told, what the commands wrote; and whether they
//! balance.

use std::collections::BTreeMap;
use std::fmt;

use hookstead::inbox::TaskState;
use hookstead::types::StatusState;
use hookstead_pipeline::journal::{EntryFilter, EntryKind, JournalEntry};
use hookstead_pipeline::record::{Build, BuildCause, BuildState};
use hookstead_testkit::RecordedStatus;

use crate::killer::Kills;
use crate::marks::BuildMarks;
use crate::people::{Asked200, BUILDS};
use crate::processes;
use crate::world::{World, left_in};

pub(crate) struct Books {
    lines: Vec<(String, String)>,
    pub(crate) wrong: Vec<String>,
}

impl Books {
    pub(crate) async fn read(world: &World, asked: Asked200, kills: Kills) -> Self {
        let mut books = Self { lines: Vec::new(), wrong: Vec::new() };
        let again: usize = asked.again.values().sum();
        books.line(
            "asked for",
            format!(
                "{} pull requests, {} pushes, {} closed, {} cancels, {again} again",
                asked.pull_requests, asked.pushes, asked.closed, asked.cancels
            ),
        );
        books.line("killed", counted(kills.count.iter().map(|(what, count)| (*what, *count))));
        let builds = world.builds().await;
        books.count_builds(&builds, &asked);
        books.count_runs(world, &builds, &kills);
        books.count_statuses(world, &builds);
        let mut entries = 0;
        for build in &builds {
            entries += books.read_journal(world, build).await;
        }
        books.line("entries of builds in the journal", entries.to_string());
        books.count_tasks(world).await;
        let log = world.log(&books.wrong);
        if !books.wrong.is_empty() {
            books.wrong.push(log);
        }
        books
    }

    fn line(&mut self, name: &str, text: String) {
        self.lines.push((name.to_owned(), text));
    }

    fn count_builds(&mut self, builds: &[Build], asked: &Asked200) {
        let mut states = BTreeMap::new();
        for build in builds {
            *states.entry(build.state.as_str()).or_default() += 1;
        }
        self.line("builds", format!("{}: {}", builds.len(), counted(states)));
        if builds.len() < BUILDS {
            self.wrong.push(format!("there are only {} builds", builds.len()));
        }
        let mut again: BTreeMap<i64, usize> = BTreeMap::new();
        for build in builds {
            if let BuildCause::Again { of, .. } = &build.what.cause {
                *again.entry(*of).or_default() += 1;
            }
        }
        if again != asked.again {
            self.wrong.push(format!("asked for again {:?}, and done {again:?}", asked.again));
        }
    }

    /// Each build that came to an end did so once.
    fn count_runs(&mut self, world: &World, builds: &[Build], kills: &Kills) {
        let marks = world.marks.all();
        let (mut starts, mut ends) = (0, 0);
        let (mut once, mut never, mut more) = (0, 0, 0);
        for build in builds {
            let found = marks.get(&build.number).cloned().unwrap_or_default();
            starts += found.starts.len();
            ends += found.ends.len();
            let BuildMarks { ends, .. } = found;
            let unseen = kills.unseen.get(&build.number).copied().unwrap_or_default();
            match ends.len() {
                0 => never += 1,
                1 => once += 1,
                _ => more += 1,
            }
            let must = matches!(build.state, BuildState::Passed | BuildState::Failed);
            if ends.len() > 1 + unseen || (must && ends.is_empty()) {
                let times = ends.len();
                self.wrong.push(format!(
                    "build {} is {} and ran to its end {times} times",
                    build.number, build.state
                ));
            }
            if build.state == BuildState::Error {
                self.wrong
                    .push(format!("build {} ended in an error: {}", build.number, build.summary));
            }
        }
        self.line("commands", format!("{starts} started, {ends} came to their end"));
        self.line(
            "came to their end",
            format!("once {once}, never {never}, more often after the run was killed {more}"),
        );
        let hit: usize = kills.hit.values().sum();
        self.line("runs that were killed", format!("{hit}, of {} builds", kills.hit.len()));
    }

    /// The last status of each commit and context is the word for the last build of it.
    fn count_statuses(&mut self, world: &World, builds: &[Build]) {
        let mut of: BTreeMap<(String, String, String), Vec<&Build>> = BTreeMap::new();
        for build in builds {
            let what = &build.what;
            let key = (what.project.clone(), what.sha.to_string(), what.job.clone());
            of.entry(key).or_default().push(build);
        }
        let mut last_words = BTreeMap::new();
        let mut posted = 0;
        for ((project, sha, job), builds) in of {
            let name = format!("octocat/{project}");
            let is_it = |it: &&hookstead_testkit::FakeRepository| it.name().as_str() == name;
            let repository = world.repositories.iter().find(is_it).unwrap();
            let mut statuses = repository.statuses(&sha.parse().unwrap());
            statuses.retain(|status| status.context == format!("ci/{job}"));
            statuses.sort_by_key(|status| status.id);
            posted += statuses.len();
            let last = statuses.last();
            let word = last.map_or_else(|| "none".to_owned(), |it| it.state.to_string());
            *last_words.entry(word).or_default() += 1;
            if !is_right(&builds, last) {
                let said: Vec<_> = statuses.iter().map(ToString::to_string).collect();
                let states: Vec<_> = builds
                    .iter()
                    .map(|it| format!("build {} is {}", it.number, it.state))
                    .collect();
                self.wrong.push(format!("{}, and GitHub was told {said:#?}", states.join(", ")));
            }
        }
        self.line("statuses", posted.to_string());
        self.line(
            "last words",
            counted(last_words.iter().map(|(word, count)| (word.as_str(), *count))),
        );
    }

    /// The journal tells of each build why it is there, that it began, that it ended and that it was reported.
    async fn read_journal(&mut self, world: &World, build: &Build) -> usize {
        let filter = EntryFilter::Build(build.number);
        let entries = world.journal.entries(&filter, None, 1000).await.unwrap();
        let has = |kind: EntryKind, start: &str| {
            entries.iter().any(|it| it.kind == kind && it.text.starts_with(start))
        };
        let mut missing = Vec::new();
        let state = build.state.as_str();
        if !has(EntryKind::Build, "queued") {
            missing.push("that it was queued".to_owned());
        }
        if build.started_at.is_some() && !has(EntryKind::Build, "running") {
            missing.push("that it began".to_owned());
        }
        if !has(EntryKind::Build, state) {
            missing.push(format!("that it is {state}"));
        }
        let is_report =
            |it: &&JournalEntry| it.kind == EntryKind::Report && !it.text.contains(": pending");
        if !entries.iter().any(|it| is_report(&it)) {
            missing.push("what was reported".to_owned());
        }
        let ends = entries.iter().filter(|it| {
            it.kind == EntryKind::Build
                && BuildState::ALL.iter().any(|state| {
                    state.is_final() && it.text.split(':').next() == Some(state.as_str())
                })
        });
        if ends.count() != 1 {
            missing.push("one end".to_owned());
        }
        if let BuildCause::Delivery { id, .. } = &build.what.cause {
            let filter = EntryFilter::Delivery(id.clone());
            let of = world.journal.entries(&filter, None, 1000).await.unwrap();
            if !of.iter().any(|it| it.kind == EntryKind::Decision) {
                missing.push("what was decided".to_owned());
            }
        }
        if !missing.is_empty() {
            let texts: Vec<_> =
                entries.iter().rev().map(|it| format!("{}: {}", it.kind, it.text)).collect();
            let number = build.number;
            self.wrong.push(format!(
                "of build {number}, which is {state}, the journal lacks {missing:?}: {texts:#?}"
            ));
        }
        entries.len()
    }

    async fn count_tasks(&mut self, world: &World) {
        let mut states = BTreeMap::new();
        for task in world.tasks().await {
            *states.entry(task.state.as_str()).or_default() += 1;
            let is_over =
                matches!(task.state, TaskState::Done | TaskState::Superseded | TaskState::Canceled);
            if !is_over || task.is_ending {
                let id = task.delivery.id.to_string().replace('/', " ");
                self.wrong.push(format!(
                    "the task {id} is {}: {:?}",
                    task.state.as_str(),
                    task.text
                ));
            }
        }
        self.line("tasks of the inbox", counted(states));
    }

    /// What is left over when all servers have been stopped.
    pub(crate) fn after_the_end(mut self, world: &World) -> Self {
        let left: Vec<_> = processes::of(world.dir.path());
        self.line("processes left over", left.len().to_string());
        for process in left {
            self.wrong.push(format!("left over: {} {}", process.pid, process.command));
        }
        let mut folders = 0;
        for machine in &world.machines {
            for name in ["runs", "builds"] {
                let left = left_in(&machine.work().join(name));
                folders += left.len();
                for folder in left {
                    self.wrong.push(format!("left over: {}/{name}/{folder}", machine.name));
                }
            }
        }
        self.line("folders left over", folders.to_string());
        self
    }
}

fn is_right(builds: &[&Build], last: Option<&RecordedStatus>) -> bool {
    for build in builds.iter().rev() {
        let word = match build.state {
            BuildState::Passed => StatusState::Success,
            BuildState::Failed => StatusState::Failure,
            _ => StatusState::Error,
        };
        let is_stopped = matches!(build.state, BuildState::Superseded | BuildState::Canceled);
        match last {
            Some(last) if last.state == word => return true,
            // Nothing was said of it before it was stopped, so what was said before stands.
            Some(last) if is_stopped && last.state != StatusState::Pending => {}
            None if is_stopped => {}
            _ => return false,
        }
    }
    last.is_none()
}

fn counted<'a>(counts: impl IntoIterator<Item = (&'a str, usize)>) -> String {
    let texts: Vec<_> = counts.into_iter().map(|(what, count)| format!("{what} {count}")).collect();
    if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") }
}

impl fmt::Display for Books {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, text) in &self.lines {
            writeln!(formatter, "  {name:<34} {text}")?;
        }
        Ok(())
    }
}
