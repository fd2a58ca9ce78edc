use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use fastrand::Rng;
use hookstead_tests::TestServer;

use crate::books::Plan;

/// A version of the program `ci`, and the one after it, which has one handler more.
pub(crate) const CI: &str = "build:push audit:push:plain newest:deployment:latest";
pub(crate) const NEW_CI: &str = "build:push audit:push:plain lint:push newest:deployment:latest";

/// Another program with the same inbox. Some of its handlers have the names of the other's.
pub(crate) const DEPLOY: &str = "audit:push:plain deploy:push:order newest:deployment:latest \
                                 tell:deployment_status:plain";

/// All names of handlers.
pub(crate) const HANDLERS: [&str; 6] = ["build", "audit", "lint", "deploy", "newest", "tell"];

/// The servers, and what each of them is for.
pub(crate) struct Cast {
    pub(crate) servers: Vec<Served>,
    /// Where the processes belong that ever ran.
    processes: Mutex<HashMap<u32, usize>>,
}

/// A server of a program, with the handlers of its version.
pub(crate) struct Served {
    pub(crate) server: TestServer,
    program: &'static str,
    handlers: &'static str,
}

impl Served {
    pub(crate) fn new(server: TestServer, program: &'static str, handlers: &'static str) -> Self {
        Self { server: server.of_program(program, handlers), program, handlers }
    }

    /// The full names of its handlers for this event; of all, where there is none.
    fn names(&self, event: Option<&str>) -> impl Iterator<Item = String> {
        let words = self.handlers.split_whitespace().filter_map(|word| {
            let mut parts = word.split(':');
            Some((parts.next()?, parts.next()?))
        });
        let taken = words.filter(move |(_, of)| event.is_none_or(|event| event == *of));
        taken.map(|(name, _)| format!("{}.{name}", self.program))
    }
}

impl Cast {
    pub(crate) fn new(servers: Vec<Served>) -> Self {
        Self { servers, processes: Mutex::default() }
    }

    pub(crate) fn programs(&self) -> Vec<&'static str> {
        let mut programs: Vec<_> = self.servers.iter().map(|it| it.program).collect();
        programs.sort_unstable();
        programs.dedup();
        programs
    }

    /// Each program has a hook of its own.
    pub(crate) fn hook_of(&self, program: &str) -> u64 {
        let place = self.programs().iter().position(|it| *it == program);
        place.map_or(0, |place| place as u64 + 1)
    }

    /// Any server of this program.
    pub(crate) fn server_of(&self, program: &str, dice: &mut Rng) -> &TestServer {
        let servers = self.servers.iter().filter(|it| it.program == program);
        &dice.choice(servers.collect::<Vec<_>>()).unwrap().server
    }

    /// The full names of those that take a delivery, of whichever version of the program.
    pub(crate) fn takers(&self, program: &str, plan: &Plan) -> HashSet<String> {
        let servers = self.servers.iter().filter(|it| it.program == program);
        let mut names: HashSet<_> = servers.flat_map(|it| it.names(Some(plan.event))).collect();
        for name in &plan.not {
            names.remove(&format!("{program}.{name}"));
        }
        names
    }

    /// Notes that a process is one of this server.
    pub(crate) fn note(&self, process: u32, place: usize) {
        self.processes.lock().unwrap().insert(process, place);
    }

    /// Whether this process has the handler with this full name.
    pub(crate) fn has(&self, process: u32, handler: &str) -> bool {
        let place = self.processes.lock().unwrap().get(&process).copied();
        let server = place.and_then(|place| self.servers.get(place));
        server.is_some_and(|server| server.names(None).any(|name| name == handler))
    }
}
