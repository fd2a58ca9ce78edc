use std::io::{self, PipeWriter};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hookstead::types::Timestamp;
use rustix::process::{Pid, WaitStatus};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::log::Log;
use super::output::Output;
use super::tree::{Reaped, Tree, descendants, is_beyond, reap};
use super::watch::Watch;
use crate::record::StepTime;
use crate::runner::ending::{Ending, Outcome};
use crate::runner::local::caches;
use crate::runner::local::command::{AppliedLimits, environment, layers, obstacle, removal, words};
use crate::runner::local::folder::RunFolder;
use crate::runner::local::mask::Masker;
use crate::runner::local::proc_stat::ProcStat;
use crate::runner::local::spec::Spec;
use crate::runner::order::{OrderStep, Sandbox, SecretValues};

/// How often is looked whether the run has to end.
const TICK: Duration = Duration::from_millis(100);

/// So much is read at once: what a pipe holds.
const CHUNK: usize = 64 * 1024;

/// How much is read at the end of a step of what others go on writing, at most: what the largest pipe holds.
const REST: usize = 1024 * 1024;

/// How long the program that made a container may take to remove it.
const REMOVAL: Duration = Duration::from_secs(30);

/// Runs the steps, one after the other, and leaves no process behind.
pub(super) struct Supervisor {
    spec: Spec,
    folder: RunFolder,
    secrets: SecretValues,
    limits: AppliedLimits,
    output: Output,
    watch: Watch,
    tree: Tree,
    /// Standard output and error of all commands.
    reader: pipe::Receiver,
    writer: PipeWriter,
    buffer: Vec<u8>,
    child_ended: Signal,
    told_to_end: [Signal; 3],
    tick: Interval,
    /// The command of the present step, and how it ended.
    command: Option<(Pid, Option<WaitStatus>)>,
    steps: Vec<StepTime>,
}

impl Supervisor {
    pub(super) fn new(spec: Spec, secrets: SecretValues, folder: RunFolder) -> io::Result<Self> {
        let log = Log::new(folder.create_log()?, spec.order.log_cap);
        let output = Output::new(Masker::new(secrets.iter().map(|(_, value)| value)), log);
        let (reader, writer) = io::pipe()?;
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            limits: AppliedLimits::new(&spec, &folder),
            output,
            watch: Watch::new(&spec),
            tree: Tree::new(layers(&spec.order.sandbox)),
            reader: pipe::Receiver::from_owned_fd(OwnedFd::from(reader))?,
            writer,
            buffer: vec![0; CHUNK],
            child_ended: signal(SignalKind::child())?,
            told_to_end: [
                signal(SignalKind::terminate())?,
                signal(SignalKind::interrupt())?,
                signal(SignalKind::hangup())?,
            ],
            tick,
            command: None,
            steps: Vec::new(),
            spec,
            secrets,
            folder,
        })
    }

    pub(super) async fn run(mut self) -> Outcome {
        let started_at = Timestamp::now();
        for note in self.limits.notes.clone() {
            self.output.note(&note);
        }
        let ending = self.steps().await;
        let left = self.end_processes(&ending).await;
        self.read_rest();
        if !matches!(ending, Ending::Passed | Ending::Exited { .. }) {
            self.output.note(&ending.to_string());
        }
        let mut notes = std::mem::take(&mut self.limits.notes);
        if left > 0 {
            notes.push(format!("{left} processes could not be ended"));
        }
        let (log_bytes, left_out) = self.output.end();
        Outcome {
            ending,
            steps: self.steps,
            log_bytes,
            left_out,
            notes,
            started_at,
            ended_at: Timestamp::now(),
        }
    }

    async fn steps(&mut self) -> Ending {
        if !self.spec.order.workspace.is_dir() {
            let workspace = self.spec.order.workspace.display();
            return Ending::CouldNotStart { reason: format!("no folder {workspace}") };
        }
        if let Err(reason) = caches::prepare(&self.spec.order) {
            return Ending::CouldNotStart { reason };
        }
        let variables = environment(&self.spec, &self.secrets);
        if let Some(reason) = obstacle(&self.spec, &self.folder, &variables) {
            return Ending::CouldNotStart { reason };
        }
        let steps = self.spec.order.steps.clone();
        for step in &steps {
            if let Some(ending) = self.watch.look(&self.folder, &self.output) {
                return ending;
            }
            if steps.len() > 1 {
                self.output.note(&format!("step {}", step.name));
            }
            let began = Instant::now();
            let ending = self.step(step).await;
            // What it wrote stands before what the next one says.
            self.read_rest();
            self.steps.push(StepTime {
                name: step.name.clone(),
                milliseconds: began.elapsed().as_millis() as u64,
                exit_code: match &ending {
                    Ending::Passed => Some(0),
                    Ending::Exited { code, .. } => Some(*code),
                    _ => None,
                },
            });
            if ending != Ending::Passed {
                return ending;
            }
        }
        Ending::Passed
    }

    /// Runs one step until its command has ended, or it has to.
    async fn step(&mut self, step: &OrderStep) -> Ending {
        match self.start(step) {
            Ok(pid) => {
                self.command = Some((pid, None));
                self.tree.add(pid);
            }
            Err(reason) => return Ending::CouldNotStart { reason },
        }
        self.output.start_silence();
        loop {
            if let Some((_, Some(status))) = self.command {
                let ending = ended(step, status);
                // A command fails quickly that can make no more processes.
                return match ending {
                    Ending::Passed => ending,
                    _ => self.too_many_processes().unwrap_or(ending),
                };
            }
            if let Some(ending) = self.wait().await {
                return ending;
            }
        }
    }

    fn start(&self, step: &OrderStep) -> Result<Pid, String> {
        let variables = environment(&self.spec, &self.secrets);
        let names: Vec<&str> = variables.keys().map(String::as_str).collect();
        let words = words(&self.spec, &self.folder, &self.limits, &step.command, &names);
        let (program, arguments) = words.split_first().ok_or("the step has no command")?;
        let writer = || self.writer.try_clone().map_err(|error| format!("no pipe: {error}"));
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(&variables).process_group(0);
        command.current_dir(&self.spec.order.workspace);
        command.stdin(Stdio::null()).stdout(writer()?).stderr(writer()?);
        let child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("program not found: {program}"),
            _ => format!("{program}: {error}"),
        })?;
        i32::try_from(child.id())
            .ok()
            .and_then(Pid::from_raw)
            .ok_or_else(|| "no process".to_owned())
    }

    /// Waits for whatever comes next: output, an end, a moment to look around. Returns why the run has to end.
    async fn wait(&mut self) -> Option<Ending> {
        let [terminate, interrupt, hangup] = &mut self.told_to_end;
        tokio::select! {
            count = self.reader.read(&mut self.buffer) => {
                self.output.write(&self.buffer[..count.unwrap_or(0)]);
                return None;
            }
            _ = self.child_ended.recv() => {}
            _ = self.tick.tick() => {
                self.output.rest();
                let ending = self.too_many_processes();
                if let Some(ending) =
                    ending.or_else(|| self.watch.look(&self.folder, &self.output))
                {
                    return Some(ending);
                }
            }
            _ = terminate.recv() => return Some(told_to_end("TERM")),
            _ = interrupt.recv() => return Some(told_to_end("INT")),
            _ = hangup.recv() => return Some(told_to_end("HUP")),
        }
        self.reap();
        None
    }

    fn too_many_processes(&self) -> Option<Ending> {
        let limit = self.limits.processes?;
        let is_beyond =
            self.limits.has_refused() || is_beyond(limit, layers(&self.spec.order.sandbox));
        is_beyond.then_some(Ending::Processes { limit })
    }

    /// Takes note of all ends. Returns whether processes are left.
    fn reap(&mut self) -> bool {
        loop {
            match reap() {
                Reaped::Child(pid, status) => match &mut self.command {
                    Some((command, ended)) if *command == pid => *ended = Some(status),
                    _ => {}
                },
                Reaped::Busy => return true,
                Reaped::Nobody => return false,
            }
        }
    }

    /// Reads what stands in the pipe. The runtime would only say what it knew when it last looked.
    fn read_rest(&mut self) {
        let mut read = 0;
        while read < REST
            && let Ok(count) = rustix::io::read(&self.reader, &mut self.buffer[..])
            && count > 0
        {
            self.output.write(&self.buffer[..count]);
            read += count;
        }
    }

    /// Ends what is left, politely first unless there are too many. Returns how many processes could not be ended.
    async fn end_processes(&mut self, ending: &Ending) -> usize {
        let is_storm = |ending: &Ending| matches!(ending, Ending::Processes { .. });
        if self.reap() && !is_storm(ending) {
            let asked = self.tree.ask_to_end();
            let began = Instant::now();
            while began.elapsed() < self.spec.order.grace {
                let left = descendants();
                let is_there = |one: &_| left.iter().any(|(_, stat)| same(stat, one));
                if !asked.iter().any(is_there) {
                    break;
                }
                let pause = self.spec.order.grace.saturating_sub(began.elapsed());
                // Whatever else would end the run comes too late; but a storm is not given time.
                let came = tokio::time::timeout(pause, self.wait()).await;
                if came.is_ok_and(|ending| ending.as_ref().is_some_and(is_storm)) {
                    break;
                }
            }
        }
        self.limits.close();
        let left = self.tree.kill();
        self.limits.remove();
        if let Sandbox::Container { program, .. } = &self.spec.order.sandbox {
            remove_container(&removal(&self.spec, program));
        }
        left
    }
}

fn same(one: &ProcStat, two: &ProcStat) -> bool {
    (one.pid, one.start) == (two.pid, two.start)
}

/// How a step ended whose command did.
fn ended(step: &OrderStep, status: WaitStatus) -> Ending {
    let step = step.name.clone();
    match (status.exit_status(), status.terminating_signal()) {
        (Some(0), _) => Ending::Passed,
        (Some(code), _) => Ending::Exited { step, code },
        (None, Some(signal)) => Ending::Signaled { step, signal },
        (None, None) => Ending::Lost { reason: "the command's exit code is not known".to_owned() },
    }
}

fn told_to_end(signal: &str) -> Ending {
    Ending::Lost { reason: format!("the runner was ended by the signal {signal}") }
}

fn remove_container(words: &[String]) {
    let Some((program, arguments)) = words.split_first() else { return };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return };
    let began = Instant::now();
    while began.elapsed() < REMOVAL && matches!(child.try_wait(), Ok(None)) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}
