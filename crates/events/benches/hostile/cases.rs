//! Payloads of one length: a usual one, and such as somebody would make to cost the most.

use hookstead_events::EventName;

/// A payload, by the name of what it is made of.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) event: EventName,
    pub(crate) json: String,
}

/// A part that repeats as often as it fits, between a start and an end.
struct Shape {
    name: &'static str,
    event: &'static str,
    start: String,
    unit: String,
    end: String,
}

impl Shape {
    fn of_length(self, length: usize) -> Case {
        let Self { name, event, start, unit, end } = self;
        let count = length.saturating_sub(start.len() + end.len()) / unit.len();
        Case { name, event: event.into(), json: format!("{start}{}{end}", unit.repeat(count)) }
    }
}

const REPOSITORY: &str =
    r#""repository":{"id":1,"name":"hello","full_name":"octocat/hello","owner":null}"#;

const NOTHING: &str = "0000000000000000000000000000000000000000";

/// The required fields of a push, and whatever else.
fn push(name: &'static str, start: &str, unit: &str, end: &str) -> Shape {
    let start = format!(
        r#"{{"ref":"refs/heads/main","before":"{NOTHING}","after":"{NOTHING}",{REPOSITORY},{start}"#
    );
    Shape { name, event: "push", start, unit: unit.to_owned(), end: end.to_owned() }
}

fn dispatch(name: &'static str, start: &str, unit: &str, end: &str) -> Shape {
    let start = format!(r#"{{"action":"x",{REPOSITORY},"client_payload":{start}"#);
    Shape { name, event: "repository_dispatch", start, unit: unit.to_owned(), end: end.to_owned() }
}

fn pull_request(name: &'static str, start: &str, unit: &str, end: &str) -> Shape {
    let branch = format!(r#"{{"ref":"main","sha":"{NOTHING}"}}"#);
    let start = format!(
        r#"{{"action":"opened","number":1,{REPOSITORY},"pull_request":{{"id":1,"number":1,"state":"open","title":"x","head":{branch},"base":{branch},{start}"#
    );
    let end = format!("{end}}}}}");
    Shape { name, event: "pull_request", start, unit: unit.to_owned(), end }
}

/// A commit as GitHub describes it.
const COMMIT: &str = r#"{"id":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","tree_id":"f9d2a07e9488b91af2641b26b9407fe22a451433","distinct":true,"message":"Read the list to its end\n\nIt had two pages.","timestamp":"2019-05-15T15:20:42Z","url":"https://github.com/octocat/hello/commit/6113728f27ae82c7b1a177c8d03f9e96e0adf246","author":{"name":"Mona Lisa","email":"mona@example.com","username":"octocat"},"committer":{"name":"Mona Lisa","email":"mona@example.com","username":"octocat"},"added":[],"removed":["src/main.rs"],"modified":["README.md","src/list/pages.rs"]},"#;

/// First the plain one: a push of commits without end.
pub(crate) fn all(length: usize) -> Vec<Case> {
    let last_commit = COMMIT.trim_end_matches(',');
    let deep_teams = r#"{"id":1,"name":"","parent":"#.repeat(100) + "null" + &"}".repeat(100) + ",";
    let deep_lists = format!("{}{},", "[".repeat(100), "]".repeat(100));
    let deep_objects = format!("{}0{},", r#"{"":"#.repeat(100), "}".repeat(100));
    let odd_commit = COMMIT.replace(r#"{"name":"Mona Lisa","#, r#"{"name":7,"#);
    let shapes = vec![
        push("plain: a push of commits", r#""commits":["#, COMMIT, &format!("{last_commit}]}}")),
        push("smallest commits", r#""commits":["#, r#"{"id":""},"#, r#"{"id":""}]}"#),
        push("empty file names", r#""commits":[{"id":"","added":["#, r#""","#, r#"""]}]}"#),
        push("file names of a letter", r#""commits":[{"id":"","added":["#, r#""a","#, r#"""]}]}"#),
        push(
            "usual file names",
            r#""commits":[{"id":"","added":["#,
            r#""src/list/pages.rs","#,
            r#"""]}]}"#,
        ),
        push("lists of a file", r#""commits":[{"id":"""#, r#","added":[""]"#, "}]}"),
        push("nulls", r#""commits":["#, "null,", "null]}"),
        push("the same key again", r#""forced":true"#, r#","ref":"""#, "}"),
        push("the sender again", r#""forced":true"#, r#","sender":{"id":1,"login":""}"#, "}"),
        push(
            "the repository again",
            r#""forced":true"#,
            r#","repository":{"id":1,"name":"","full_name":""}"#,
            "}",
        ),
        push(
            "properties of a repository",
            r#""repository":{"id":1,"name":"","full_name":"","custom_properties":{"a":0"#,
            r#","a":0"#,
            "}}}",
        ),
        push(
            "topics of a repository",
            r#""repository":{"id":1,"name":"","full_name":"","topics":[""#,
            r#"",""#,
            r#""]}}"#,
        ),
        push("long digits", r#""pusher":{"name":""},"size":1"#, "1", "}"),
        push("escapes", r#""base_ref":""#, r"\n", r#""}"#),
        push("long escapes", r#""base_ref":""#, r"\u00e9", r#""}"#),
        push("unknown and deep", r#""x":["#, &deep_lists, "0]}"),
        push("unknown and tiny", r#""x":["#, "0,", "0]}"),
        push("white space", "", " \n", r#""forced":true}"#),
        pull_request("smallest assignees", r#""assignees":["#, r#"{"id":1,"login":""},"#, "null]"),
        pull_request("smallest labels", r#""labels":["#, r#"{"name":""},"#, "null]"),
        pull_request("labels by name", r#""labels":["#, r#""","#, "null]"),
        pull_request("smallest teams", r#""requested_teams":["#, r#"{"id":1,"name":""},"#, "null]"),
        pull_request("smallest reviewers", r#""requested_reviewers":["#, r#"{"id":1},"#, "null]"),
        pull_request("teams in teams", r#""requested_teams":["#, &deep_teams, "null]"),
        dispatch("plain values", r#"{"list":["#, COMMIT, "0]}}"),
        dispatch("values: digits", "[", "1,", "1]}"),
        dispatch("values: fractions", "[", "-1.5e-9,", "1]}"),
        dispatch("values: empty texts", "[", r#""","#, "1]}"),
        dispatch("values: texts", "[", r#""a","#, "1]}"),
        dispatch("values: empty lists", "[", "[],", "1]}"),
        dispatch("values: lists of one", "[", "[1],", "1]}"),
        dispatch("values: empty objects", "[", "{},", "1]}"),
        dispatch("values: objects of one", "[", r#"{"":0},"#, "1]}"),
        dispatch("values: deep lists", "[", &deep_lists, "1]}"),
        dispatch("values: deep objects", "[", &deep_objects, "1]}"),
        dispatch("values: the same key", r#"{"":0"#, r#","":0"#, "}}"),
        dispatch("values: long digits", "1", "1", "}"),
        dispatch("values: escapes", "\"", r"\n", "\"}"),
        // Read twice.
        push(
            "odd: at the end",
            r#""commits":["#,
            COMMIT,
            &format!(r#"{last_commit}],"sender":{{}}}}"#),
        ),
        push(
            "odd: smallest commits at the end",
            r#""sender":{},"commits":["#,
            r#"{"id":""},"#,
            r#"{"id":""}]}"#,
        ),
        push("odd: authors", r#""commits":["#, &odd_commit, &format!("{last_commit}]}}")),
        push("odd: commits", r#""commits":["#, "{},", "null]}"),
        push("odd: commits that are digits", r#""commits":["#, "1,", "1]}"),
        push("odd: file names", r#""commits":[{"id":"","added":["#, "1,", "1]}]}"),
        push("odd: senders", r#""forced":true"#, r#","sender":{}"#, "}"),
        push("odd: deep", r#""sender":{},"x":["#, &deep_lists, "0]}"),
        push("odd: white space", r#""sender":{},"x":["#, " \n", "0]}"),
        push("odd: escapes", r#""sender":{},"base_ref":""#, r"\n", r#""}"#),
        push("odd: long digits", r#""sender":{},"x":1"#, "1", "}"),
        push("odd: unknown and tiny", r#""sender":{},"x":["#, "0,", "0]}"),
        push("odd: the same key again", r#""sender":{}"#, r#","ref":"""#, "}"),
        pull_request("odd: assignees", r#""assignees":["#, r#"{"id":1,"login":7},"#, "null]"),
        pull_request("odd: teams in teams", r#""requested_teams":[{},"#, &deep_teams, "null]"),
        dispatch("odd: values", r#"0,"sender":{},"client_payload":["#, "1,", "1]}"),
        dispatch("odd: plain values", r#"0,"sender":{},"client_payload":["#, COMMIT, "1]}"),
        // No event, seen late.
        push("broken at the end", r#""commits":["#, COMMIT, "}"),
        push("no commit at the end", r#""forced":7,"commits":["#, COMMIT, "}"),
    ];
    shapes.into_iter().map(|shape| shape.of_length(length)).collect()
}
