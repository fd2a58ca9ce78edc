use std::time::Duration;

use hookstead_pipeline::runner::Ending;

use crate::support::Machine;

#[tokio::test]
async fn a_gigabyte_fills_neither_memory_nor_disk() {
    let machine = Machine::new();
    let mut order =
        machine.order("echo begin; head -c 1073741824 /dev/zero | tr '\\0' x; echo; echo end");
    order.log_cap = 2 * 1024 * 1024;
    order.timeout = Duration::from_secs(600);
    let place = machine.start(&order).await;
    let mut peak = 0;
    let ended = tokio::select! {
        ended = machine.finish(&place) => ended,
        () = async { loop {
            peak = peak.max(runner_memory(&machine));
            tokio::time::sleep(Duration::from_millis(20)).await;
        } } => unreachable!(),
    };
    assert_eq!(ended.outcome.ending, Ending::Passed);
    assert!(ended.outcome.log_bytes < order.log_cap + 1000, "{:?}", ended.outcome);
    let whole = 1_073_741_824 + "begin\n\nend\n".len() as u64;
    assert_eq!(ended.outcome.left_out, whole - order.log_cap);
    let text = ended.text();
    assert!(text.starts_with("begin\nxxx"));
    assert!(text.contains(&format!("\nhookstead: {} bytes left out\nxxx", ended.outcome.left_out)));
    assert!(text.ends_with("xxx\nend\n"));
    assert!(peak < 64 * 1024, "{peak} KiB");
}

/// The most memory that the run's process has had, in KiB.
fn runner_memory(machine: &Machine) -> u64 {
    let runner = std::fs::read_to_string(machine.run_folder().join("runner.json")).unwrap();
    let runner: serde_json::Value = serde_json::from_str(&runner).unwrap();
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", runner["pid"])).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn bytes_that_are_no_text() {
    let machine = Machine::new();
    let ended = machine.shell("printf '\\377\\376\\000\\303(\\r\\033[31m'").await;
    assert_eq!(ended.log, b"\xff\xfe\0\xc3(\r\x1b[31m");
}

#[tokio::test]
async fn a_torrent_of_what_is_left_does_not_hold_up_the_end() {
    let machine = Machine::new();
    let mut order = machine.order("setsid yes & exit 0");
    order.log_cap = 1024 * 1024;
    let ended = machine.run(&order).await;
    assert_eq!(ended.outcome.ending, Ending::Passed);
}
