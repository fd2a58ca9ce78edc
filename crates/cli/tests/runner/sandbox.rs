//! Bubblewrap, where it is installed and user namespaces are permitted.

use std::process::Command;
use std::time::Duration;

use hookstead_pipeline::runner::{CacheFolder, Ending, OrderStep, Runner as _, Sandbox};

use crate::support::Machine;

pub(crate) fn works() -> bool {
    let mut bwrap = Command::new("bwrap");
    bwrap.args(["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]);
    let works = bwrap.output().is_ok_and(|output| output.status.success());
    if !works {
        say("bubblewrap is not installed, or not permitted: left out");
    }
    works
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn say(text: &str) {
    eprintln!("{text}");
}

#[tokio::test]
async fn it_sees_its_workspace_and_the_programs_and_nothing_else() {
    if !works() {
        return;
    }
    let machine = Machine::new();
    let root = machine.folder.path();
    std::fs::create_dir_all(root.join("mirror")).unwrap();
    std::fs::write(root.join("mirror/objects"), "objects").unwrap();
    std::fs::write(root.join("key"), "private").unwrap();
    let root_text = root.display();
    let mut order = machine.order(&format!(
        "echo home=$HOME; pwd; touch made; echo kept > target/kept; touch /tmp/mine; \
         ls /tmp | grep -v '^\\.' | tr '\\n' ' '; echo; \
         cat {root_text}/mirror/objects; echo; \
         touch {root_text}/mirror/planted 2>/dev/null || echo mirror is read-only; \
         cat {root_text}/key 2>/dev/null || echo no key; \
         ls {root_text}/runs 2>/dev/null || echo no runs; \
         touch /etc/planted 2>/dev/null || echo etc is read-only; \
         touch /usr/planted 2>/dev/null || echo usr is read-only; \
         ls /etc/shadow /root /home /var/lib 2>/dev/null | head -1; \
         printf 'processes: '; ls -d /proc/[0-9]* | wc -l; \
         cut -d: -f1 /proc/net/dev | tail -n +3 | tr -d ' '"
    ));
    order.sandbox = Sandbox::Bubblewrap;
    order.network = false;
    order.secrets.insert("KEY", "hunter2!");
    order.read_only.push(root.join("mirror"));
    order.caches.push(CacheFolder { kept: root.join("kept"), shown: "target".into() });
    let ended = machine.run(&order).await;
    let text = ended.text();
    let workspace = machine.workspace().display().to_string();
    assert!(text.starts_with(&format!("home={workspace}\n{workspace}\n")), "{text}");
    for line in [
        "objects",
        "mirror is read-only",
        "no key",
        "no runs",
        "etc is read-only",
        "usr is read-only",
        "lo",
    ] {
        assert!(text.lines().any(|one| one == line), "{line:?} of {text}");
    }
    let processes = text.lines().find_map(|line| line.strip_prefix("processes: "));
    assert!(processes.unwrap().trim().parse::<u32>().unwrap() < 10, "{text}");
    assert!(machine.workspace().join("made").exists());
    assert!(root.join("kept/kept").exists());
    assert!(!std::path::Path::new("/tmp/mine").exists(), "its own /tmp");
    assert!(!machine.run_folder().join("tmp").exists(), "removed at the end");
}

#[tokio::test]
async fn its_processes_are_asked_and_then_ended_all_together() {
    if !works() {
        return;
    }
    let machine = Machine::new();
    let mut order = machine.order(
        "setsid sleep 1000 & (trap '' TERM; while :; do sleep 0.01 || :; done) & \
         trap 'echo asked; exit' TERM; echo ready; while :; do sleep 0.01 || :; done",
    );
    order.sandbox = Sandbox::Bubblewrap;
    let place = machine.start(&order).await;
    machine.until(&place, "ready").await;
    machine.runner.cancel(&place).await.unwrap();
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending, Ending::Canceled);
    assert!(ended.text().contains("asked\n"), "{}", ended.text());
}

#[tokio::test]
async fn a_killed_runner_takes_the_sandbox_along() {
    if !works() {
        return;
    }
    let machine = Machine::new();
    // Without the variable by which they could be found.
    let script = "exec env -i sh -c 'setsid sleep 1000 & echo ready; sleep 1000'";
    let mut order = machine.order(script);
    order.sandbox = Sandbox::Bubblewrap;
    let place = machine.start(&order).await;
    machine.until(&place, "ready").await;
    let runner = std::fs::read_to_string(machine.run_folder().join("runner.json")).unwrap();
    let pid = serde_json::from_str::<serde_json::Value>(&runner).unwrap()["pid"].to_string();
    assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    let ended = machine.finish(&place).await;
    assert!(matches!(ended.outcome.ending, Ending::Lost { .. }), "{:?}", ended.outcome);
}

#[tokio::test]
async fn exit_codes_and_toolchains_come_through() {
    if !works() {
        return;
    }
    let machine = Machine::new();
    let mut order = machine.order("");
    order.steps = vec![
        OrderStep::shell("rust", "if command -v rustc; then rustc --version; fi"),
        OrderStep::program("fails", ["sh", "-c", "exit 9"]),
    ];
    order.silence = Duration::from_secs(60);
    order.sandbox = Sandbox::Bubblewrap;
    let ended = machine.run(&order).await;
    let expected = Ending::Exited { step: "fails".to_owned(), code: 9 };
    assert_eq!(ended.outcome.ending, expected, "{}", ended.text());
}

/// A folder that has only these programs; one of its own is called `bwrap`, if there is a script for it.
fn path_with(machine: &Machine, bwrap: Option<&str>) -> String {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = machine.folder.path().join("bin");
    std::fs::create_dir(&folder).unwrap();
    symlink("/bin/sh", folder.join("sh")).unwrap();
    if let Some(script) = bwrap {
        let path = folder.join("bwrap");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_machine_that_can_make_no_sandbox_is_no_fault_of_the_code_s() {
    let refusal = "echo 'bwrap: No permissions to create new namespace' >&2; exit 1";
    for (bwrap, expected) in [
        (None, "program not found: bwrap"),
        (Some(refusal), "no sandbox can be made: bwrap: No permissions to create new namespace"),
    ] {
        let machine = Machine::new();
        let mut order = machine.order("echo never");
        order.environment.insert("PATH".to_owned(), path_with(&machine, bwrap));
        order.sandbox = Sandbox::Bubblewrap;
        // With limits another program stands before bubblewrap.
        order.limits.processes = bwrap.map(|_| 100);
        let ended = machine.run(&order).await;
        assert_eq!(ended.outcome.ending, Ending::CouldNotStart { reason: expected.to_owned() });
        assert!(!ended.text().contains("never"), "{}", ended.text());
    }
}
