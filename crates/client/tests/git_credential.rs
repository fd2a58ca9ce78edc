//! A token for git, with git itself.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use hookstead_client::{Client, GitCredential, Token};

/// One with all sorts of characters that a shell might take for its own.
const TOKEN: &str = r#"ghs_a$HOME`id`"'\n%s;&|"#;

fn credential(base_url: &str) -> GitCredential {
    let token = Token::new(TOKEN).unwrap();
    let client = Client::builder(token.clone()).base_url(base_url).no_proxy().build().unwrap();
    client.git_credential(&token)
}

/// Where the program is not, this says so, and the tests do without.
#[expect(clippy::print_stderr, reason = "a test that does without something says so")]
fn is_git_there() -> bool {
    let is_there = Command::new("git").arg("--version").output().is_ok();
    if !is_there {
        eprintln!("without git");
    }
    is_there
}

/// Runs `git credential` on a machine whose own helper is `store`, which keeps what it is told in a file.
fn git(folder: &Path, credential: &GitCredential, what: &str, input: &str) -> Output {
    let store = format!("[credential]\n\thelper = store --file={}/kept\n", folder.display());
    std::fs::write(folder.join("config"), store).unwrap();
    let mut git = Command::new("git")
        .args(["credential", what])
        .env("GIT_CONFIG_GLOBAL", folder.join("config"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_ASKPASS", "true")
        .envs(credential.envs())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    git.wait_with_output().unwrap()
}

fn answer(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn git_gets_the_token_for_its_server_and_no_other() {
    if !is_git_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (base_url, own, other) in [
        ("https://api.github.com", "protocol=https\nhost=github.com\n", "host=example.com\n"),
        (
            "https://api.octocorp.ghe.com",
            "protocol=https\nhost=octocorp.ghe.com\n",
            "host=ghe.com\n",
        ),
        (
            "https://ghes.example:8443/api/v3",
            "protocol=https\nhost=ghes.example:8443\n",
            "host=ghes.example\n",
        ),
        ("http://127.0.0.1:3000", "protocol=http\nhost=127.0.0.1:3000\n", "host=127.0.0.1:3001\n"),
    ] {
        let credential = credential(base_url);
        let output = git(folder.path(), &credential, "fill", &format!("{own}\n"));
        let said = answer(&output);
        assert!(said.contains("username=x-access-token\n"), "{base_url}: {output:?}");
        assert!(said.contains(&format!("password={TOKEN}\n")), "{base_url}: {output:?}");
        let output = git(folder.path(), &credential, "fill", &format!("protocol=https\n{other}\n"));
        assert!(!answer(&output).contains(TOKEN), "{base_url}: {output:?}");
        // A place whose name only begins like the server's is another server.
        let output =
            git(folder.path(), &credential, "fill", "protocol=https\nhost=github.com.evil\n\n");
        assert!(!answer(&output).contains(TOKEN), "{base_url}: {output:?}");
    }
}

#[test]
fn nobody_keeps_the_token() {
    if !is_git_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let credential = credential("https://api.github.com");
    let known =
        format!("protocol=https\nhost=github.com\nusername=x-access-token\npassword={TOKEN}\n\n");
    for what in ["approve", "reject"] {
        let output = git(folder.path(), &credential, what, &known);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(answer(&output), "");
    }
    assert!(!folder.path().join("kept").exists());
    // What the test rests on: without the credential, that helper keeps it.
    let mut git = Command::new("git")
        .args(["credential", "approve"])
        .env("GIT_CONFIG_GLOBAL", folder.path().join("config"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin.take().unwrap().write_all(known.replace(TOKEN, "another").as_bytes()).unwrap();
    assert!(git.wait().unwrap().success());
    assert!(folder.path().join("kept").exists());
}

#[test]
fn the_token_shows_in_no_debug_and_in_no_line() {
    let credential = credential("https://api.github.com");
    let shown = format!("{credential:?}");
    assert_eq!(shown, "GitCredential { token: Token([redacted]), origin: \"https://github.com\" }");
    let with_token = credential.envs().filter(|(_, value)| value.contains(TOKEN));
    assert_eq!(with_token.map(|(name, _)| name).collect::<Vec<_>>(), ["HOOKSTEAD_GIT_TOKEN"]);
}
