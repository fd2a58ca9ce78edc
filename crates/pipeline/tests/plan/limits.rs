//! How far the files of a push are looked at.

use hookstead::events::{AnyEvent, Event, EventName};
use hookstead_pipeline::config::Config;
use hookstead_pipeline::plan::{Happening, Occasion};
use serde_json::{Value, json};

use crate::row::{self, NOW};
use crate::{decide, world::World};

/// What is said of a push with these commits, where no file matches.
fn said(commits: Vec<Value>) -> String {
    let rows = row::read("a push\n    job paths = [\"src/**\"]\n    event push\n");
    let config = Config::parse(&rows[0].config, "pipeline.toml").unwrap();
    let Happening::Delivery { event: AnyEvent::Push(event), .. } = &rows[0].occasion.what else {
        panic!("a push");
    };
    let mut payload = serde_json::to_value(event).unwrap();
    payload["commits"] = commits.into();
    let event = AnyEvent::decode(&EventName::Push, payload.to_string().as_bytes()).unwrap();
    let what = Happening::Delivery { id: "d1".to_owned(), event };
    decide(&config, &Occasion { at: NOW.into(), what }, &World::default()).to_string()
}

fn commit(number: usize, files: usize) -> Value {
    let files: Vec<String> = (0..files).map(|file| format!("docs/{number}/{file}.md")).collect();
    // A message as long as people write them: an event of nothing but tiny commits is refused.
    json!({"id": format!("{number:040x}"), "message": "Write. ".repeat(40), "modified": files})
}

#[test]
fn many_commits_are_looked_at_and_more_than_an_event_lists_are_not() {
    // GitHub's event has more than the twenty commits that its API of events has.
    let many = said((0..2047).map(|number| commit(number, 1)).collect());
    assert!(many.ends_with("none of 2047 changed files matches its paths: src/**"), "{many}");
    let more = said((0..2048).map(|number| commit(number, 0)).collect());
    assert!(more.ends_with("because the event lists only some of its commits"), "{more}");
}

#[test]
fn many_files_are_looked_at_and_more_than_an_event_lists_are_not() {
    let many = said(vec![commit(1, 1500), commit(2, 1499), commit(2, 1499)]);
    assert!(many.ends_with("none of 2999 changed files matches its paths: src/**"), "{many}");
    let more = said(vec![commit(1, 3000)]);
    assert!(more.ends_with("because it changes more files than the event lists"), "{more}");
    let more = said(vec![commit(1, 1500), commit(2, 1500)]);
    assert!(more.contains("hello/test runs"), "{more}");
}
