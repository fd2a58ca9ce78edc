//! What a new user does wrong, and what is said of it.

use std::fs;

use hookstead_testkit::{FakeCommit, FakePullRequest};

use crate::git;
use crate::stage::Stage;

const DEMO: &str = "
[projects.demo]
repo = \"octocat/hello-world\"
[projects.demo.jobs.test]
run = \"true\"
";

#[tokio::test]
async fn mistakes_are_said_in_a_sentence() {
    let stage = Stage::set().await;
    stage.configure(DEMO);
    let right = fs::read_to_string(stage.config()).unwrap();
    let write = |name: &str, from: &str, to: &str| {
        assert!(right.contains(from), "{from}");
        fs::write(stage.dir.path().join(name), right.replace(from, to)).unwrap();
    };
    write("file.toml", "data = \"data\"", "data = \"pipeline.toml\"");
    write("secret.toml", "\"TOKEN\"", "\"NOT_SET\"");
    // What stands there is no URL.
    let chat = "[notifiers]\nodd = { post = { env = \"BUILD_SECRET\" } }\n[projects.demo]\n";
    write("chat.toml", "[projects.demo]\n", chat);
    let (url, busy) = (stage.url.clone(), stage.github.api_url());
    let busy_port =
        right.replace(url.trim_start_matches("http://"), busy.trim_start_matches("http://"));
    fs::write(stage.dir.path().join("port.toml"), busy_port).unwrap();
    fs::write(stage.dir.path().join("no.json"), "[]").unwrap();
    for (arguments, code, said) in [
        // Before a server has made its database.
        (&["build", "demo/main"][..], 1, "is not there, so no server has run with this config"),
        (&["serve", "none.toml"], 1, "none.toml cannot be read"),
        (&["serve", "file.toml"], 1, "which is `data` in the config: "),
        (&["serve", "secret.toml"], 1, "`token`: the environment variable NOT_SET is not set"),
        (&["serve", "chat.toml"], 1, "`notifiers.odd.post`: the base URL is unusable"),
        (&["setup", "secret.toml"], 1, "`token`: the environment variable NOT_SET is not set"),
        (&["serve", "port.toml"], 1, "cannot listen at"),
        (&["build", "demo"], 2, "demo says no branch; say for instance demo/main."),
        (&["build", "octocat/hello-world"], 2, "say for instance demo/main."),
        (&["build", "other/main"], 2, "whose projects are: demo."),
        (&["build", "--job", "tset", "demo/main"], 2, "demo has no job tset; its jobs are: test."),
        (&["plan", "none.json"], 1, "none.json cannot be read"),
        (&["plan", "no.json"], 1, "no.json holds no delivery."),
        (&["check", "."], 1, "cannot be read"),
    ] {
        let all = [&["pipeline"], arguments].concat();
        let output = stage.program(&all).output().await.unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
    }
    // A sample is of the repository that the config has.
    let output =
        stage.program(&["pipeline", "plan", "pull_request.opened"]).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("octocat/hello-world\n  demo/test runs: "), "{said}");
}

#[tokio::test]
async fn what_matchers_find_is_said_without_check_runs_too() {
    if !git::is_there() {
        return;
    }
    let stage = Stage::new(
        &format!("{DEMO}matchers = ['^(?<file>[^:]+):(?<line>[0-9]+): (?<message>.+)$']\n")
            .replace("run = \"true\"", "run = \"sh ./test.sh\""),
    )
    .await;
    let script = "echo 'src/a.c:12: unused'; echo 'src/b.c:7: wrong'; exit 1\n";
    let sha = stage.repository.commit("topic", FakeCommit::new("Break").file("test.sh", script));
    stage.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    let text = stage.verdict(&sha, "ci/test").await.description.unwrap();
    assert!(text.ends_with("step run exited with 1; src/a.c:12: unused"), "{text}");
    let entry = stage
        .until("the journal to tell", async || {
            let journal = stage.json("/journal.json?build=1").await;
            let texts =
                journal["entries"].as_array().unwrap().iter().filter_map(|it| it["text"].as_str());
            texts.map(str::to_owned).find(|it| it.starts_with("found "))
        })
        .await;
    assert_eq!(entry, "found 2 problems:\nsrc/a.c:12: unused\nsrc/b.c:7: wrong");
}

#[tokio::test]
async fn the_journal_says_why_nothing_came_of_what_cannot_be_read() {
    let stage = Stage::new(DEMO).await;
    let payload = r#"{"repository": {"full_name": "octocat/hello-world", "name": "hello-world"}}"#;
    fs::write(stage.dir.path().join("push.json"), payload).unwrap();
    let to = format!("{}/event_handler", stage.url);
    let arguments = ["deliver", "push.json", "--id", "72d3162e-cc78-11e3-81ab-4c9367dc0958"];
    let output = stage.program(&arguments).args(["--to", &to]).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let entries = stage
        .until("the journal", async || {
            let journal = stage.json("/journal.json?delivery=72d3162e-cc78-11e3-81ab-4c9367dc0958");
            let entries = journal.await["entries"].as_array().cloned()?;
            (entries.len() == 2).then_some(entries)
        })
        .await;
    assert_eq!(entries[1]["text"], "push of octocat/hello-world");
    let because = entries[0]["text"].as_str().unwrap();
    assert!(because.starts_with("nothing, because it cannot be read: push: "), "{because}");
    assert_eq!(entries[0]["project"], "demo");
}
