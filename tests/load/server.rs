use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use hookstead_tests::{Postgres, Program, free_address, within};
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::wire;

/// How many files the server may have open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    /// As many as this process may.
    Plenty,
    /// As few as some systems allow.
    Few,
}

impl Files {
    /// What the shell is told before it becomes the server.
    fn limit(self) -> &'static str {
        match self {
            Self::Plenty => "",
            Self::Few => "ulimit -n 256; ",
        }
    }
}

/// The loaded server: a process of its own, so that it can be measured and limited.
pub(crate) struct LoadServer {
    folder: TempDir,
    address: SocketAddr,
    program: Program,
}

impl LoadServer {
    /// With an SQLite file on disk, or in this PostgreSQL.
    pub(crate) async fn start(postgres: Option<&Postgres>, files: Files) -> Self {
        loop {
            let folder = tempfile::tempdir().unwrap();
            let address = free_address();
            let inbox = match postgres {
                Some(postgres) => format!("load {}", postgres.url()),
                None => folder.path().join("inbox.db").to_str().unwrap().to_owned(),
            };
            // The file may grow fast; a pipe that nobody empties would stop the server.
            let script = format!("{}exec \"$0\" 2>log", files.limit());
            let program = Program::start_server(
                "load_server",
                &["/bin/sh".to_owned(), "-c".to_owned(), script],
                folder.path(),
                &[
                    ("WEBHOOK_SECRET", wire::SECRET),
                    ("INBOX", &inbox),
                    ("LISTEN", &address.to_string()),
                    ("HANDLED", "handled"),
                ],
            );
            let mut server = Self { folder, address, program };
            if within(server.is_up()).await {
                return server;
            }
            let said = server.program.rest().await;
            // Somebody's outgoing connection may have its port for a moment.
            assert!(said.starts_with("cannot listen"), "{said}");
        }
    }

    /// Whether it listens, once that is known.
    async fn is_up(&mut self) -> bool {
        loop {
            if let Ok(stream) = TcpStream::connect(self.address).await
                // Where nobody listens, the system may connect a caller to itself.
                && stream.local_addr().is_ok_and(|local| local != self.address)
            {
                return true;
            }
            if self.program.has_ended() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn process(&self) -> u32 {
        self.program.id()
    }

    /// How often each delivery was handled.
    pub(crate) fn handled(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for id in self.read("handled").lines() {
            *counts.entry(id.to_owned()).or_default() += 1;
        }
        counts
    }

    /// How many lines the log has that are not about a delivery of the good clients.
    pub(crate) fn log_lines(&self) -> usize {
        self.read("log").lines().filter(|line| !line.contains(wire::GOOD)).count()
    }

    /// The last lines of the log, to be shown when something went wrong.
    pub(crate) fn last_words(&self) -> String {
        let log = self.read("log");
        let lines: Vec<&str> = log.lines().filter(|line| !line.contains(wire::GOOD)).collect();
        let tail = lines.len().saturating_sub(4);
        lines.get(tail..).unwrap_or_default().join("\n")
    }

    fn read(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::read_to_string(path).unwrap_or_default()
    }

    /// Asks it to end, by Ctrl-C, which is faster than SIGTERM, and waits until it did.
    pub(crate) async fn stop(mut self) -> Self {
        self.program.signal("INT").await;
        let ended = async {
            while !self.program.has_ended() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within(ended).await;
        self
    }
}

/// The address that good clients have when the crowd has another.
pub(crate) const APART: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// The address that everybody has else.
pub(crate) const HOME: Ipv4Addr = Ipv4Addr::LOCALHOST;
