use std::path::PathBuf;
use std::time::Duration;

use hookstead_handler::Delivery;
use hookstead_inbox::{
    Accepted, Claim, Entry, Filter, InboxError, LeaseRequest, Leased, NameDepth, NewDelivery,
    NewTask, Packed, Process, Settled, Settlement, SqliteOptions, SqliteStore, Store, TakerId,
    TakerShare,
};
use rusqlite::Connection;
use tempfile::TempDir;

/// A lease or a pause that does not end during a test.
pub(crate) const LONG: Duration = Duration::from_secs(60 * 60);

/// A delivery with one task was accepted.
pub(crate) const NEW: Accepted = Accepted::New { tasks: 1 };

/// A file in a directory of its own.
pub(crate) struct TestFile(pub(crate) TempDir);

impl TestFile {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("inbox.db")
    }

    /// The file, by the program `ci`.
    pub(crate) async fn open(&self) -> Ci {
        Ci::start(SqliteStore::open(self.path()).unwrap()).await
    }

    pub(crate) async fn open_with(&self, options: SqliteOptions) -> Ci {
        Ci::start(options.open(self.path()).unwrap()).await
    }

    /// Another connection to the file.
    pub(crate) fn raw(&self) -> Connection {
        let connection = Connection::open(self.path()).unwrap();
        connection.busy_timeout(LONG).unwrap();
        connection
    }

    /// The lengths of the file and of its log.
    pub(crate) fn lengths(&self) -> (u64, u64) {
        let length = |end: &str| {
            let path = format!("{}{end}", self.path().display());
            std::fs::metadata(path).map_or(0, |file| file.len())
        };
        (length(""), length("-wal"))
    }
}

/// A store and a process that takes pushes under the name `ci.build`.
pub(crate) struct Ci {
    pub(crate) store: SqliteStore,
    pub(crate) process: Process,
    pub(crate) taker: TakerId,
}

impl Ci {
    pub(crate) async fn start(store: SqliteStore) -> Self {
        let process = Process::start("ci");
        let claims = [Claim::new("ci.build".parse().unwrap(), Some("push".into()))];
        let taker = store.register(&process, &claims).await.unwrap()[0].taker;
        Self { store, process, taker }
    }

    pub(crate) fn new_with(&self, id: &str, body: Packed) -> NewDelivery {
        let delivery = Delivery::new(id.parse().unwrap(), "push".into(), "");
        let mut new = NewDelivery::new(delivery, body, "ci");
        new.tasks = vec![NewTask::new(self.taker)];
        new
    }

    pub(crate) fn new_delivery(&self, id: &str) -> NewDelivery {
        self.new_with(id, Packed::new(format!("body of {id}").into(), None))
    }

    /// One with a body of so many bytes that nothing makes smaller.
    pub(crate) fn of_length(&self, id: &str, length: usize) -> NewDelivery {
        let mut body = vec![0; length];
        fastrand::fill(&mut body);
        self.new_with(id, Packed::new(body.into(), None))
    }

    pub(crate) async fn try_accept(&self, new: NewDelivery) -> Result<Accepted, InboxError> {
        self.store.accept(new).await.map(|answer| answer.accepted)
    }

    pub(crate) async fn accept(&self, id: &str) {
        assert_eq!(self.try_accept(self.new_delivery(id)).await.unwrap(), NEW, "{id}");
    }

    pub(crate) fn request(&self, limit: usize, duration: Duration) -> LeaseRequest {
        LeaseRequest::new(vec![TakerShare::new(self.taker)], limit, duration)
    }

    pub(crate) async fn lease(&self, limit: usize) -> Vec<Leased> {
        self.store.lease(&self.request(limit, LONG)).await.unwrap().leased
    }

    pub(crate) async fn lease_one(&self) -> Leased {
        self.lease(1).await.pop().unwrap()
    }

    pub(crate) async fn settle(&self, leased: &Leased, settlement: Settlement) {
        let settled = self.store.settle(&[(leased.token, settlement)]).await.unwrap();
        assert_eq!(settled, [Settled::Settled]);
    }

    pub(crate) async fn done(&self, leased: &Leased) {
        self.settle(leased, Settlement::Done).await;
    }

    pub(crate) async fn depth(&self) -> NameDepth {
        self.store.depth().await.unwrap().names.remove(0)
    }

    pub(crate) async fn list(&self, filter: Filter) -> Vec<Entry> {
        self.store.list(&filter, None).await.unwrap()
    }
}

/// The error's cause, in words.
pub(crate) fn cause(error: &InboxError) -> String {
    std::error::Error::source(error).unwrap().to_string()
}
