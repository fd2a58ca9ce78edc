//! A schema of its own for each test, in the server that `HOOKSTEAD_POSTGRES` names.

use std::io::Write;
use std::sync::Once;

use hookstead_inbox::{PostgresInbox, PostgresOptions};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

/// The URL of a database whose owner may do everything in it.
const VARIABLE: &str = "HOOKSTEAD_POSTGRES";

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
        PostgresInbox::options().schema(&self.name)
    }

    pub(crate) async fn inbox(&self) -> PostgresInbox {
        self.options().pool_size(5).connect(&self.url).await.unwrap()
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

/// A connection beside the inbox's, which [`Schema::url`] says more of.
pub(crate) async fn connect(url: &str) -> Client {
    let mut config: Config = url.parse().unwrap();
    // It has no TLS, also where the inbox is told to use it.
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
