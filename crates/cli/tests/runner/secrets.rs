use std::time::Duration;

use hookstead_pipeline::runner::{Ending, Runner as _};

use crate::support::{Machine, eventually};

const SECRET: &str = "s3cr3t/with+signs & spaces";

#[tokio::test]
async fn over_chunk_borders_and_encoded() {
    let machine = Machine::new();
    let mut order = machine.order(
        "printf '%s' \"$KEY\"; echo; \
         printf '%s' \"$KEY\" | base64; printf 'user:%s' \"$KEY\" | base64; \
         printf '%s' \"$KEY\" | cut -c1-9 | tr -d '\\n'; sleep 0.2; printf '%s' \"$KEY\" | cut -c10-; \
         echo 's3cr3t%2Fwith%2Bsigns%20%26%20spaces'; echo 's3cr3t%2fwith%2bsigns+%26+spaces'; \
         echo \"$FILE\" | sed -n 2p; echo \"$SHORT\"",
    );
    order.secrets.insert("KEY", SECRET);
    order.secrets.insert("FILE", "-----BEGIN-----\nc2Vjb25kIGxpbmU=\n-----END-----\n");
    order.secrets.insert("SHORT", "12345");
    let ended = machine.run(&order).await;
    assert_eq!(ended.outcome.ending, Ending::Passed);
    let lines: Vec<String> = ended.text().lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "***");
    assert!(lines[1].starts_with("***") && lines[1].len() <= 7, "{}", lines[1]);
    assert!(
        lines[2].starts_with("dXNlcj") && lines[2].contains("***") && lines[2].len() <= 16,
        "{}",
        lines[2]
    );
    assert_eq!(lines[3..], ["***", "***", "***", "***", "12345"]);
}

#[tokio::test]
async fn what_may_be_the_beginning_of_a_secret_does_not_wait_for_ever() {
    let machine = Machine::new();
    let mut order = machine.order("printf 'password? s'; until [ -e go ]; do sleep 0.01; done");
    order.secrets.insert("KEY", SECRET);
    let place = machine.start(&order).await;
    machine.until(&place, "password? s").await;
    std::fs::write(machine.workspace().join("go"), "").unwrap();
    machine.finish(&place).await;
}

/// What a build can read of the run's process and its folder holds no secret. (Root reads everything; for all
/// others the process' files belong to root.)
#[tokio::test]
async fn neither_files_nor_the_environment_of_the_runner_hold_them() {
    let machine = Machine::new();
    let mut order = machine.order(
        "echo ready; until [ -e go ]; do sleep 0.01; done; \
         tr '\\0' '\\n' < /proc/$PPID/environ | cut -d= -f1 | tr '\\n' ' '; \
         if tr '\\0' '\\n' < /proc/$PPID/cmdline | grep -qF \"$KEY\"; then echo argv; fi",
    );
    order.secrets.insert("KEY", SECRET);
    let place = machine.start(&order).await;
    machine.until(&place, "ready").await;
    for entry in std::fs::read_dir(machine.run_folder()).unwrap().flatten() {
        let content = std::fs::read(entry.path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&content).contains(SECRET), "{:?}", entry.path());
    }
    let runner = std::fs::read_to_string(machine.run_folder().join("runner.json")).unwrap();
    let runner: serde_json::Value = serde_json::from_str(&runner).unwrap();
    let environ = std::fs::metadata(format!("/proc/{}/environ", runner["pid"])).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&environ), 0, "no longer its user's");
    std::fs::write(machine.workspace().join("go"), "").unwrap();
    let text = machine.finish(&place).await.text();
    assert!(!text.contains("KEY") && !text.contains("argv"), "{text}");
}

/// The server was killed between making the process and giving it the secrets.
#[tokio::test]
async fn secrets_that_do_not_arrive_are_a_lost_run() {
    let machine = Machine::new();
    let mut order = machine.order("echo \"$KEY\"");
    order.secrets.insert("KEY", SECRET);
    let place = machine.start(&order).await;
    machine.finish(&place).await;
    for name in ["runner.json", "exit.json", "log"] {
        std::fs::remove_file(machine.run_folder().join(name)).unwrap();
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hookstead"));
    let status =
        command.arg("run").arg(machine.run_folder()).stdin(std::process::Stdio::null()).status();
    assert!(status.unwrap().success());
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending.to_string(), "lost: the secrets did not reach the runner");
    assert!(ended.outcome.ending.may_be_retried());
}

/// Somebody who looks at the list of processes sees no secrets.
#[tokio::test]
async fn no_argument_holds_them() {
    let machine = Machine::new();
    let mut order = machine.order("echo ready; until [ -e go ]; do sleep 0.01; done");
    order.secrets.insert("KEY", SECRET);
    order.silence = Duration::from_secs(60);
    let place = machine.start(&order).await;
    machine.until(&place, "ready").await;
    eventually("processes", || !machine.processes().is_empty()).await;
    for pid in machine.processes() {
        let cmdline = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&cmdline).contains(SECRET));
    }
    machine.runner.cancel(&place).await.unwrap();
    machine.finish(&place).await;
}
