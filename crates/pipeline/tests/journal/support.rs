//! A database of its own for each test, and builds to put into it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use hookstead::handler::handler_fn;
use hookstead::inbox::{Inbox, PostgresOptions, PostgresStore};
use hookstead::types::{Sha, Timestamp};
use hookstead::{Attempt, Router};
use hookstead_pipeline::journal::{
    Announcer, BeginMode, Begun, BuildHold, BuildWork, Journal, JournalOptions, SubmittedBuild,
    WantedBuild,
};
use hookstead_pipeline::record::{Build, BuildCause, BuildTarget, NewBuild};
use tokio_postgres::{Client, NoTls};

/// The URL of a PostgreSQL database whose owner may do everything in it.
const VARIABLE: &str = "HOOKSTEAD_POSTGRES";

/// Longer than anything takes, also on a slow machine: what is not there by then does not come.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Makes of each function two tests: one with SQLite, one with PostgreSQL.
macro_rules! on_both {
    ($($name:ident,)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::support::Place::sqlite()).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let Some(place) = $crate::support::Place::postgres() else { return };
                    super::$name(place).await;
                }
            )*
        }
    };
}
pub(crate) use on_both;

/// Where the database is. Dropped, it is removed.
pub(crate) enum Place {
    Sqlite(tempfile::TempDir),
    Postgres { url: String, schema: String },
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// `None`, and a word about it, when there is no server.
    pub(crate) fn postgres() -> Option<Self> {
        let Ok(url) = std::env::var(VARIABLE) else {
            say_skipped();
            return None;
        };
        let number = fastrand::u64(..);
        // Its connections are known by their application's name.
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}application_name=journal{number:016x}");
        // A quote, to see that it is quoted.
        Some(Self::Postgres { url, schema: format!("journal\"{number:016x}") })
    }

    pub(crate) fn word(&self) -> String {
        match self {
            Self::Sqlite(_) => self.file().to_str().unwrap().to_owned(),
            Self::Postgres { url, .. } => url.clone(),
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("pipeline.db"),
            Self::Postgres { .. } => unreachable!("it is no file"),
        }
    }

    pub(crate) fn options(&self) -> JournalOptions {
        let options = Journal::options().poll_interval(Duration::from_millis(50));
        match self {
            Self::Sqlite(_) => options,
            Self::Postgres { .. } => options.postgres(self.store()),
        }
    }

    /// How the inbox's store is opened in PostgreSQL. Little room is held, for many tests run at once.
    pub(crate) fn store(&self) -> PostgresOptions {
        let Self::Postgres { schema, .. } = self else { unreachable!("there is no server") };
        PostgresStore::options().schema(schema).reserve(256 * 1024).pool_size(3)
    }

    pub(crate) async fn open(&self) -> Bench {
        Bench::of(self.options().open(&self.word()).await.unwrap()).await
    }

    /// Changes something behind the journal's back.
    pub(crate) async fn run(&self, sql: &str) {
        match self {
            Self::Sqlite(_) => {
                let connection = rusqlite::Connection::open(self.file()).unwrap();
                connection.busy_timeout(LONG).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Self::Postgres { schema, .. } => {
                let path = format!("SET search_path = {}; {sql}", quoted(schema));
                self.client().await.batch_execute(&path).await.unwrap();
            }
        }
    }

    /// Ends all connections to PostgreSQL but the one that it is done by; returns how many there were.
    pub(crate) async fn end_connections(&self) -> i64 {
        let sql =
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
                   WHERE application_name = current_setting('application_name')
                       AND pid <> pg_backend_pid()";
        self.client().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    async fn client(&self) -> Client {
        let Self::Postgres { url, .. } = self else { unreachable!("there is no server") };
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

fn quoted(schema: &str) -> String {
    format!("\"{}\"", schema.replace('"', "\"\""))
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::Postgres { url, schema } = self else { return };
        let (url, sql) = (url.clone(), format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(schema)));
        // On a thread of its own, for this one belongs to a runtime.
        let removing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let Ok((client, connection)) = tokio_postgres::connect(&url, NoTls).await else {
                    return;
                };
                tokio::spawn(connection);
                let _ = client.batch_execute(&sql).await;
            });
        });
        let _ = removing.join();
    }
}

/// Says once, past the harness that keeps what passing tests print, that tests are skipped.
fn say_skipped() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: every test with PostgreSQL, because {VARIABLE} is not set. To run them:\n    \
             {VARIABLE}=$(.ci/postgres start) cargo test -p hookstead-pipeline\n"
        );
    });
}

/// A journal and its inbox.
pub(crate) struct Bench {
    pub(crate) journal: Journal,
    pub(crate) inbox: Inbox,
}

impl Bench {
    pub(crate) async fn of(journal: Journal) -> Self {
        let router = Router::new()
            .program("pipeline")
            .on::<BuildWork>(handler_fn(async |_: BuildWork, _: Attempt| Ok(())));
        let inbox = journal.inbox(router);
        inbox.start().await.unwrap();
        Self { journal, inbox }
    }

    pub(crate) async fn submit(&self, occasion: &str, what: NewBuild) -> SubmittedBuild {
        let wanted = vec![WantedBuild { build: what, joins: false }];
        let submitted = self.journal.submit(&self.inbox, occasion, wanted, Vec::new()).await;
        submitted.unwrap().remove(0)
    }

    /// A build that runs.
    pub(crate) async fn running(&self, occasion: &str) -> (BuildHold, Build) {
        self.begin(self.submit(occasion, new_build("test")).await.build.number).await
    }

    pub(crate) async fn begin(&self, number: i64) -> (BuildHold, Build) {
        match self.journal.begin(number, "one", BeginMode::Anew).await.unwrap() {
            Begun::Held(hold, build) => (hold, build),
            Begun::Refused(build) => unreachable!("it is {}", build.state),
        }
    }

    /// How many tasks the inbox has.
    pub(crate) async fn tasks(&self) -> usize {
        let mut listing = self.inbox.list(hookstead::inbox::Filter::default());
        let mut tasks = 0;
        while listing.next().await.unwrap().is_some() {
            tasks += 1;
        }
        tasks
    }
}

pub(crate) fn sha(digit: char) -> Sha {
    digit.to_string().repeat(40).parse().unwrap()
}

pub(crate) fn announcer(machine: &str, slots: u64) -> Announcer {
    Announcer { machine: machine.to_owned(), slots }
}

pub(crate) fn new_build(job: &str) -> NewBuild {
    NewBuild {
        project: "lib".to_owned(),
        job: job.to_owned(),
        context: format!("ci/{job}"),
        repo: "octo-org/lib".parse().unwrap(),
        sha: sha('a'),
        before: None,
        r#ref: "refs/pull/5/head".to_owned(),
        target: BuildTarget::PullRequest(5),
        cause: BuildCause::Delivery {
            id: "72d3162e".to_owned(),
            event: "pull_request.opened".to_owned(),
        },
        moment: Timestamp::from("2026-11-28T08:00:00Z"),
        title: "Add a flag".to_owned(),
        author: "anna".to_owned(),
        is_fork: false,
        needs_approval: false,
    }
}
