use std::time::{Duration, Instant};

use hookstead_pipeline::runner::{Ending, OrderStep, Progress, Runner as _};

use crate::support::Machine;

#[tokio::test]
async fn steps_one_after_the_other_until_one_fails() {
    let machine = Machine::new();
    let mut order = machine.order("");
    order.steps = vec![
        OrderStep::shell("build", "echo one; echo two >&2"),
        OrderStep::program("test", ["sh", "-c", "echo \"$1\"; exit 7", "sh", "a  b"]),
        OrderStep::shell("never", "echo never"),
    ];
    let ended = machine.run(&order).await;
    assert_eq!(ended.outcome.ending, Ending::Exited { step: "test".to_owned(), code: 7 });
    assert_eq!(ended.text(), "hookstead: step build\none\ntwo\nhookstead: step test\na  b\n");
    let steps: Vec<_> =
        ended.outcome.steps.iter().map(|step| (step.name.as_str(), step.exit_code)).collect();
    assert_eq!(steps, [("build", Some(0)), ("test", Some(7))]);
}

#[tokio::test]
async fn a_clean_environment_and_no_input() {
    let machine = Machine::new();
    let mut order = machine.order("env | sort; cat; umask; pwd");
    order.environment.insert("SHA".to_owned(), "6dcb09b5".to_owned());
    order.path.push("/my/bin".into());
    let ended = machine.run(&order).await;
    assert_eq!(ended.outcome.ending, Ending::Passed);
    let text = ended.text();
    let names: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert_eq!(
        names,
        ["CI", "CLICOLOR_FORCE", "HOME", "HOOKSTEAD_RUN", "LANG", "PATH", "PWD", "SHA"]
    );
    assert!(text.contains("PATH=/my/bin:"), "{text}");
    assert!(text.ends_with(&format!("0077\n{}\n", machine.workspace().display())), "{text}");
}

#[tokio::test]
async fn what_cannot_be_started() {
    for (words, reason) in [
        (vec!["no-such-program", "x"], "program not found: no-such-program"),
        (vec!["/etc/passwd"], "/etc/passwd: Permission denied (os error 13)"),
        (vec![], "the step has no command"),
    ] {
        let machine = Machine::new();
        let mut order = machine.order("");
        order.steps = vec![OrderStep::program("run", words)];
        let ended = machine.run(&order).await;
        assert_eq!(ended.outcome.ending, Ending::CouldNotStart { reason: reason.to_owned() });
        assert_eq!(ended.text(), format!("hookstead: could not start: {reason}\n"));
    }
}

#[tokio::test]
async fn starting_twice_runs_once() {
    let machine = Machine::new();
    let order = machine.order("echo begun >> count; sleep 0.1");
    let (one, two) = tokio::join!(machine.start(&order), machine.start(&order));
    assert_eq!(one, two);
    machine.finish(&one).await;
    assert_eq!(machine.start(&order).await, one);
    let again = machine.finish(&one).await;
    assert_eq!(again.outcome.ending, Ending::Passed);
    assert_eq!(std::fs::read_to_string(machine.workspace().join("count")).unwrap(), "begun\n");

    machine.runner.forget(&one).await.unwrap();
    assert!(!machine.run_folder().exists());
    machine.runner.forget(&one).await.unwrap();
}

#[tokio::test]
async fn the_log_is_followed_live_from_any_offset() {
    let machine = Machine::new();
    let go = machine.workspace().join("go");
    let place = machine
        .start(&machine.order("printf 'first '; until [ -e go ]; do sleep 0.01; done; echo second"))
        .await;
    machine.until(&place, "first ").await;
    std::fs::write(go, "").unwrap();
    assert_eq!(machine.finish(&place).await.text(), "first second\n");
    let rest = machine.runner.follow(&place, 6).await.unwrap();
    assert_eq!(rest, Progress::Log(b"second\n".to_vec()));
}

#[tokio::test]
async fn deadline_silence_and_cancel() {
    let machine = Machine::new();
    let mut order = machine.order("while true; do echo alive; sleep 0.05; done");
    order.timeout = Duration::from_millis(600);
    order.silence = Duration::from_secs(60);
    let ended = machine.run(&order).await;
    assert_eq!(ended.outcome.ending, Ending::Deadline { after: order.timeout });
    assert!(ended.text().ends_with("alive\nhookstead: ended after 600 ms\n"), "{}", ended.text());

    let machine = Machine::new();
    let mut order = machine.order("echo a word; sleep 1000");
    order.silence = Duration::from_millis(300);
    let ended = machine.run(&order).await;
    assert_eq!(ended.outcome.ending, Ending::Silence { after: order.silence });

    let machine = Machine::new();
    let place = machine.start(&machine.order("echo begun; sleep 1000")).await;
    machine.until(&place, "begun").await;
    assert!(machine.runner.forget(&place).await.is_err(), "it runs");
    machine.runner.cancel(&place).await.unwrap();
    let asked = Instant::now();
    let ended = machine.finish(&place).await;
    assert_eq!(ended.outcome.ending, Ending::Canceled);
    assert!(asked.elapsed() < Duration::from_secs(20));
    assert_eq!(ended.text(), "begun\nhookstead: canceled\n");

    let machine = Machine::new();
    let place = machine.start(&machine.order("true")).await;
    machine.finish(&place).await;
    machine.runner.cancel(&place).await.unwrap();
    assert_eq!(machine.finish(&place).await.outcome.ending, Ending::Passed, "it had ended already");
}

#[tokio::test]
async fn a_signal_that_nobody_sent_from_here() {
    let machine = Machine::new();
    let ended = machine.shell("kill -SEGV $$").await;
    assert_eq!(ended.outcome.ending, Ending::Signaled { step: "run".to_owned(), signal: 11 });
    assert_eq!(ended.text(), "hookstead: step run was ended by the signal SEGV\n");
}
