//! Files that nobody writes for a config: none makes the reader panic, run long or repeat a secret.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it"
)]

use std::time::{Duration, Instant};

use hookstead_pipeline::config::{Config, ConfigError};
use proptest::prelude::*;

const RIGHT: &str = "\
url = \"https://ci.example.com\"
data = \"/var/lib/pipeline\"
secret = { env = \"S\" }
token = { env = \"T\" }
[projects.blog]
repo = \"octocat/blog\"
[projects.blog.jobs.test]
run = \"x\"
";

fn said(text: &str) -> String {
    Config::parse(text, "p").map_or_else(|error| error.to_string(), |_| "it is right".to_owned())
}

fn said_of_bytes(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p");
    std::fs::write(&file, bytes).unwrap();
    let text =
        Config::read(&file).map_or_else(|error| error.to_string(), |_| "it is right".to_owned());
    text.replace(file.to_str().unwrap(), "p")
}

#[test]
fn line_breaks_of_windows_and_a_mark_at_the_beginning_are_fine() {
    assert_eq!(said(&RIGHT.replace('\n', "\r\n")), "it is right");
    assert_eq!(said(&format!("\u{feff}{RIGHT}")), "it is right");
    assert_eq!(said_of_bytes(RIGHT.as_bytes()), "it is right");
    let wrong = format!("\u{feff}{}", RIGHT.replace("url", "irl").replace('\n', "\r\n"));
    let problem = "p:1:1: `url` is missing: where people reach the pages; statuses link here\n\
                   p:1:1: `irl` is no key; did you mean `url`?";
    assert_eq!(said(&wrong), problem);
}

#[test]
fn what_is_no_text_is_refused_at_its_place() {
    let mut bytes = RIGHT.as_bytes().to_vec();
    bytes.splice(40..40, *b"\xff");
    assert_eq!(
        said_of_bytes(&bytes),
        "p:2:10: this is no TOML: here stands a byte that is no UTF-8"
    );
    let utf_16: Vec<u8> = RIGHT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let nul = "this is no TOML: here stands a NUL character; is the file UTF-16?";
    assert_eq!(said_of_bytes(&utf_16), format!("p:1:2: {nul}"));
    let marked = [b"\xff\xfe", &utf_16[..]].concat();
    assert_eq!(
        said_of_bytes(&marked),
        "p:1:1: this is no TOML: here stands a byte that is no UTF-8"
    );
    for (text, column) in [("\0", 1), ("url = \"a\0b\"", 9), ("url\0 = \"a\"", 4), ("# \0", 3)] {
        assert_eq!(said(text), format!("p:1:{column}: {nul}"));
    }
}

#[test]
fn what_is_not_there_or_is_a_folder_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let error = Config::read(folder.path()).unwrap_err();
    assert!(matches!(error, ConfigError::Unreadable { .. }), "{error}");
    let error = Config::read(folder.path().join("none")).unwrap_err().to_string();
    assert!(error.contains("cannot be read: "), "{error}");
}

#[test]
fn a_file_without_end_is_refused() {
    assert_eq!(
        said_of_bytes(&vec![b'a'; 10 << 20]),
        "p is longer than 1048576 bytes, which is no config"
    );
    let error = Config::read("/dev/zero").unwrap_err().to_string();
    assert_eq!(error, "/dev/zero is longer than 1048576 bytes, which is no config");
    let filled = format!("{RIGHT}#{}", "x".repeat((1 << 20) - RIGHT.len() - 1));
    assert_eq!(said(&filled), "it is right");
}

/// Long texts, in which everything is wrong.
#[test]
fn nothing_takes_long() {
    const LONG: usize = 1 << 19;
    let repeated = |part: &str| part.repeat(LONG / part.len());
    let keys: String = (0..80_000).map(|number| format!("k{number} = 1\n")).collect();
    let inline: String = (0..80_000).map(|number| format!("k{number}=1,")).collect();
    let jobs: String = (0..30_000).map(|number| format!("jobs.j{number}.run = \"\"\n")).collect();
    let environments: String = (0..10_000)
        .map(|number| {
            format!("environments.e{number} = {{ run = \"x\", after = \"e{}\" }}\n", number + 1)
        })
        .collect();
    for text in [
        repeated("["),
        repeated("[a."),
        format!("a = {}", repeated("[")),
        format!("a = {}", repeated("{a=")),
        format!("a = {}1{}", "[".repeat(LONG / 2), "]".repeat(LONG / 2)),
        format!("{}x = 1", repeated("a.")),
        format!("a = \"{}", repeated("x")),
        format!("{} = 1", repeated("x")),
        format!("{RIGHT}branches = [{}]", repeated("\"a\",")),
        format!("{RIGHT}branches = [\"{}\"]", repeated("*a")),
        format!("{RIGHT}matchers = ['{}']", repeated("(")),
        format!("{RIGHT}matchers = ['(?<file>a){}']", repeated("a{1000}")),
        format!("{RIGHT}timeout = \"{}\"", repeated("9")),
        format!("{RIGHT}context = \"{}\"", repeated("é")),
        format!("{RIGHT}schedule = \"{}\"", repeated("1,")),
        keys,
        format!("a = {{{inline}}}"),
        format!("{RIGHT}env = {{{inline}}}"),
        format!("{RIGHT}[projects.b]\nrepo = \"a/b\"\n{jobs}"),
        format!("{RIGHT}[projects.b]\nrepo = \"a/b\"\n{environments}"),
    ] {
        let text = &text[..text.len().min(1 << 20)];
        let start = Instant::now();
        let said = said(text);
        let begin: String = text.chars().take(40).collect();
        assert!(said.len() < 200_000, "{begin}: {} bytes are said", said.len());
        // Much more than it takes, as machines differ; a square of the length would take hours.
        assert!(start.elapsed() < Duration::from_secs(60), "{begin}: {:?}", start.elapsed());
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("projects".to_owned()),
        Just("blog".to_owned()),
        Just("jobs".to_owned()),
        Just("run".to_owned()),
        Just("secret".to_owned()),
        Just("env".to_owned()),
        Just("steps".to_owned()),
        Just("on".to_owned()),
        Just("app".to_owned()),
        "[a-z]{1,8}",
    ]
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("true".to_owned()),
        Just("5".to_owned()),
        Just("1.5".to_owned()),
        Just("1979-05-27".to_owned()),
        Just("\"20m\"".to_owned()),
        Just("\"a\\u0000é\"".to_owned()),
        "\"[ -!#-\\[\\]-~]{0,12}\"",
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            proptest::collection::vec((word(), inner), 0..4).prop_map(|entries| {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                format!("{{ {} }}", entries.join(", "))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = said(&text);
    }

    #[test]
    fn no_change_of_a_right_text_panics(at in 0..RIGHT.len(), length in 0..40usize, other in "\\PC{0,6}|[\\[\\]{}=\".\n#']{0,6}") {
        let end = (at + length).min(RIGHT.len());
        let _ = said(&format!("{}{other}{}", &RIGHT[..at], &RIGHT[end..]));
    }

    /// Values of every type at every key: each problem lies within its text, and its excerpt is short.
    #[test]
    fn no_type_of_value_panics(entries in proptest::collection::vec((proptest::collection::vec(word(), 1..5), value()), 0..8)) {
        let lines: Vec<String> = entries.iter().map(|(key, value)| format!("{} = {value}", key.join("."))).collect();
        let text = lines.join("\n");
        if let Err(error) = Config::parse(&text, "p") {
            for problem in error.problems() {
                let line = text.split('\n').nth(problem.line - 1);
                prop_assert!(line.is_some_and(|line| problem.column <= line.chars().count() + 1), "{problem:?}");
                prop_assert!(problem.excerpt.chars().count() <= 160);
                prop_assert!(problem.offset + problem.width <= 162, "{problem:?}");
            }
        }
    }

    #[test]
    fn no_literal_secret_is_repeated(key in "secret|token|admin|app\\.key|notifiers\\.a\\.post|projects\\.blog\\.secrets\\.X|store|tokn|x", secret in "[A-Za-z0-9+/=]{12,30}", form in 0..8usize) {
        let value = match form {
            0 => format!("\"{secret}\""),
            1 => format!("[\"{secret}\"]"),
            2 => format!("{{ env = \"{secret} \" }}"),
            3 => format!("{{ value = \"{secret}\" }}"),
            4 => format!("{{ file = [\"{secret}\"] }}"),
            5 => secret.clone(),
            6 => format!("\"{secret}"),
            _ => format!("{{ env = \"A\", value = \"{secret}\" }}"),
        };
        let text = format!("{key} = {value}\n");
        let error = Config::parse(&text, "p").unwrap_err();
        let mut all = format!("{error} {error:?}");
        for problem in error.problems() {
            all.push_str(&problem.render("p"));
        }
        prop_assert!(!all.contains(&secret), "{all}");
    }
}
