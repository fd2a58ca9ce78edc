//! Git as a client of the fake's repositories, without the settings of whoever runs the test.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hookstead_testkit::FakeGitHub;
use serde_json::{Value, json};
use tokio::process::Command;

use super::Api;

/// Whether the tests can have git. Where they cannot, this says so, and they do without.
#[expect(clippy::print_stderr, reason = "a test that does without something says so")]
pub(crate) fn is_there() -> bool {
    let is_there = FakeGitHub::has_git();
    if !is_there {
        eprintln!("without git 2.40 or later");
    }
    is_there
}

/// A folder with git's clones; it is removed at the end.
pub(crate) struct Clones {
    root: PathBuf,
}

impl Clones {
    pub(crate) fn new() -> Self {
        let name = format!("hookstead-testkit-clones-{:016x}", fastrand::u64(..));
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(root.join("home")).unwrap();
        Self { root }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Runs git in the folder `clone`, or beside the clones if it is empty; gives what it wrote.
    pub(crate) async fn git(&self, clone: &str, arguments: &[&str]) -> String {
        match self.try_git(clone, arguments).await {
            Ok(said) => said,
            Err(said) => panic!("git {arguments:?}: {said}"),
        }
    }

    /// Git in a clone, to be waited for.
    pub(crate) fn command(
        &self,
        clone: &str,
        arguments: &[&str],
    ) -> impl Future<Output = std::io::Result<std::process::Output>> + Send + 'static {
        let mut command = command(&self.root, clone);
        command.args(arguments).output()
    }

    /// As `git`; `Err` is what it said when it failed.
    pub(crate) async fn try_git(&self, clone: &str, arguments: &[&str]) -> Result<String, String> {
        let output = command(&self.root, clone).args(arguments).output().await.unwrap();
        let said = if output.status.success() { &output.stdout } else { &output.stderr };
        let said = String::from_utf8_lossy(said).trim().to_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    /// Writes a file into a clone and commits it; gives the commit's sha.
    pub(crate) async fn commit(&self, clone: &str, path: &str, text: &str) -> String {
        let file = self.path(clone).join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        self.git(clone, &["add", "--all"]).await;
        self.git(clone, &["commit", "--quiet", "-m", &format!("Write {path}")]).await;
        self.head(clone).await
    }

    pub(crate) async fn head(&self, clone: &str) -> String {
        self.git(clone, &["rev-parse", "HEAD"]).await
    }

    /// A file of a clone, as it is checked out.
    pub(crate) fn read(&self, clone: &str, path: &str) -> String {
        fs::read_to_string(self.path(clone).join(path)).unwrap()
    }
}

impl Drop for Clones {
    fn drop(&mut self) {
        // A failing test has something better to say.
        let _removed = fs::remove_dir_all(&self.root);
    }
}

fn command(root: &Path, clone: &str) -> Command {
    let mut command = Command::new("git");
    command.env_clear().kill_on_drop(true).current_dir(root.join(clone));
    command.env("PATH", std::env::var_os("PATH").unwrap());
    for (name, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_AUTHOR_NAME", "Mona"),
        ("GIT_AUTHOR_EMAIL", "mona@example.com"),
        ("GIT_COMMITTER_NAME", "Mona"),
        ("GIT_COMMITTER_EMAIL", "mona@example.com"),
        ("LC_ALL", "C"),
    ] {
        command.env(name, value);
    }
    command.env("HOME", root.join("home"));
    command
}

/// The address with a token in it, as no program should be given one; a test may.
pub(crate) fn with_token(url: &str, token: &str) -> String {
    url.replacen("http://", &format!("http://x-access-token:{token}@"), 1)
}

/// A token of an installation of the App.
pub(crate) async fn installation_token(github: &FakeGitHub, installation: u64) -> String {
    let part = |json: Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let now = github.clock().now().instant().unwrap().as_second();
    let issuer = github.app().client_id();
    let claims = json!({ "iat": now - 60, "exp": now + 540, "iss": issuer });
    let header = json!({ "alg": "RS256", "typ": "JWT" });
    // The fake knows no key, so any signature will do.
    let signature = BASE64_URL_SAFE_NO_PAD.encode([7; 256]);
    let jwt = format!("{}.{}.{signature}", part(header), part(claims));
    let api = Api::new(github.api_url()).with("authorization", &format!("Bearer {jwt}"));
    let path = format!("/app/installations/{installation}/access_tokens");
    let answer = api.post(&path, json!({})).await.expect(201);
    answer["token"].as_str().unwrap().to_owned()
}
