//! Reads the table's rows.
//!
//! | line | what it says |
//! |---|---|
//! | `# ...` | a heading, or a remark |
//! | at the margin | the row's name |
//! | `top KEY = VALUE`, `project KEY = VALUE`, `job KEY = VALUE`, `job NAME: KEY = VALUE` | a line of the config, beside what every config has: the project `hello` with the job `test` |
//! | `event NAME.ACTION` | a sample of the testkit; a `push` goes to `main` |
//! | `comment TEXT` | somebody's comment on pull request 1; `\n` is an end of a line |
//! | `fork` | the event's pull request comes from a fork |
//! | `with PATH = JSON` | another value in the event |
//! | `ask WHO: again 12`, `approve 12`, `cancel 12`, `build PROJECT JOB|- NAME` | a person's wish |
//! | `schedule JOB` | the job's hour has come |
//! | `build`, `pull`, `writer`, `files`, `commit`, `name` | what is known, see `world.rs` |
//! | `> ...` | a line of the decision |
//!
//! `{a}` is a sha of 40 `a`; the samples' head is `{a}`, their base `{e}`, their tree `{f}`.

use hookstead::events::{AnyEvent, Event, EventName};
use hookstead::types::Timestamp;
use hookstead_pipeline::plan::{Happening, Occasion, Request};
use hookstead_testkit::samples;
use serde_json::{Value, json};

use crate::world::World;

pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) config: String,
    pub(crate) occasion: Occasion,
    pub(crate) world: World,
    pub(crate) expected: Vec<String>,
}

/// When everything happens, as in the samples.
pub(crate) const NOW: &str = "2026-03-02T09:41:07Z";

pub(crate) fn read(text: &str) -> Vec<Row> {
    let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(line) => rows.last_mut().unwrap().1.push(line),
            None if line.is_empty() || line.starts_with('#') => {}
            None => rows.push((line.to_owned(), Vec::new())),
        }
    }
    rows.into_iter().map(|(name, lines)| row(name, &lines)).collect()
}

fn row(name: String, lines: &[&str]) -> Row {
    let mut parts = Parts::default();
    for line in lines {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        parts.take(&name, word, &shas(rest.trim()));
    }
    let what = match (parts.event, parts.wish) {
        (Some((event, payload)), None) => {
            let payload = payload.to_string();
            let event = AnyEvent::decode(&event, payload.as_bytes()).unwrap();
            Happening::Delivery { id: "d1".to_owned(), event }
        }
        (None, Some(wish)) => wish,
        _ => panic!("{name}: one event or one wish"),
    };
    let config = parts.config.text();
    let occasion = Occasion { at: NOW.into(), what };
    Row { name, config, occasion, world: parts.world, expected: parts.expected }
}

#[derive(Default)]
struct Parts {
    config: ConfigParts,
    event: Option<(EventName, Value)>,
    wish: Option<Happening>,
    world: World,
    expected: Vec<String>,
}

impl Parts {
    fn take(&mut self, name: &str, word: &str, rest: &str) {
        match word {
            ">" => self.expected.push(rest.to_owned()),
            "top" => self.config.top.push(rest.to_owned()),
            "project" => self.config.project.push(rest.to_owned()),
            "job" => self.config.add_to_job(rest),
            "event" => self.event = Some(event(rest)),
            "comment" => {
                let (event, mut payload) = event("issue_comment.created");
                payload["comment"]["body"] = rest.replace("\\n", "\n").into();
                self.event = Some((event, payload));
            }
            "fork" => {
                let (_, payload) = self.event.as_mut().unwrap();
                let repo = &mut payload["pull_request"]["head"]["repo"];
                repo["id"] = json!(99);
                repo["full_name"] = json!("stranger/hello-world");
            }
            "with" => {
                let (path, value) = rest.split_once(" = ").unwrap();
                let (_, payload) = self.event.as_mut().unwrap();
                let place = path.split('.').fold(payload, |place, key| match key.parse() {
                    Ok(index) => {
                        let _: usize = index;
                        &mut place[index]
                    }
                    Err(_) => &mut place[key],
                });
                *place = serde_json::from_str(value)
                    .unwrap_or_else(|error| panic!("{name}: {path}: {error}"));
            }
            "ask" => self.wish = Some(wish(rest)),
            "schedule" => {
                let (project, job) = ("hello".to_owned(), rest.to_owned());
                let request = Request::Schedule { project, job };
                self.wish = Some(Happening::Request { by: "schedule".to_owned(), request });
            }
            _ => self.world.learn(word, rest),
        }
    }
}

#[derive(Default)]
struct ConfigParts {
    top: Vec<String>,
    project: Vec<String>,
    jobs: Vec<(String, Vec<String>)>,
}

impl ConfigParts {
    fn add_to_job(&mut self, text: &str) {
        let is_name = |name: &&str| !name.contains(['=', ' ', '"']);
        let named = text.split_once(": ").filter(|(name, _)| is_name(name));
        let (name, line) = named.unwrap_or(("test", text));
        match self.jobs.iter_mut().find(|(known, _)| known == name) {
            Some((_, lines)) => lines.push(line.to_owned()),
            None => self.jobs.push((name.to_owned(), vec![line.to_owned()])),
        }
    }

    fn text(mut self) -> String {
        let mut text =
            String::from("url = \"https://ci.example.com\"\ndata = \"/var/lib/pipeline\"\n");
        text.push_str("secret = { env = \"WEBHOOK_SECRET\" }\n");
        if !self.top.iter().any(|line| line.starts_with("app")) {
            text.push_str("token = { env = \"MY_PERSONAL_TOKEN\" }\n");
        }
        text.extend(self.top.iter().map(|line| format!("{line}\n")));
        text.push_str("\n[projects.hello]\n");
        if !self.project.iter().any(|line| line.starts_with("repo ")) {
            text.push_str("repo = \"octo-org/hello-world\"\n");
        }
        text.extend(self.project.iter().map(|line| format!("{line}\n")));
        if !self.jobs.iter().any(|(name, _)| name == "test") {
            self.jobs.insert(0, ("test".to_owned(), Vec::new()));
        }
        for (name, lines) in self.jobs {
            text.push_str(&format!("\n[projects.hello.jobs.{name}]\nrun = \"true\"\n"));
            text.extend(lines.iter().map(|line| format!("{line}\n")));
        }
        text
    }
}

/// The sample of an event, with shas that can be read.
fn event(name: &str) -> (EventName, Value) {
    let (name, action) = name.split_once('.').unwrap_or((name, ""));
    let event = EventName::from(name);
    let payload = samples::payload(&event).unwrap_or_else(|| panic!("no sample of {name}"));
    let text = payload
        .to_string()
        .replace("104a64fb4fa6048b28f35694b4165947625a9156", &"a".repeat(40))
        .replace("a833bdcdb6d1beb188dc97e5aab5fe3df31a4686", &"e".repeat(40))
        .replace("dd3e252b8cf7b5611af76395c66448cd5f9cd004", &"f".repeat(40));
    let mut payload: Value = serde_json::from_str(&text).unwrap();
    if !action.is_empty() {
        payload["action"] = action.into();
    }
    match (name, action) {
        ("push", _) => {
            payload["ref"] = "refs/heads/main".into();
            payload["before"] = "e".repeat(40).into();
            payload["created"] = false.into();
        }
        ("pull_request", "closed") => payload["pull_request"]["state"] = "closed".into(),
        ("pull_request", "synchronize") => {
            payload["before"] = "b".repeat(40).into();
            payload["after"] = "a".repeat(40).into();
        }
        ("check_run", _) => payload["check_run"]["name"] = "ci/test".into(),
        _ => {}
    }
    (event, payload)
}

fn wish(text: &str) -> Happening {
    let (by, wish) = text.split_once(": ").unwrap();
    let words: Vec<&str> = wish.split(' ').collect();
    let request = match words.as_slice() {
        ["again", number] => Request::Again(number.parse().unwrap()),
        ["approve", number] => Request::Approve(number.parse().unwrap()),
        ["cancel", number] => Request::Cancel(number.parse().unwrap()),
        ["build", project, job, name] => Request::Build {
            project: (*project).to_owned(),
            job: Some((*job).to_owned()).filter(|job| job != "-"),
            name: (*name).to_owned(),
        },
        _ => panic!("no wish: {wish}"),
    };
    Happening::Request { by: by.to_owned(), request }
}

/// `{a}` is 40 times `a`.
fn shas(text: &str) -> String {
    let mut text = text.to_owned();
    for digit in "0123456789abcdef".chars() {
        text = text.replace(&format!("{{{digit}}}"), &digit.to_string().repeat(40));
    }
    text
}

pub(crate) fn now() -> Timestamp {
    NOW.into()
}
