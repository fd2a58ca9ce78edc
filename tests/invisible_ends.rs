//! What comes out of the environment with something at its end that nobody sees.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_tests::Program;

const GOOD: [(&str, &str); 5] = [
    ("WEBHOOK_SECRET", "s3cret"),
    ("MY_PERSONAL_TOKEN", "s3cret"),
    ("GITHUB_API_URL", "http://127.0.0.1:9"),
    ("LISTEN", "127.0.0.1:0"),
    ("INBOX", "postgres://s3cret:s3cret@127.0.0.1:9/s3cret"),
];

#[tokio::test]
async fn every_setting_is_refused_by_its_name_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in GOOD {
        for bad in [
            format!("{value}\n"),
            format!("{value}\r\n"),
            format!(" {value}"),
            format!("{value}\u{a0}"),
            format!("\u{feff}{value}"),
            format!("{value}\u{200b}"),
        ] {
            let environment =
                GOOD.map(|(it, good)| (it, if it == name { bad.as_str() } else { good }));
            let ended = Program::run("ci_server", &[], folder.path(), &environment).await;
            assert!(!ended.status.success(), "{name}={bad:?}");
            let told = ended.stderr;
            assert!(told.contains(name), "{name}={bad:?}: {told}");
            let is_about_white_space = told.contains(" with a") || told.contains("white space");
            assert!(is_about_white_space, "{name}={bad:?}: {told}");
            assert!(!told.contains("s3cret") && !ended.stdout.contains("s3cret"), "{told}");
        }
    }
}
