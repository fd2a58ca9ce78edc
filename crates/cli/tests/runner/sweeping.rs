//! Runs that nobody comes back to are found by their names, and ended.

use hookstead_pipeline::runner::{Ending, Runner as _};

use crate::support::{Machine, PATIENCE, eventually};

#[tokio::test]
async fn a_run_is_found_by_its_name_and_is_not_started_twice() {
    let machine = Machine::new();
    assert_eq!(machine.runner.find("build").await.unwrap(), None);
    assert_eq!(machine.runner.names().await.unwrap(), [""; 0]);
    let order = machine.order("echo one; until [ -e go ]; do sleep 0.01; done");
    let place = machine.start(&order).await;
    assert_eq!(machine.runner.find("build").await.unwrap(), Some(place.clone()));
    assert_eq!(machine.runner.names().await.unwrap(), ["build"]);
    std::fs::write(machine.workspace().join("go"), "").unwrap();
    machine.finish(&place).await;
    assert_eq!(machine.runner.find("build").await.unwrap(), Some(place.clone()), "it has ended");
    machine.runner.forget(&place).await.unwrap();
    assert_eq!(machine.runner.find("build").await.unwrap(), None);
}

#[tokio::test]
async fn finding_it_keeps_a_run_alive() {
    let machine = Machine::new();
    let limit = std::time::Duration::from_secs(3);
    let runner = machine.runner.clone().abandoned_after(limit);
    let order = machine.order("sleep 6; echo done");
    let place = runner.start("build", &order).await.unwrap();
    let began = std::time::Instant::now();
    let exit = machine.run_folder().join("exit.json");
    while !exit.exists() {
        assert!(began.elapsed() < PATIENCE);
        runner.find("build").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(machine.finish(&place).await.outcome.ending, Ending::Passed);
}

#[tokio::test]
async fn what_is_discarded_ends_and_leaves_nothing() {
    let machine = Machine::new();
    assert!(machine.runner.discard("build").await.unwrap(), "there is none");
    let place = machine.start(&machine.order("echo one; sleep 1000")).await;
    machine.until(&place, "one").await;
    assert!(!machine.runner.discard("build").await.unwrap(), "it is asked to end");
    let exit = machine.run_folder().join("exit.json");
    eventually("its end", || exit.exists()).await;
    assert!(machine.runner.discard("build").await.unwrap());
    assert!(!machine.run_folder().exists());
    machine.assert_nothing_is_left();
}

/// Its process was killed, and its commands are nobody's.
#[tokio::test]
async fn what_a_killed_run_has_left_is_ended_too() {
    let machine = Machine::new();
    let place = machine.start(&machine.order("echo one; sleep 1000")).await;
    machine.until(&place, "one").await;
    let claim = std::fs::read_to_string(machine.run_folder().join("runner.json")).unwrap();
    let claim: serde_json::Value = serde_json::from_str(&claim).unwrap();
    let pid = claim["pid"].to_string();
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    let process = std::path::PathBuf::from(format!("/proc/{pid}/exe"));
    eventually("the end of the process", || std::fs::read_link(&process).is_err()).await;
    let commands = machine.processes();
    assert!(!commands.is_empty(), "its commands go on");
    assert!(machine.runner.discard("build").await.unwrap());
    assert!(!machine.run_folder().exists());
    eventually("the end of the commands", || {
        commands.iter().all(|pid| std::fs::read_link(format!("/proc/{pid}/exe")).is_err())
    })
    .await;
}
