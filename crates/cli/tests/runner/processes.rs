//! Processes that do not want to end. That none is left is what [`Machine::finish`] asserts.

use std::time::{Duration, Instant};

use hookstead_pipeline::runner::{Ending, OrderStep, Runner as _};

use crate::support::{Machine, PATIENCE, eventually};

#[tokio::test]
async fn a_daemon_that_leaves_its_group_and_session() {
    let machine = Machine::new();
    let script = "setsid sh -c 'setsid sleep 1000 & setsid sleep 1000 & exec sleep 1000' & exit 0";
    let began = Instant::now();
    let ended = machine.shell(script).await;
    assert_eq!(ended.outcome.ending, Ending::Passed);
    // The group's members alone are waited for, and there are none.
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(ended.outcome.notes.is_empty(), "{:?}", ended.outcome.notes);
}

#[tokio::test]
async fn a_command_that_ends_at_once_and_leaves_a_daemon_in_its_group() {
    let machine = Machine::new();
    let mut order = machine.order(
        "(trap 'echo asked; exit' TERM; echo ready > ready; while :; do sleep 0.01 || :; done) & \
         until [ -e ready ]; do sleep 0.01; done; exit 3",
    );
    order.grace = PATIENCE;
    let ended = machine.run(&order).await;
    assert_eq!(ended.outcome.ending, Ending::Exited { step: "run".to_owned(), code: 3 });
    assert!(ended.text().ends_with("asked\n"), "{}", ended.text());
}

#[tokio::test]
async fn a_daemon_of_one_step_serves_the_next() {
    let machine = Machine::new();
    let mut order = machine.order("");
    order.steps = vec![
        OrderStep::shell(
            "start",
            "setsid sh -c 'until [ -e question ]; do sleep 0.01; done; echo 42 > answer; sleep 1000' &",
        ),
        OrderStep::shell(
            "use",
            "touch question; until [ -s answer ]; do sleep 0.01; done; cat answer",
        ),
    ];
    let ended = machine.run(&order).await;
    assert_eq!(ended.outcome.ending, Ending::Passed);
    assert!(ended.text().ends_with("42\n"), "{}", ended.text());
}

#[tokio::test]
async fn a_process_that_ignores_term() {
    let machine = Machine::new();
    let place = machine
        .start(&machine.order("trap '' TERM HUP INT; echo deaf; while :; do sleep 0.01; done"))
        .await;
    machine.until(&place, "deaf").await;
    machine.runner.cancel(&place).await.unwrap();
    assert_eq!(machine.finish(&place).await.outcome.ending, Ending::Canceled);
}

#[tokio::test]
async fn a_process_that_is_stopped() {
    let machine = Machine::new();
    let script = "trap 'echo asked; exit' TERM; sh -c 'kill -STOP $PPID' || :; sleep 1000 || :";
    let mut order = machine.order(script);
    order.grace = PATIENCE;
    let place = machine.start(&order).await;
    let is_stopped = |pid: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" T"))
    };
    eventually("a stop", || machine.processes().iter().any(is_stopped)).await;
    machine.runner.cancel(&place).await.unwrap();
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending, Ending::Canceled);
    assert_eq!(ended.text(), "asked\nhookstead: canceled\n");
}

/// Forty chains of processes, each of which lives for a moment and makes the next, in a session of its own:
/// none is there any more when a list of processes is read to its end.
#[tokio::test]
async fn a_fork_storm() {
    let machine = Machine::new();
    std::fs::write(
        machine.workspace().join("storm"),
        "[ -e begun ] || echo storm > begun\nexec setsid sh -c 'sh storm &'\n",
    )
    .unwrap();
    let script = "i=0; while [ $i -lt 40 ]; do sh storm & i=$((i + 1)); done; wait; sleep 1000";
    let place = machine.start(&machine.order(&format!("echo ready; {script}"))).await;
    machine.until(&place, "ready").await;
    eventually("a storm", || machine.workspace().join("begun").exists()).await;
    machine.runner.cancel(&place).await.unwrap();
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending, Ending::Canceled);
    assert!(ended.outcome.notes.is_empty(), "{:?}", ended.outcome.notes);
}

/// Processes of one group that make others as quickly as they can, as many as a limit allows.
#[tokio::test]
async fn a_storm_in_one_group() {
    let machine = Machine::new();
    let script = "echo ready; i=0; while [ $i -lt 60 ]; do \
        sh -c 'while :; do sh -c : & sh -c : & wait; done' & i=$((i + 1)); done; wait";
    let place = machine.start(&machine.order(script)).await;
    machine.until(&place, "ready").await;
    machine.runner.cancel(&place).await.unwrap();
    assert_eq!(machine.finish(&place).await.outcome.ending, Ending::Canceled);
}

#[tokio::test]
async fn a_process_that_closes_and_passes_on_its_output() {
    let machine = Machine::new();
    // The daemon keeps the pipe open, and the command closes it: neither end of the output is the end.
    let ended =
        machine.shell("setsid sleep 1000 & echo before; exec >&- 2>&-; sleep 0.2; exit 4").await;
    assert_eq!(ended.outcome.ending, Ending::Exited { step: "run".to_owned(), code: 4 });
    assert_eq!(ended.text(), "before\n");
}

#[tokio::test]
async fn what_cannot_be_limited_is_said() {
    let machine = Machine::new();
    let mut order =
        machine.order("ulimit -d; head -c 400000000 /dev/zero | tail -c 400000000 | wc -c");
    order.limits.memory = Some(64 * 1024 * 1024);
    order.limits.cpu_percent = Some(100);
    let ended = machine.run(&order).await;
    let notes = ended.outcome.notes.join("\n");
    // Where systemd makes scopes all of it holds, and nothing is said.
    if notes.is_empty() {
        assert!(!ended.text().contains("400000000\n"), "{}", ended.text());
    } else {
        assert!(
            notes.contains("for each process by itself") && notes.contains("processor time"),
            "{notes}"
        );
        assert!(ended.text().contains("hookstead: the limit of memory holds"), "{}", ended.text());
        assert!(ended.text().contains("\n65536\n"), "{}", ended.text());
        assert!(!ended.text().contains("400000000\n"), "{}", ended.text());
    }
}
