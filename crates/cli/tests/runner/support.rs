use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hookstead_pipeline::runner::{
    LocalRunner, Order, OrderStep, Outcome, Place, Progress, Runner as _,
};
use tempfile::TempDir;

/// How long a test waits for what has to come. Long, for slow machines: nobody waits for it when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A runner with a folder of its own, and the folder of a checkout.
pub(crate) struct Machine {
    pub(crate) folder: TempDir,
    pub(crate) runner: LocalRunner,
}

/// How a run ended, and its log.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) log: Vec<u8>,
}

impl Ended {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.log).into_owned()
    }
}

impl Machine {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        let runner = LocalRunner::new(folder.path().join("runs"));
        let runner = runner.program(env!("CARGO_BIN_EXE_hookstead"));
        Self { folder, runner }
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn run_folder(&self) -> PathBuf {
        self.folder.path().join("runs/build")
    }

    /// An order for one shell step, which is given little time to end in peace.
    pub(crate) fn order(&self, script: &str) -> Order {
        let mut order = Order::new(self.workspace(), [OrderStep::shell("run", script)]);
        order.grace = Duration::from_millis(300);
        order
    }

    pub(crate) async fn start(&self, order: &Order) -> Place {
        self.runner.start("build", order).await.unwrap()
    }

    /// Runs an order to its end. No process may be left then.
    pub(crate) async fn run(&self, order: &Order) -> Ended {
        let place = self.start(order).await;
        self.finish(&place).await
    }

    pub(crate) async fn shell(&self, script: &str) -> Ended {
        self.run(&self.order(script)).await
    }

    /// Follows to the end. No process may be left then.
    pub(crate) async fn finish(&self, place: &Place) -> Ended {
        let mut log = Vec::new();
        let outcome = loop {
            match self.next(place, log.len()).await {
                Progress::Log(bytes) => log.extend(bytes),
                Progress::Ended(outcome) => break outcome,
                _ => {}
            }
        };
        assert_eq!(outcome.log_bytes, log.len() as u64, "{outcome:?}");
        self.assert_nothing_is_left();
        Ended { outcome, log }
    }

    /// Follows until the log contains `text`.
    pub(crate) async fn until(&self, place: &Place, text: &str) -> Vec<u8> {
        let mut log = Vec::new();
        while !String::from_utf8_lossy(&log).contains(text) {
            match self.next(place, log.len()).await {
                Progress::Log(bytes) => log.extend(bytes),
                Progress::Ended(outcome) => {
                    panic!("{outcome:?} before {text:?}: {}", String::from_utf8_lossy(&log))
                }
                _ => {}
            }
        }
        log
    }

    async fn next(&self, place: &Place, from: usize) -> Progress {
        let next = self.runner.follow(place, from as u64);
        tokio::time::timeout(PATIENCE, next).await.unwrap().unwrap()
    }

    /// The processes of this machine's runs: all of them have this folder's id in their environment, or work
    /// below it.
    pub(crate) fn processes(&self) -> BTreeSet<i32> {
        let folder = self.folder.path().to_string_lossy().into_owned();
        let claim = fs::read_to_string(self.run_folder().join("runner.json")).unwrap_or_default();
        let id = claim.split("\"run\": \"").nth(1).and_then(|rest| rest.split('"').next());
        let numbers = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
            entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok())
        });
        let is_ours = |pid: &i32| {
            let read = |file: &str| {
                let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            let stat = read("stat");
            let is_dead = stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z"));
            let is_marked = id.is_some_and(|id| read("environ").contains(id));
            !is_dead && (is_marked || read("cmdline").contains(&folder))
        };
        numbers.filter(is_ours).collect()
    }

    /// The process of the run may need a moment to go once its outcome is written; the builds' may not.
    pub(crate) fn assert_nothing_is_left(&self) {
        let began = Instant::now();
        while !self.processes().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(20), "left: {:?}", self.processes());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Waits until something is so.
pub(crate) async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
