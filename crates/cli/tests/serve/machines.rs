use std::fs;
use std::time::{Duration, Instant};

use hookstead::types::StatusState;

use crate::git;
use crate::restarts::{begun, demo};
use crate::stage::Stage;

/// A server on the machine `one` that was lost while a build ran.
async fn lost() -> Option<(Stage, hookstead::types::Sha)> {
    if !git::is_there() {
        return None;
    }
    let mut stage = Stage::set().await;
    stage.configure(&demo("sh ./test.sh"));
    stage.start_with(&["--machine", "one"]).await;
    stage.repository.create_hook(stage.hook());
    let sha = begun(&stage).await;
    stage.kill().await;
    Some((stage, sha))
}

#[tokio::test]
async fn only_the_machine_that_had_a_build_goes_on_with_it_for_a_while() {
    let Some((mut stage, sha)) = lost().await else { return };
    // Each machine has folders of its own.
    stage.configure(&format!("work = \"of_two\"\n{}", demo("sh ./test.sh")));
    stage.start_with(&["--machine", "two"]).await;
    stage
        .until("the other machine to leave it alone", async || {
            stage.log_of_server().contains("left to the machine that began it").then_some(())
        })
        .await;
    stage.kill().await;
    stage.configure(&demo("sh ./test.sh"));
    fs::write(stage.dir.path().join("go"), "").unwrap();
    stage.start_with(&["--machine", "one"]).await;
    assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Success);
    assert_eq!(fs::read_to_string(stage.dir.path().join("starts")).unwrap(), "x\n", "it ran once");
    assert_eq!(stage.log(1).await, "begun\nended\n");
    assert_eq!(stage.build(1, "passed").await["build"]["machine"], "one");
}

#[tokio::test]
async fn then_another_machine_builds_anew() {
    let Some((mut stage, sha)) = lost().await else { return };
    // Of another machine's folders nothing is to be seen. The runner there ends as its folder is gone.
    let data = stage.dir.path().join("data");
    fs::rename(data.join("work"), data.join("lost")).unwrap();
    let began = Instant::now();
    stage.start_with(&["--machine", "two", "--lost-after", "2"]).await;
    let starts = stage.dir.path().join("starts");
    stage
        .until("the build to begin anew", async || {
            (fs::read_to_string(&starts).ok()? == "x\nx\n").then_some(())
        })
        .await;
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    fs::write(stage.dir.path().join("go"), "").unwrap();
    assert_eq!(stage.verdict(&sha, "ci/test").await.state, StatusState::Success);
    assert_eq!(stage.build(1, "passed").await["build"]["machine"], "two");
    assert!(stage.log(1).await.ends_with("begun\nended\n"), "{}", stage.log(1).await);
    assert_eq!(fs::read_to_string(starts).unwrap(), "x\nx\n", "it ran again once");
}
