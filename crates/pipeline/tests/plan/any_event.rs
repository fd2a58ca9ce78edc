use hookstead::events::{AnyEvent, Event, EventName};
use hookstead::types::Timestamp;
use hookstead_pipeline::config::Config;
use hookstead_pipeline::plan::{Happening, Occasion};
use hookstead_testkit::samples;

use crate::decide;
use crate::world::World;

/// Configs of all kinds, for the repository of the samples and for another.
const CONFIGS: [&str; 3] = [
    r#"
    url = "https://ci.example.com"
    data = "/var/lib/pipeline"
    secret = { env = "WEBHOOK_SECRET" }
    token = { env = "MY_PERSONAL_TOKEN" }
    [projects.hello]
    repo = "octo-org/hello-world"
    [projects.hello.jobs.test]
    run = "true"
    on = ["pull_request", "merge_group", "push", "tag"]
    branches = ["**"]
    paths = ["src/**"]
    [projects.hello.jobs.lint]
    run = "true"
    drafts = false
    "#,
    r#"
    url = "https://ci.example.com"
    data = "/var/lib/pipeline"
    secret = { env = "WEBHOOK_SECRET" }
    app = { id = 29310, key = { env = "APP_KEY" } }
    [projects.hello]
    repo = "octo-org/hello-world"
    forks = "ask"
    isolate = "bubblewrap"
    [projects.hello.jobs.octo-checks]
    run = "true"
    context = "octo-checks"
    "#,
    r#"
    url = "https://ci.example.com"
    data = "/var/lib/pipeline"
    secret = { env = "WEBHOOK_SECRET" }
    token = { env = "MY_PERSONAL_TOKEN" }
    [projects.other]
    repo = "octo-org/other"
    [projects.other.jobs.test]
    run = "true"
    "#,
];

/// Whatever comes, something is said of it.
#[test]
fn every_event_has_an_answer() {
    let configs = CONFIGS.map(|text| Config::parse(text, "pipeline.toml").unwrap());
    let mut world = World::default();
    world.learn("writer", "octocat");
    let actions = ["created", "rerequested", "requested", "destroyed", "closed", "renamed", "odd"];
    let mut count = 0;
    for name in samples::EVENTS {
        let event = EventName::from(*name);
        let mut payload = samples::payload(&event).unwrap();
        let own = payload.get("action").map(|_| None);
        let others = own.map(|_: Option<&str>| actions.map(Some)).into_iter().flatten();
        for action in std::iter::once(None).chain(others) {
            if let Some(action) = action {
                payload["action"] = action.into();
            }
            let Ok(event) = AnyEvent::decode(&event, payload.to_string().as_bytes()) else {
                continue;
            };
            let what = Happening::Delivery { id: "d1".to_owned(), event };
            let occasion = Occasion { at: Timestamp::from(crate::row::NOW), what };
            for config in &configs {
                let lines = decide(config, &occasion, &world).lines();
                assert!(!lines.is_empty(), "{name} {action:?}");
                assert!(lines.iter().all(|line| !line.trim().is_empty()), "{lines:?}");
                count += 1;
            }
        }
    }
    assert!(count > 1000, "{count}");
}
