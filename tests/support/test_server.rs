use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hookstead::inbox::{PostgresStore, SqliteStore, Store};
use hookstead::{Inbox, Router, WebhookSecret};
use hookstead_testkit::Sender;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{Ledger, Program, free_address};

const SECRET: &str = "It's a Secret to Everybody";

/// How to start the test server, `tests/torture/server.rs`, and how to talk to it.
#[derive(Debug)]
pub struct TestServer {
    folder: TempDir,
    inbox: String,
    listen: SocketAddr,
    ledger: SocketAddr,
    lease: Duration,
    drain: Duration,
    more: Vec<(String, String)>,
    wrapper: Vec<String>,
}

impl TestServer {
    /// With an inbox in an SQLite file of its own.
    #[must_use]
    pub fn sqlite(ledger: &Ledger, lease: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inbox = folder.path().join("inbox.db").to_str().unwrap().to_owned();
        Self {
            folder,
            inbox,
            listen: free_address(),
            ledger: ledger.address(),
            lease,
            drain: Duration::from_secs(10),
            more: Vec::new(),
            wrapper: Vec::new(),
        }
    }

    /// With an inbox in PostgreSQL.
    #[must_use]
    pub fn postgres(ledger: &Ledger, lease: Duration, schema: &str, url: &str) -> Self {
        Self { inbox: format!("{schema} {url}"), ..Self::sqlite(ledger, lease) }
    }

    /// Another server with the same inbox.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            inbox: self.inbox.clone(),
            listen: free_address(),
            ledger: self.ledger,
            lease: self.lease,
            drain: self.drain,
            more: self.more.clone(),
            wrapper: self.wrapper.clone(),
        }
    }

    /// Makes it a program with this name, and these handlers: see [`router`](crate::router).
    #[must_use]
    pub fn of_program(self, program: &str, handlers: &str) -> Self {
        self.with("PROGRAM", program).with("HANDLERS", handlers)
    }

    /// Handlers get so long at shutdown.
    #[must_use]
    pub fn drain(mut self, drain: Duration) -> Self {
        self.drain = drain;
        self
    }

    /// Puts something into its environment.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.more.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts it by another program, which gets its path as the last argument.
    #[must_use]
    pub fn started_by(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// The folder that it works in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The SQLite file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        PathBuf::from(&self.inbox)
    }

    /// Its inbox, from beside it, where no handlers are.
    pub async fn inbox(&self) -> Inbox {
        Inbox::of_shared(self.store().await, Router::new())
    }

    /// Its store.
    pub async fn store(&self) -> Arc<dyn Store> {
        match self.inbox.split_once(' ') {
            Some((schema, url)) => {
                let options = PostgresStore::options().schema(schema).pool_size(8);
                Arc::new(options.connect(url).await.unwrap())
            }
            None => Arc::new(SqliteStore::open(&self.inbox).unwrap()),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Starts it and waits until it takes connections.
    ///
    /// # Errors
    ///
    /// When it ended instead: its last words.
    pub async fn try_start(&self) -> Result<Program, String> {
        let mut environment = vec![
            ("WEBHOOK_SECRET", SECRET.to_owned()),
            ("INBOX", self.inbox.clone()),
            ("LISTEN", self.listen.to_string()),
            ("LEDGER", self.ledger.to_string()),
            ("LEASE", self.lease.as_millis().to_string()),
            ("DRAIN", self.drain.as_millis().to_string()),
        ];
        environment.extend(self.more.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let environment: Vec<_> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let folder = self.folder.path();
        let mut program = Program::start_server("test_server", &self.wrapper, folder, &environment);
        loop {
            if let Ok(stream) = TcpStream::connect(self.listen).await
                // Where nobody listens, the system may connect a caller to itself.
                && stream.local_addr().is_ok_and(|address| address != self.listen)
            {
                return Ok(program);
            }
            if program.has_ended() {
                return Err(program.rest().await);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Starts it and waits until it takes connections.
    ///
    /// # Panics
    ///
    /// When it ended instead.
    pub async fn start(&self) -> Program {
        let starting = async {
            loop {
                match self.try_start().await {
                    Ok(program) => return program,
                    // Somebody's outgoing connection may have its port for a moment.
                    Err(said) => assert!(said.starts_with("cannot listen"), "{said}"),
                }
            }
        };
        crate::within(starting).await
    }

    /// A sender of deliveries to it.
    pub fn sender(&self) -> Sender {
        let secret = WebhookSecret::new(SECRET).unwrap();
        Sender::new(&format!("http://{}/", self.listen), secret).unwrap()
    }

    /// Asks `/readyz`; nothing when nobody answers.
    pub async fn readiness(&self) -> String {
        let asking = async {
            let mut stream = TcpStream::connect(self.listen).await?;
            let request = "GET /readyz HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
            stream.write_all(request.as_bytes()).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        };
        asking.await.unwrap_or_default()
    }

    /// Waits until `/readyz` answers with this status.
    pub async fn until_readiness_is(&self, status: u16) {
        let begin = format!("HTTP/1.1 {status} ");
        let waiting = async {
            while !self.readiness().await.starts_with(&begin) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        crate::within(waiting).await;
    }
}
