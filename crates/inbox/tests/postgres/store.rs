//! A schema of its own for each test, in the server that `HOOKSTEAD_POSTGRES` names.

use std::io::Write;
use std::sync::Once;

use hookstead_inbox::{PostgresOptions, PostgresStore};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

/// The URL of a database whose owner may do everything in it.
const VARIABLE: &str = "HOOKSTEAD_POSTGRES";

/// Little room is held by default in tests, of which many run at once.
const RESERVE: u64 = 256 * 1024;

/// Dropped, the schema is dropped with all that is in it.
pub(crate) struct Schema {
    /// Connections made with it are known by their application's name, which is the schema's.
    pub(crate) url: String,
    pub(crate) name: String,
}

impl Schema {
    /// `None`, and a word about it, when there is no server.
    pub(crate) async fn new() -> Option<Self> {
        let Ok(url) = std::env::var(VARIABLE) else {
            say_skipped();
            return None;
        };
        // Quotes, to see that they are quoted.
        let number = format!("{:016x}", fastrand::u64(..));
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}application_name=test'%22{number}");
        Some(Self { url, name: format!("test'\"{number}") })
    }

    pub(crate) fn options(&self) -> PostgresOptions {
        PostgresStore::options().schema(&self.name).reserve(RESERVE)
    }

    pub(crate) async fn store(&self) -> PostgresStore {
        self.options().pool_size(5).connect(&self.url).await.unwrap()
    }

    /// Runs this, with `{schema}` for the quoted name.
    pub(crate) async fn run(&self, sql: &str) {
        connect(&self.url).await.batch_execute(&self.filled(sql)).await.unwrap();
    }

    /// Asks for a number, with `{name}` for the name as a text.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let client = connect(&self.url).await;
        client.query_one(&self.filled(sql), &[]).await.unwrap().get(0)
    }

    pub(crate) fn filled(&self, sql: &str) -> String {
        let quoted = format!("\"{}\"", self.name.replace('"', "\"\""));
        let name = format!("'{}'", self.name.replace('\'', "''"));
        sql.replace("{schema}", &quoted).replace("{name}", &name)
    }

    /// Ends the connections of all stores of this schema; returns how many there were.
    pub(crate) async fn end_connections(&self) -> i64 {
        self.number(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
             WHERE application_name = {name}",
        )
        .await
    }

    /// Waits until the listeners of so many stores listen. One that begins to looks for what it missed.
    pub(crate) async fn let_listen(&self, stores: i64) {
        let listening = "SELECT count(*) FROM pg_stat_activity
                         WHERE application_name = {name} AND state = 'idle'
                             AND (query LIKE 'SELECT pg_notify%' OR query LIKE '%pg_backend_pid%')";
        while self.number(listening).await < stores {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Sets the clock by so many milliseconds, by moving all moments the other way.
    pub(crate) async fn set_clock(&self, by: i64) {
        let columns = [
            ("tasks", &["accepted_at", "due", "lease_until", "look_at", "settled_at"][..]),
            ("tasks", &["failing_since", "waiting_since"]),
            ("deliveries", &["bare_since"]),
            ("registered", &["first_seen", "last_seen"]),
            ("processes", &["seen_at"]),
            ("roles", &["held_until"]),
            ("meta", &["clock"]),
        ];
        let mut sql = String::from("BEGIN;");
        for (table, columns) in columns {
            let moved = columns.iter().map(|it| format!("{it} = {it} - {by} * interval '1 ms'"));
            let moved = moved.collect::<Vec<_>>().join(", ");
            sql.push_str(&format!("UPDATE {{schema}}.{table} SET {moved};"));
        }
        self.run(&(sql + "COMMIT")).await;
    }
}

/// Says once, past the harness that keeps what passing tests print, that tests are skipped.
fn say_skipped() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: every test with PostgreSQL, because {VARIABLE} is not set. To run them:\n    \
             {VARIABLE}=$(.ci/postgres start) cargo test -p hookstead-inbox --all-features\n"
        );
    });
}

/// A connection beside the store's, which [`Schema::url`] says more of.
pub(crate) async fn connect(url: &str) -> Client {
    let mut config: Config = url.parse().unwrap();
    // It has no TLS, also where the store is told to use it.
    config.application_name("beside").ssl_mode(SslMode::Disable);
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Drop for Schema {
    fn drop(&mut self) {
        let sql = format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", self.name.replace('"', "\"\""));
        let url = self.url.clone();
        // A runtime of its own: the test's cannot wait here.
        let dropping = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { connect(&url).await.batch_execute(&sql).await })
        });
        if !std::thread::panicking() {
            dropping.join().unwrap().unwrap();
        }
    }
}
