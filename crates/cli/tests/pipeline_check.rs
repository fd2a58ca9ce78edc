//! `hookstead pipeline check`.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::fs;
use std::process::Command;

use hookstead_pipeline::runner::{Sandbox, holds_processes};
use serde_json::Value;
use support::{Ended, run};
use tempfile::TempDir;

const RIGHT: &str = r#"
url = "https://ci.example.com"
data = "/var/lib/pipeline"
secret = { env = "HOOK" }
token = { file = "token" }

[projects.blog]
repo = "octocat/blog"

[projects.blog.jobs.test]
run = "cargo test"
paths = ["src/**"]
schedule = "30 2 * * mon-fri"
secrets = { PIN = { env = "PIN" } }
"#;

/// A folder with a config in `pipeline.toml`.
fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pipeline.toml"), text).unwrap();
    folder
}

async fn check(folder: &TempDir, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let arguments = [&["pipeline", "check"], arguments].concat();
    run(&arguments, folder.path(), environment).await
}

#[tokio::test]
async fn it_says_what_the_file_means() {
    let ended = check(&folder(RIGHT), &[], &[]).await;
    assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(0), ""));
    let expected = "\
pages      https://ci.example.com/ for everybody who reaches them
hook       https://ci.example.com/event_handler, the secret $HOOK
listens    at 127.0.0.1:4567
github     https://github.com/, by the token token; reports by statuses
keeps      everything in /var/lib/pipeline, workspaces in
           /var/lib/pipeline/work
at a time  2 builds, while 2 GiB of the disk are free

project blog: octocat/blog
  Pull requests of forks are not built. Builds may do whatever the server's user
  may. Logs and artefacts are kept for 90d.
  A push to a pull request makes up to 3 writes to GitHub. Of 500 an hour that
  leaves 166 pushes; beyond, only ends are reported.

  ci/test
    runs       cargo test
    for        pull requests, the merge queue, pushes of the default branch;
               only where src/** changed
    at         30 2 * * mon-fri in UTC, of the default branch
    ends       after 1h, or 10m without output
    keeps      64 MiB of log
    secrets    PIN

pipeline.toml can be used.
";
    assert_eq!(ended.stdout, expected);
}

#[tokio::test]
async fn it_shows_each_mistake_and_fails() {
    let wrong = RIGHT.replace("run =", "rum =").replace("{ env = \"HOOK\" }", "\"hunter2\"");
    let folder = folder(&wrong);
    let ended = check(&folder, &["pipeline.toml"], &[]).await;
    assert_eq!(ended.status.code(), Some(1));
    let expected = "\
error: `secret` holds the secret itself, which the config must not; name its place by `{ env = \"NAME\" }` or `{ file = \"PATH\" }`
 --> pipeline.toml:4:10
  |
4 | secret = …
  |          ^

error: `projects.blog.jobs.test` has nothing to run: it needs one of `run`, `steps`, `jenkins` and `http`
  --> pipeline.toml:10:21
   |
10 | [projects.blog.jobs.test]
   |                     ^^^^

error: `projects.blog.jobs.test.rum` is no key; did you mean `run`?
  --> pipeline.toml:11:1
   |
11 | rum = \"cargo test\"
   | ^^^
";
    assert_eq!(ended.stdout, expected);
    assert_eq!(ended.stderr, "pipeline.toml cannot be used: there are 3 errors in it.\n");

    let ended = check(&folder, &["--json"], &[]).await;
    assert_eq!(ended.status.code(), Some(1));
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(json["usable"], false);
    let third = &json["problems"][2];
    assert_eq!((&third["line"], &third["column"]), (&Value::from(11), &Value::from(1)));
    assert_eq!(third["key"], "projects.blog.jobs.test.rum");
    assert_eq!(third["text"], "is no key; did you mean `run`?");
}

#[tokio::test]
async fn it_reads_the_secrets_when_asked() {
    let folder = folder(RIGHT);
    let ended = check(&folder, &["--secrets"], &[("PIN", "1234")]).await;
    assert_eq!(ended.status.code(), Some(1));
    let expected = "
error: `secret`: the environment variable HOOK is not set
error: `token`: its file is not there
notice: `projects.blog.jobs.test.secrets.PIN`: it has fewer than 6 characters, so logs will show it
";
    assert!(ended.stdout.contains(expected), "{}", ended.stdout);
    assert_eq!(ended.stderr, "pipeline.toml: 2 secrets cannot be used.\n");

    // What can be read is no token, and no server would start with it.
    fs::write(folder.path().join("token"), "two\nlines of hunter2\n").unwrap();
    let environment = [("PIN", "123456"), ("HOOK", "hunter2hunter2")];
    let ended = check(&folder, &["--secrets"], &environment).await;
    assert_eq!(ended.status.code(), Some(1));
    let expected =
        "error: `token`: the token holds white space or another character that no token has\n";
    assert!(ended.stdout.contains(expected), "{}", ended.stdout);
    assert_eq!(ended.stderr, "pipeline.toml: a secret cannot be used.\n");
    assert!(!ended.stdout.contains("hunter2"), "{}", ended.stdout);

    fs::write(folder.path().join("token"), "hunter2hunter2\n").unwrap();
    let environment = [("PIN", "123456"), ("HOOK", "hunter2hunter2")];
    let ended = check(&folder, &["--secrets"], &environment).await;
    assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout.contains("\nAll secrets can be read.\n"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("hunter2"), "{}", ended.stdout);
}

#[tokio::test]
async fn it_says_what_this_version_leaves_out() {
    let folder =
        folder(&format!("{RIGHT}[projects.blog.environments.production]\nrun = \"deploy\"\n"));
    let ended = check(&folder, &[], &[]).await;
    assert_eq!(ended.status.code(), Some(0));
    let notice = "notice: `projects.blog.environments` is left out: this version does not deploy\n";
    assert!(ended.stdout.contains(notice), "{}", ended.stdout);
}

#[tokio::test]
async fn it_prints_all_keys() {
    let folder = tempfile::tempdir().unwrap();
    let ended = check(&folder, &["--keys"], &[]).await;
    assert_eq!(ended.status.code(), Some(0));
    for part in [
        "on top of the file\n  url: URL\n",
        "\n[projects.NAME.jobs.NAME]\n",
        "\n  timeout: span of time from \"1s\" to \"1w\"\n      After how long a build is ended. Default: 1h.",
        "\nWhat this version cannot do:\n",
    ] {
        assert!(ended.stdout.contains(part), "{part}\n{}", ended.stdout);
    }
    let ended = check(&folder, &["--keys", "--json"], &[]).await;
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&json[0]["key"], &json[0]["required"]), (&Value::from("url"), &Value::from(true)));
}

#[tokio::test]
async fn a_missing_file_and_wrong_arguments_have_their_codes() {
    let folder = tempfile::tempdir().unwrap();
    let ended = check(&folder, &[], &[]).await;
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.stderr.starts_with("pipeline.toml cannot be read: "), "{}", ended.stderr);
    let ended = check(&folder, &["--keys", "--secrets"], &[]).await;
    assert_eq!(ended.status.code(), Some(2));
}

/// Where nothing holds the processes of a build, people hear of it before a storm does.
#[test]
fn it_says_that_nothing_holds_processes_here() {
    let folder = folder(&format!("{RIGHT}limits.processes = 60\n"));
    let check = [env!("CARGO_BIN_EXE_hookstead"), "pipeline", "check", "--json"];
    // Without the kernel's control groups, and so without systemd's scopes.
    let hides = "mount -t tmpfs none /sys/fs/cgroup && mount -t tmpfs none /run && exec \"$@\"";
    let run = |words: &[&str]| {
        let (program, arguments) = words.split_first().unwrap();
        Command::new(program).args(arguments).current_dir(folder.path()).output().unwrap()
    };
    let hidden = [&["unshare", "--mount", "sh", "-c", hides, "sh"], &check[..]].concat();
    let mut output = run(&hidden);
    if !output.status.success() {
        if holds_processes(&Sandbox::None) {
            return say("control groups cannot be hidden here: left out");
        }
        output = run(&check);
    }
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("projects.blog.jobs.test.limits.processes"), "{said}");
    assert!(said.contains("is looked at ten times a second"), "{said}");
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn say(text: &str) {
    eprintln!("{text}");
}
