//! Processes that multiply until something ends them. That none is left is what [`Machine::finish`] asserts.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use hookstead_pipeline::runner::{
    Ending, Order, Runner as _, Sandbox, holds_processes, makes_scopes,
};

use crate::sandbox;
use crate::support::Machine;

const LIMIT: u32 = 60;

/// One process makes as many as it can.
const FORKS: &str = "while :; do sleep 1000 & done";

/// Each makes two others, in a session of its own: none has a parent or a group that all have.
const SESSIONS: &str =
    "echo 'setsid sh storm & setsid sh storm & sleep 1000' > storm; exec sh storm";

fn order(machine: &Machine, script: &str, sandbox: Sandbox) -> Order {
    let mut order = machine.order(script);
    order.sandbox = sandbox;
    order.limits.processes = Some(LIMIT);
    // It is not what ends a storm.
    order.grace = crate::support::PATIENCE;
    order
}

fn sandboxes() -> Vec<Sandbox> {
    let mut all = vec![Sandbox::None];
    all.extend(sandbox::works().then_some(Sandbox::Bubblewrap));
    all
}

async fn ends_at_the_limit(machine: &Machine, script: &str, sandbox: Sandbox) -> Vec<String> {
    let order = order(machine, script, sandbox);
    let ended = machine.run(&order).await;
    let text = ended.text();
    assert_eq!(ended.outcome.ending, Ending::Processes { limit: LIMIT }, "{text}");
    let said = "hookstead: ended as it had more than 60 processes and threads\n";
    assert!(text.ends_with(said), "{text}");
    ended.outcome.notes
}

#[tokio::test]
async fn a_storm_of_one_process_ends_at_the_limit() {
    for sandbox in sandboxes() {
        ends_at_the_limit(&Machine::new(), FORKS, sandbox).await;
    }
}

#[tokio::test]
async fn a_storm_of_sessions_ends_at_the_limit() {
    for sandbox in sandboxes() {
        let is_held = holds_processes(&sandbox);
        let notes = ends_at_the_limit(&Machine::new(), SESSIONS, sandbox).await;
        assert_eq!(notes.is_empty(), is_held, "{notes:?}");
    }
}

#[tokio::test]
async fn a_storm_that_nothing_holds_ends_too() {
    let mut machine = Machine::new();
    // Without the kernel's control groups, and so without systemd's scopes.
    let wrapper = machine.folder.path().join("hookstead");
    let hides = "mount -t tmpfs none /sys/fs/cgroup && mount -t tmpfs none /run";
    let script = format!(
        "#!/bin/sh\nexec unshare --mount sh -c '{hides} && exec {} \"$@\"' sh \"$@\"\n",
        env!("CARGO_BIN_EXE_hookstead")
    );
    fs::write(&wrapper, script).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o700)).unwrap();
    if !Command::new(&wrapper).arg("--version").output().unwrap().status.success() {
        if holds_processes(&Sandbox::None) {
            return say("control groups cannot be hidden here: left out");
        }
    } else {
        machine.runner = machine.runner.program(&wrapper);
    }
    let notes = ends_at_the_limit(&machine, SESSIONS, Sandbox::None).await;
    assert!(notes.join("\n").contains("processes are counted ten times a second"), "{notes:?}");
}

#[tokio::test]
async fn a_build_below_the_limit_notices_nothing() {
    let script = "i=0; while [ $i -lt 40 ]; do sleep 0.5 & i=$((i + 1)); done; wait; echo made $i";
    for sandbox in sandboxes() {
        let is_held = holds_processes(&sandbox);
        let machine = Machine::new();
        let ended = machine.run(&order(&machine, script, sandbox)).await;
        assert_eq!(ended.outcome.ending, Ending::Passed, "{}", ended.text());
        assert!(ended.text().ends_with("made 40\n"), "{}", ended.text());
        assert_eq!(ended.outcome.notes.is_empty(), is_held, "{:?}", ended.outcome.notes);
    }
}

/// Its processes are found by their control group, also those that nothing else marks.
#[tokio::test]
async fn a_killed_runner_leaves_its_control_group_to_be_ended() {
    if makes_scopes() || !holds_processes(&Sandbox::None) {
        return say("no control groups can be made here: left out");
    }
    let machine = Machine::new();
    let folder = machine.folder.path().display();
    // The folder stands among its words, so that the test finds it.
    let script = format!("env -i setsid sh -c 'echo ready; sleep 1000; : {folder}' & sleep 1000");
    let place = machine.start(&order(&machine, &script, Sandbox::None)).await;
    machine.until(&place, "ready").await;
    let group = fs::read_to_string(machine.run_folder().join("control_group")).unwrap();
    let runner = fs::read_to_string(machine.run_folder().join("runner.json")).unwrap();
    let pid = serde_json::from_str::<serde_json::Value>(&runner).unwrap()["pid"].to_string();
    assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    let ended = machine.finish(&place).await;
    assert!(matches!(ended.outcome.ending, Ending::Lost { .. }), "{:?}", ended.outcome);
    assert!(!std::path::Path::new(&group).exists());
    machine.runner.forget(&place).await.unwrap();
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn say(text: &str) {
    eprintln!("{text}");
}
