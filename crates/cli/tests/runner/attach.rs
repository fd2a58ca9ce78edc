//! The server is killed, comes back, or does not.

use std::process::{Command, Stdio};
use std::time::Duration;

use hookstead_pipeline::runner::{Ending, LocalRunner, Place, Progress, Runner as _};

use crate::support::{Machine, eventually};

fn runner_pid(machine: &Machine) -> i32 {
    let runner = std::fs::read_to_string(machine.run_folder().join("runner.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&runner).unwrap()["pid"].as_i64().unwrap() as i32
}

fn send(signal: &str, pid: i32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn another_server_goes_on_with_the_same_run() {
    let machine = Machine::new();
    let order = machine.order("echo one; until [ -e go ]; do sleep 0.01; done; echo two; exit 5");
    let place = machine.start(&order).await;
    machine.until(&place, "one").await;

    // All that the other one has is the place, out of the database.
    let kept: Place = serde_json::from_str(&serde_json::to_string(&place).unwrap()).unwrap();
    let other = LocalRunner::new(machine.folder.path().join("runs"));
    assert_eq!(other.start("build", &order).await.unwrap(), kept);
    std::fs::write(machine.workspace().join("go"), "").unwrap();
    let mut log = Vec::new();
    let outcome = loop {
        match other.follow(&kept, log.len() as u64).await.unwrap() {
            Progress::Log(bytes) => log.extend(bytes),
            Progress::Ended(outcome) => break outcome,
            _ => {}
        }
    };
    assert_eq!(log, b"one\ntwo\n");
    assert_eq!(outcome.ending, Ending::Exited { step: "run".to_owned(), code: 5 });
    machine.assert_nothing_is_left();
}

/// A server of its own, in a session that it shares with nobody, starts a run and is killed with its group.
#[tokio::test]
async fn the_death_of_the_server_does_not_take_the_run_along() {
    let machine = Machine::new();
    let order = machine.order("echo one; until [ -e go ]; do sleep 0.01; done; echo two");
    let place = machine.start(&order).await;
    machine.until(&place, "one").await;
    // Neither its group nor its session is that of the server.
    let pid = runner_pid(&machine);
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    assert_eq!(fields[2..4], [pid.to_string(), pid.to_string()]);
    // A terminal that goes away and Ctrl-C go to the server's group alone.
    std::fs::write(machine.workspace().join("go"), "").unwrap();
    assert_eq!(machine.finish(&place).await.text(), "one\ntwo\n");
}

#[tokio::test]
async fn a_killed_runner_is_a_lost_run_and_leaves_nothing() {
    let machine = Machine::new();
    let script = "setsid sleep 1000 & echo one; exec sleep 1000";
    let place = machine.start(&machine.order(script)).await;
    machine.until(&place, "one").await;
    send("-KILL", runner_pid(&machine));
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending.to_string(), "lost: the runner ended without an outcome");
    assert_eq!(ended.text(), "one\n");
    assert_eq!(machine.finish(&place).await.outcome, ended.outcome, "it stays lost");
}

/// Its commands can stop it, and so can whoever presses Ctrl-Z.
#[tokio::test]
async fn a_stopped_runner_goes_on_and_keeps_its_deadline() {
    let machine = Machine::new();
    let mut order = machine.order("echo one; exec sleep 1000");
    order.timeout = Duration::from_secs(2);
    let place = machine.start(&order).await;
    machine.until(&place, "one").await;
    send("-STOP", runner_pid(&machine));
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending, Ending::Deadline { after: order.timeout });
}

#[tokio::test]
async fn a_runner_that_is_asked_to_end_ends_its_commands() {
    let machine = Machine::new();
    let place = machine.start(&machine.order("setsid sleep 1000 & echo one; sleep 1000")).await;
    machine.until(&place, "one").await;
    send("-TERM", runner_pid(&machine));
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending.to_string(), "lost: the runner was ended by the signal TERM");
}

#[tokio::test]
async fn a_run_that_nobody_follows_ends_itself() {
    let mut machine = Machine::new();
    machine.runner = machine.runner.abandoned_after(Duration::from_millis(1500));
    let order = machine.order("echo one; exec sleep 1000");
    let place = machine.start(&order).await;
    machine.until(&place, "one").await;
    // Who follows keeps it alive, however long.
    let quiet = machine.runner.follow(&place, 4).await.unwrap();
    assert_eq!(quiet, Progress::Quiet);

    eventually("its end", || machine.processes().is_empty()).await;
    let ended = machine.finish(&place).await;
    let expected = "lost: no server has followed the run for too long";
    assert_eq!(ended.outcome.ending.to_string(), expected);
}

#[tokio::test]
async fn a_cancel_that_comes_before_the_process_is_obeyed() {
    let machine = Machine::new();
    let order = machine.order("echo begun; sleep 1000");
    std::fs::create_dir_all(machine.run_folder()).unwrap();
    let place = Place::new(machine.run_folder().to_string_lossy());
    machine.runner.cancel(&place).await.unwrap();
    assert_eq!(machine.start(&order).await, place);
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending, Ending::Canceled);
    assert!(ended.outcome.steps.is_empty());
}

#[tokio::test]
async fn a_program_that_cannot_be_the_runner() {
    let machine = Machine::new();
    let runner = machine.runner.clone().program("/no/such/program");
    let error = runner.start("build", &machine.order("true")).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot start the process of the run");
    let runner = machine.runner.clone().program("false");
    let error = runner.start("build", &machine.order("true")).await.unwrap_err();
    assert_eq!(error.to_string(), "the process of the run did not begin");
    // The same name can be started once there is a program.
    let ended = machine.shell("echo begun").await;
    assert_eq!(ended.text(), "begun\n");

    let mut command = Command::new(env!("CARGO_BIN_EXE_hookstead"));
    let output = command.args(["run", "/no/such/folder"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("cannot find the folder of the run: No such file"), "{said}");
}
