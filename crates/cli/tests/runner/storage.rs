use hookstead_pipeline::runner::{CacheFolder, Ending, Progress, Runner as _};

use crate::support::Machine;

#[tokio::test]
async fn a_build_that_deletes_its_workspace() {
    let machine = Machine::new();
    let ended = machine.shell("rm -rf \"$PWD\"; echo gone; exit 2").await;
    assert_eq!(ended.outcome.ending, Ending::Exited { step: "run".to_owned(), code: 2 });
    assert_eq!(ended.text(), "gone\n");
    assert!(!machine.workspace().exists());
}

#[tokio::test]
async fn a_build_that_deletes_the_folder_of_its_run() {
    let machine = Machine::new();
    let script =
        format!("rm -rf {}; setsid sleep 1000", machine.folder.path().join("runs").display());
    let place = machine.start(&machine.order(&script)).await;
    let ended = loop {
        if let Progress::Ended(outcome) = machine.runner.follow(&place, 0).await.unwrap() {
            break outcome;
        }
    };
    // Which of its files were gone first decides on the words.
    assert!(matches!(ended.ending, Ending::Lost { .. }), "{ended:?}");
    machine.assert_nothing_is_left();
}

#[tokio::test]
async fn caches_are_kept_from_one_build_to_the_next() {
    let machine = Machine::new();
    let kept = machine.folder.path().join("kept");
    let mut order = machine.order("cat target/count; echo more >> target/count");
    order.steps[0].command = hookstead_pipeline::runner::StepCommand::Shell(
        "cat target/count || true; echo more >> target/count".to_owned(),
    );
    order.caches.push(CacheFolder { kept: kept.clone(), shown: "target".into() });
    for name in ["one", "two", "three"] {
        let place = machine.runner.start(name, &order).await.unwrap();
        machine.finish(&place).await;
    }
    assert_eq!(std::fs::read_to_string(kept.join("count")).unwrap(), "more\nmore\nmore\n");
}

/// The folder of the run lies on a disk of 2 MiB, which the build fills; where mounting is permitted.
#[tokio::test]
async fn a_full_disk_loses_the_log_and_not_the_outcome() {
    let machine = Machine::new();
    let disk = machine.folder.path().join("runs");
    std::fs::create_dir(&disk).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
        .arg(&disk)
        .output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        say("a small disk cannot be mounted: left out");
        return;
    }
    let script = format!(
        "echo before; until grep -q before {0}/build/log; do sleep 0.01; done; dd if=/dev/zero of={0}/fill bs=4096 2>&1 | grep -o 'No space left.*'; \
                          echo after; exit 6",
        disk.display()
    );
    let place = machine.start(&machine.order(&script)).await;
    let ended = machine.finish(&place).await;
    let unmounted = std::process::Command::new("umount").arg("-l").arg(&disk).status().unwrap();
    assert!(unmounted.success());
    assert_eq!(ended.outcome.ending, Ending::Exited { step: "run".to_owned(), code: 6 });
    // The file's first page has room; how much more depends on the disk.
    assert!(ended.text().starts_with("before\n"), "{}", ended.text());
    assert_eq!(ended.outcome.steps.len(), 1);
}

#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn say(text: &str) {
    eprintln!("{text}");
}
