//! What may be missing may be odd: in the place of whatever the types can do without, anything may
//! stand, and all the rest is read as if nothing stood there.
//!
//! The places are found in the payloads themselves: the testkit's samples, GitHub's recorded
//! payloads if `HOOKSTEAD_EXAMPLES` names them, and those that `.ci/schema` makes from GitHub's
//! schemas if `HOOKSTEAD_PAYLOADS` does.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "shared/examples.rs"]
mod examples;
mod shared;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::thread;

use hookstead_events::{
    AnyEvent, DecodeError, Event as _, EventName, PullRequestEvent, PushEvent, StatusEvent,
};
use hookstead_testkit::samples;
use serde_json::{Value, json};

use examples::{Place, decode, typed, without_omitted_links};
use shared::folder::{self, Recorded};

/// What nobody expects in the place of an object or a list.
fn odd_values() -> Vec<Value> {
    vec![
        json!({}),
        json!("odd"),
        json!([]),
        json!(7),
        json!({"odd": [[{"id": "]}"}]]}),
        json!({"id": "odd", "login": 7, "name": {}, "sha": [], "number": -1, "state": true}),
    ]
}

/// What nobody expects in the place of anything else.
fn odd_for_a_scalar() -> Vec<Value> {
    vec![json!([{"odd": "\\\"]}"}, -1.5])]
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

fn written(example: &Recorded, payload: &Value) -> Result<Value, DecodeError> {
    decode(example, payload).map(|event| serde_json::to_value(&event).unwrap())
}

/// Whether two events as written are the same but for this place.
fn are_same_but(place: &Place, one: &Value, other: &Value) -> bool {
    let without = |value: &Value| {
        let mut value = value.clone();
        if let Some(object) = value.pointer_mut(&place.object).and_then(Value::as_object_mut) {
            object.remove(&place.key);
        }
        value
    };
    one == other || without(one) == without(other)
}

#[derive(Default)]
struct Seen {
    fields: BTreeSet<String>,
    optional_objects: usize,
    wrong: BTreeSet<String>,
}

impl Seen {
    fn go_through(&mut self, example: &Recorded) {
        // What no type reads takes only time.
        let mut payload = without_omitted_links(&example.payload);
        let mut places = Vec::new();
        Place::all(&payload, "", example.event.as_str(), &mut places);
        places.retain(|place| {
            let is_scalar = payload.pointer(&place.pointer()).is_some_and(is_scalar);
            let field = if is_scalar { place.last_names() } else { place.field() };
            self.fields.insert(field)
        });
        if places.is_empty() {
            return;
        }
        let original = written(example, &payload).unwrap();
        for place in &places {
            let value = place.object(&mut payload).remove(&place.key).unwrap();
            let missing = written(example, &payload);
            self.optional_objects += usize::from(!is_scalar(&value) && missing.is_ok());
            for odd in if is_scalar(&value) { odd_for_a_scalar() } else { odd_values() } {
                place.object(&mut payload).insert(place.key.clone(), odd.clone());
                if let Err(problem) = check(place, &original, &missing, written(example, &payload))
                {
                    self.wrong.insert(format!("{} = {odd}: {problem}", place.path));
                }
            }
            place.object(&mut payload).insert(place.key.clone(), value);
        }
    }
}

/// Whether this became of the payload with something odd in the place.
fn check(
    place: &Place,
    original: &Value,
    missing: &Result<Value, DecodeError>,
    odd: Result<Value, DecodeError>,
) -> Result<(), String> {
    match (missing, odd) {
        // It may even fit, in which case nothing else is changed either.
        (Ok(missing), Ok(odd)) => {
            let is_right =
                are_same_but(place, &odd, missing) || are_same_but(place, &odd, original);
            is_right.then_some(()).ok_or_else(|| "something else is changed".to_owned())
        }
        (Ok(_), Err(error)) => Err(error.to_string()),
        (Err(_), Ok(odd)) => {
            let is_right = are_same_but(place, &odd, original);
            is_right.then_some(()).ok_or_else(|| "required, and something else".to_owned())
        }
        // What is required is named, and not its surroundings.
        (Err(_), Err(error)) => {
            let (_, place) = place.path.split_once('.').unwrap();
            let path: String = error.path().split(['[', ']']).step_by(2).collect();
            let is_named = path.starts_with(place);
            is_named.then_some(()).ok_or_else(|| format!("{error} is another place"))
        }
    }
}

#[test]
fn what_may_be_missing_may_be_odd() {
    let mut seen = Seen::default();
    typed().for_each(|example| seen.go_through(example));
    let of_examples = seen.optional_objects;
    assert!(of_examples > 300, "only {of_examples} objects and lists that may be missing");
    if let Some(folder) = std::env::var_os("HOOKSTEAD_PAYLOADS") {
        for example in folder::read(Path::new(&folder)).unwrap() {
            seen.go_through(&example);
        }
        let all = seen.optional_objects;
        let notice =
            format!("{of_examples} of {all} objects and lists of the schemas are in examples\n");
        std::io::stderr().write_all(notice.as_bytes()).unwrap();
    }
    assert!(seen.wrong.is_empty(), "{} wrong: {:#?}", seen.wrong.len(), seen.wrong);
}

fn sample(event: &EventName) -> Value {
    samples::payload(event).unwrap()
}

fn push(payload: &Value) -> PushEvent {
    PushEvent::decode(&EventName::Push, payload.to_string().as_bytes()).unwrap()
}

#[test]
fn an_old_server_knows_the_owner_of_a_push_by_name_only() {
    let mut payload = sample(&EventName::Push);
    let whole = push(&payload);
    payload["repository"]["owner"] = json!({"name": "octocat", "email": "octocat@github.com"});
    let mut expected = whole;
    expected.repository.owner = None;
    assert_eq!(push(&payload), expected);
    assert_eq!(expected.repository.full_name.owner(), "octo-org");
}

#[test]
fn an_old_status_has_no_number_and_no_people() {
    let mut payload = sample(&EventName::Status);
    payload.as_object_mut().unwrap().remove("id");
    for key in ["author", "committer"] {
        payload["commit"][key] = json!({"name": "Mona", "date": "2015-05-05T23:40:12Z"});
    }
    let event = StatusEvent::decode(&EventName::Status, payload.to_string().as_bytes()).unwrap();
    let commit = event.commit.unwrap();
    assert!(event.id.is_none() && commit.author.is_none() && commit.committer.is_none());
    assert!(commit.commit.is_some());
}

#[test]
fn an_item_that_does_not_fit_is_left_out() {
    let mut payload = sample(&EventName::PullRequest);
    payload["pull_request"]["labels"] = json!([{"name": "a"}, {}, "b", {"name": "c"}, [null]]);
    payload["pull_request"]["requested_reviewers"] = json!([{"login": "hubot"}, {"id": "x"}]);
    let event =
        PullRequestEvent::decode(&EventName::PullRequest, payload.to_string().as_bytes()).unwrap();
    let labels: Vec<&str> = event.pull_request.labels.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(labels, ["a", "c"]);
    assert!(event.pull_request.requested_reviewers.is_empty());
}

#[test]
fn what_is_required_is_named_although_something_odd_stands_before_it() {
    let mut payload = sample(&EventName::PullRequest);
    payload["assignee"] = json!("s3cret");
    payload["pull_request"]["base"]["user"] = json!({"id": "s3cret"});
    let decode = |payload: &Value| {
        PullRequestEvent::decode(&EventName::PullRequest, payload.to_string().as_bytes())
    };
    assert!(decode(&payload).is_ok());
    for (odd, problem) in [
        (json!(3), "invalid type: integer, expected a string"),
        (json!(null), "invalid type: null, expected a string"),
        (json!({"s3cret": 1}), "invalid type: map, expected a string"),
    ] {
        payload["pull_request"]["head"]["sha"] = odd;
        let error = decode(&payload).unwrap_err();
        assert_eq!(error.path(), "pull_request.head.sha");
        assert!(error.problem().starts_with(problem), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    payload["pull_request"]["head"].as_object_mut().unwrap().remove("sha");
    let error = decode(&payload).unwrap_err();
    assert_eq!((error.path(), error.problem()), ("pull_request.head", "missing field `sha`"));
}

#[test]
fn text_that_is_no_json_is_refused_wherever_it_breaks() {
    let payload = sample(&EventName::Push).to_string();
    let odd = payload.replacen('{', r#"{"sender": "odd", "#, 1);
    for text in [&payload, &odd] {
        for end in (0..text.len()).step_by(97).chain([text.len() - 1]) {
            let broken = text.get(..end).unwrap_or_default();
            assert!(PushEvent::decode(&EventName::Push, broken.as_bytes()).is_err(), "{broken}");
        }
        let trailing = format!("{text} x");
        let error = PushEvent::decode(&EventName::Push, trailing.as_bytes()).unwrap_err();
        assert!(error.problem().starts_with("trailing characters"), "{error}");
    }
}

/// Deep nesting, escapes and white space where nobody looks.
#[test]
fn whatever_is_passed_over_ends_where_it_ends() {
    for odd in [
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100)),
        format!("{}{}", r#"{"parent":"#.repeat(200), "}".repeat(0)) + "1" + &"}".repeat(200),
        r#" { "login" : "a\\" , "id" : [ "\"]}" , { } ] } "#.to_owned(),
        r#""\"}\\""#.to_owned(),
        r#"{"login":"\ud800","id":7}"#.to_owned(),
        r#"{"\ud800":1}"#.to_owned(),
        "-1.5e+300".to_owned(),
    ] {
        let mut payload = sample(&EventName::Push);
        let whole = push(&payload);
        payload["repository"]["owner"] = json!("OWNER");
        let text = payload.to_string().replacen(r#""OWNER""#, &odd, 1);
        let event = PushEvent::decode(&EventName::Push, text.as_bytes()).unwrap();
        assert!(event.repository.owner.is_none());
        assert_eq!(event.commits, whole.commits);
        assert_eq!(event.sender, whole.sender);
    }
}

#[test]
fn a_small_stack_is_enough() {
    let decode_all = || {
        for name in samples::EVENTS {
            let event = EventName::from(*name);
            let mut payload = sample(&event);
            payload["sender"] = json!({"login": 7});
            payload["organization"] = json!([]);
            AnyEvent::decode(&event, payload.to_string().as_bytes()).unwrap();
        }
    };
    thread::Builder::new().stack_size(256 * 1024).spawn(decode_all).unwrap().join().unwrap();
}
