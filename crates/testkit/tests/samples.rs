//! The samples fit the types that users decode.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_events::{
    AnyEvent, CheckRunEvent, CheckSuiteEvent, DeploymentEvent, DeploymentStatusEvent, Event as _,
    EventName, PingEvent, PullRequestEvent, PushEvent, StatusEvent, WorkflowRunEvent,
};
use hookstead_testkit::samples;

#[test]
fn every_sample_decodes_into_its_type() {
    let pull_request = samples::event::<PullRequestEvent>();
    assert_eq!(pull_request.number, 1);
    let push = samples::event::<PushEvent>();
    assert_eq!(push.after, pull_request.pull_request.head.sha);
    assert_eq!(samples::event::<StatusEvent>().sha, push.after);
    let deployment = samples::event::<DeploymentEvent>();
    let status = samples::event::<DeploymentStatusEvent>();
    assert_eq!(status.deployment.id, deployment.deployment.id);
    assert!(samples::event::<PingEvent>().zen.is_some());
    assert_eq!(samples::event::<CheckRunEvent>().check_run.head_sha, push.after);
    assert_eq!(samples::event::<CheckSuiteEvent>().check_suite.head_sha, push.after);
    assert_eq!(samples::event::<WorkflowRunEvent>().workflow_run.head_sha, push.after);
}

#[test]
fn samples_are_the_same_every_time_and_none_is_forgotten() {
    for name in samples::EVENTS {
        let name = EventName::from(*name);
        let payload = samples::payload(&name).unwrap();
        assert_eq!(samples::payload(&name).unwrap(), payload, "{name}");
        let event = AnyEvent::decode(&name, payload.to_string().as_bytes()).unwrap();
        assert!(!matches!(event, AnyEvent::Other(_)), "{name}");
        assert_eq!(payload["installation"]["id"], 1);
    }
    assert!(samples::payload(&EventName::from("gollum")).is_none());
}

#[test]
#[should_panic(expected = "takes every event")]
fn any_event_has_no_one_sample() {
    let _event = samples::event::<AnyEvent>();
}
