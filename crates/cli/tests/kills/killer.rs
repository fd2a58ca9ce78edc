//! Kills, at random moments.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fastrand::Rng;
use rustix::process::Signal;
use tokio::time::{Instant, sleep};

use crate::machine::{MACHINE_TIME, Machine};
use crate::marks::Marks;
use crate::postgres::Postgres;
use crate::processes::{self, Process};
use crate::world::{PATIENCE, World};

/// So many kills, spread evenly over so many starts of commands: fewer than there will be.
const KILLS: usize = 24;
const STARTS: usize = 140;

/// What kills three runs of a build ends it with an error, so no build is hit more often than this.
const MOST_HITS: usize = 2;

/// What was killed.
#[derive(Debug, Default)]
pub(crate) struct Kills {
    pub(crate) count: BTreeMap<&'static str, usize>,
    /// The builds whose runs were killed, how often.
    pub(crate) hit: BTreeMap<i64, usize>,
    /// Those of them that had come to their end, without anybody knowing: they run again.
    pub(crate) unseen: BTreeMap<i64, usize>,
}

pub(crate) struct Killer<'a> {
    world: &'a World,
    postgres: Option<&'a Postgres>,
    random: Rng,
    kills: Kills,
}

impl<'a> Killer<'a> {
    pub(crate) fn new(world: &'a World, postgres: Option<&'a Postgres>, random: Rng) -> Self {
        Self { world, postgres, random, kills: Kills::default() }
    }

    pub(crate) async fn kill(mut self) -> Kills {
        let many = self.world.machines.len() > 1;
        for number in 0..KILLS {
            self.wait(STARTS * number / KILLS).await;
            let machine = self.random.choice(&self.world.machines).unwrap();
            match self.random.u8(..20) {
                _ if many && number == KILLS / 2 => self.stay_away(machine).await,
                _ if number % (KILLS / 3) == 3 && self.postgres.is_some() => {
                    self.counts("PostgreSQL");
                    self.postgres.unwrap().restart().await;
                }
                0..8 => {
                    self.counts("a server");
                    machine.kill().await;
                    self.come_back(machine).await;
                }
                8..12 => {
                    if self.lose_power(machine).await {
                        self.come_back(machine).await;
                    }
                }
                12..14 => self.kill_git(machine),
                14..18 => {
                    self.until_it_runs_something(machine).await;
                    let whole = self.random.bool();
                    self.kill_run(machine, whole);
                }
                _ => {
                    self.counts("a server, politely");
                    machine.stop().await;
                    self.come_back(machine).await;
                }
            }
        }
        self.world.is_all_killed.store(true, Ordering::SeqCst);
        self.kills
    }

    fn counts(&mut self, what: &'static str) {
        *self.kills.count.entry(what).or_default() += 1;
    }

    /// Waits until so many commands have begun, and then for some time.
    async fn wait(&mut self, starts: usize) {
        let until = Instant::now() + PATIENCE;
        while self.world.marks.count() < starts {
            assert!(
                Instant::now() < until,
                "only {} commands have begun",
                self.world.marks.count()
            );
            sleep(Duration::from_millis(5)).await;
        }
        sleep(Duration::from_millis(self.random.u64(..400))).await;
    }

    /// For a while: it is worth more then.
    async fn until_it_runs_something(&self, machine: &Machine) {
        let until = Instant::now() + Duration::from_secs(3);
        while Instant::now() < until && machine.open_runs().is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn come_back(&mut self, machine: &Machine) {
        if self.random.bool() {
            sleep(Duration::from_millis(self.random.u64(..1500))).await;
        }
        machine.start().await;
    }

    /// Whether it was done.
    async fn lose_power(&mut self, machine: &Machine) -> bool {
        self.until_it_runs_something(machine).await;
        let runs = machine.open_runs();
        if !self.may_hit(&runs) {
            return false;
        }
        self.counts("a whole machine");
        let (marks, kills) = (&self.world.marks, &mut self.kills);
        let look = || {
            for run in machine.open_runs() {
                hit(kills, marks, &run);
            }
        };
        machine.lose_power(look).await;
        true
    }

    /// The machine is lost until the others have taken up its builds, and comes back.
    async fn stay_away(&mut self, machine: &Machine) {
        if !self.lose_power(machine).await {
            return;
        }
        // The others have other disks. So nobody knows of the runs that had ended just before, either.
        let left = self.left_on(machine).await;
        let ended = machine.runs_with_an_end();
        let ended: Vec<String> =
            ended.into_iter().filter(|run| left.contains(&number_of(run))).collect();
        if !self.may_hit(&ended) {
            return machine.start().await;
        }
        for run in &ended {
            hit(&mut self.kills, &self.world.marks, run);
        }
        self.counts("a machine that others stand in for");
        let (here, away) = (machine.work(), machine.folder.join("away"));
        fs::rename(&here, &away).unwrap();
        sleep(Duration::from_secs(MACHINE_TIME)).await;
        let until = Instant::now() + PATIENCE;
        while self.left_on(machine).await.iter().any(|number| left.contains(number)) {
            assert!(Instant::now() < until, "nobody stands in for {}: {left:?}", machine.name);
            sleep(Duration::from_millis(50)).await;
        }
        fs::rename(&away, &here).unwrap();
        machine.start().await;
    }

    /// The builds of which the journal says that this machine is at them.
    async fn left_on(&self, machine: &Machine) -> Vec<i64> {
        let builds = self.world.builds().await;
        let left = builds
            .iter()
            .filter(|it| !it.state.is_final() && it.machine.as_ref() == Some(&machine.name));
        left.map(|it| it.number).collect()
    }

    fn kill_git(&mut self, machine: &Machine) {
        let found = processes::of(&machine.folder);
        let git: Vec<&Process> = found.iter().filter(|it| it.is_git()).collect();
        if let Some(process) = self.random.choice(git) {
            process.signal(Signal::KILL);
            self.counts("git");
        }
    }

    /// The process of a run, alone or with its commands.
    fn kill_run(&mut self, machine: &Machine, whole: bool) {
        let found = processes::of(&machine.folder);
        let runs: Vec<(&Process, &str)> =
            found.iter().filter_map(|it| Some((it, it.run()?))).collect();
        let Some((process, run)) = self.random.choice(runs) else { return };
        if !self.may_hit(&[run.to_owned()]) {
            return;
        }
        process.signal(Signal::STOP);
        let folder = machine.work().join("runs").join(run);
        let commands = if whole { processes::below(process.pid) } else { Vec::new() };
        for command in &commands {
            command.signal(Signal::STOP);
        }
        if !folder.join("exit.json").exists() {
            hit(&mut self.kills, &self.world.marks, run);
            if !whole {
                // Its commands go on for a moment.
                *self.kills.unseen.entry(number_of(run)).or_default() += 1;
            }
            self.counts(if whole { "a run with its commands" } else { "the process of a run" });
            process.signal(Signal::KILL);
            commands.iter().for_each(|it| it.signal(Signal::KILL));
        }
        commands.iter().for_each(|it| it.signal(Signal::CONT));
        process.signal(Signal::CONT);
    }

    fn may_hit(&self, runs: &[String]) -> bool {
        let hits = |run: &String| self.kills.hit.get(&number_of(run)).copied().unwrap_or_default();
        runs.iter().all(|run| hits(run) < MOST_HITS)
    }
}

/// Whatever of this build has come to its end until now was not told to anybody.
fn hit(kills: &mut Kills, marks: &Marks, run: &str) {
    let number = number_of(run);
    *kills.hit.entry(number).or_default() += 1;
    let unseen = kills.unseen.entry(number).or_default();
    let ends = marks.all().get(&number).map_or(0, |it| it.ends.len());
    *unseen = ends.max(*unseen);
}

fn number_of(run: &str) -> i64 {
    run.split('-').next().unwrap().parse().unwrap()
}
