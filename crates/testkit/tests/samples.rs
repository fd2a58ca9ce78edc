//! The samples fit the types that users decode.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_events::{
    AnyEvent, CheckRunEvent, CheckSuiteEvent, Commit, DeploymentEvent, DeploymentStatusEvent,
    Event as _, EventName, IssueCommentEvent, Label, Milestone, PingEvent, PullRequestEvent,
    PullRequestReviewEvent, PushEvent, Reviewer, StatusEvent, Team, User, WorkflowJobEvent,
    WorkflowRunEvent,
};
use hookstead_testkit::samples;

#[test]
fn the_samples_tell_one_story() {
    let pull_request = samples::event::<PullRequestEvent>();
    let head = &pull_request.pull_request.head.sha;
    assert_eq!(pull_request.number, 1);
    assert_eq!(samples::event::<PushEvent>().after, *head);
    assert_eq!(samples::event::<StatusEvent>().sha, *head);
    assert_eq!(samples::event::<CheckRunEvent>().check_run.head_sha, *head);
    assert_eq!(samples::event::<CheckSuiteEvent>().check_suite.head_sha, *head);
    let deployment = samples::event::<DeploymentEvent>().deployment;
    assert_eq!(samples::event::<DeploymentStatusEvent>().deployment, deployment);
    assert_eq!(deployment.sha, *head);
    let run = samples::event::<WorkflowRunEvent>().workflow_run;
    assert_eq!(run.head_sha, *head);
    assert_eq!(samples::event::<WorkflowJobEvent>().workflow_job.run_id, run.id);
    let review = samples::event::<PullRequestReviewEvent>();
    assert_eq!(review.pull_request.id, pull_request.pull_request.id);
    let comment = samples::event::<IssueCommentEvent>();
    assert_eq!(comment.issue.number, pull_request.number);
    assert!(comment.issue.pull_request.is_some());
    assert!(samples::event::<PingEvent>().zen.is_some());
}

#[test]
fn every_event_has_a_sample_that_fits_its_type() {
    for name in samples::EVENTS {
        let name = EventName::from(*name);
        let payload = samples::payload(&name).unwrap();
        assert_eq!(samples::payload(&name).unwrap(), payload, "{name}: twice the same");
        let event = AnyEvent::decode(&name, payload.to_string().as_bytes()).unwrap();
        assert!(!matches!(event, AnyEvent::Other(_)), "{name}");
        assert_eq!(event.name(), &name);
        let common = event.common();
        // Everything is octo-org's, or tells of no place at all.
        let repository = common.repository.map(|repository| repository.full_name.to_string());
        assert!(matches!(repository.as_deref(), None | Some("octo-org/hello-world")), "{name}");
        if repository.is_some() || common.organization.is_some() {
            assert_eq!(common.organization.unwrap().login, "octo-org", "{name}");
            assert_eq!(common.installation, Some(1), "{name}");
        }
        assert!(common.sender.is_some() || name == "security_advisory", "{name}");
    }
    assert!(samples::payload(&EventName::from("from_the_future")).is_none());
}

#[test]
fn a_test_changes_what_it_is_about() {
    let mut event = samples::event::<PullRequestEvent>();
    event.pull_request.milestone = Some(Box::new(Milestone::new(1, "v1.0")));
    event.pull_request.labels.push(Label::new("deploy"));
    event.pull_request.requested_teams.push(Team::new("Crew", 7));
    event.pull_request.requested_reviewers.push(Reviewer::from(User::new("monalisa", 8)));
    let json = serde_json::to_vec(&event).unwrap();
    assert_eq!(PullRequestEvent::decode(&EventName::PullRequest, &json).unwrap(), event);

    let mut push = samples::event::<PushEvent>();
    let tip = Commit::new(push.after.clone(), "Mend the flag [skip ci]");
    push.commits.push(tip.clone());
    push.head_commit = Some(Box::new(tip));
    let json = serde_json::to_vec(&push).unwrap();
    assert_eq!(PushEvent::decode(&EventName::Push, &json).unwrap(), push);
}

#[test]
#[should_panic(expected = "takes every event")]
fn any_event_has_no_one_sample() {
    let _event = samples::event::<AnyEvent>();
}

#[test]
fn a_sample_is_a_delivery_too() {
    let delivery = samples::delivery::<PullRequestEvent>();
    assert_eq!(delivery.event_and_action(), "pull_request.opened");
    assert_eq!(delivery.repository.as_deref(), Some("octo-org/hello-world"));
    assert_eq!(delivery.installation, Some(1));
    let payload = samples::payload(&EventName::PullRequest).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&delivery.body).unwrap(), payload);
    assert_ne!(delivery.id, samples::delivery::<PullRequestEvent>().id);
}

#[test]
fn an_attempt_at_a_sample_is_the_first_one() {
    let attempt = samples::attempt::<PullRequestEvent>();
    assert_eq!((attempt.run(), attempt.number()), (1, 1));
    assert_eq!(attempt.delivery().event, EventName::PullRequest);
    assert_eq!(attempt.next_for_test().number(), 2);
}

#[test]
#[should_panic(expected = "takes every event")]
fn every_event_is_no_sample() {
    let _none = samples::delivery::<hookstead_events::AnyEvent>();
}
