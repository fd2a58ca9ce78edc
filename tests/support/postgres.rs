use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Once;

/// What starts servers, at the top of a checkout of the repository.
const SCRIPT: &str = ".ci/postgres";

/// A PostgreSQL of a test's own, which it may crash. Dropped, it ends and its folder is removed.
#[derive(Debug)]
pub struct Postgres {
    url: String,
}

impl Postgres {
    /// `None`, and a word about it, where `HOOKSTEAD_POSTGRES` is not set.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        static SAID: Once = Once::new();
        if std::env::var_os("HOOKSTEAD_POSTGRES").is_none() {
            SAID.call_once(|| {
                say(
                    "SKIPPED: the tests with PostgreSQL, because HOOKSTEAD_POSTGRES is not set. To \
                     run them:\n    HOOKSTEAD_POSTGRES=$(.ci/postgres start) cargo test -p \
                     hookstead-tests",
                );
            });
            return None;
        }
        Some(Self { url: script(&["start"]) })
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it as a crash does.
    pub async fn halt(&self) {
        self.order("halt").await;
    }

    /// Starts it again.
    pub async fn restart(&self) {
        self.order("restart").await;
    }

    async fn order(&self, order: &'static str) {
        let url = self.url.clone();
        tokio::task::spawn_blocking(move || script(&[order, &url])).await.unwrap();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        script(&["stop", &self.url]);
    }
}

fn script(arguments: &[&str]) -> String {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.map(|folder| folder.join(SCRIPT)).find(|script| script.exists());
    let mut command = Command::new(found.unwrap());
    // Else it would start none of its own.
    command.args(arguments).env_remove("HOOKSTEAD_POSTGRES").stderr(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", output.status);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Says something past the harness, which keeps what passing tests print.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "\n{text}");
}
