//! Bodies that are like GitHub's, and like each other only as far as GitHub's are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use hookstead_events::{Event, EventName, PullRequestEvent};
use hookstead_handler::{Delivery, HookTarget};
use hookstead_testkit::samples;
use serde_json::Value;

use crate::ids::guid;

/// The length of each: that of a `pull_request.opened` with a short description.
pub(crate) const LENGTH: usize = 25 * 1024;

/// So many different ones take turns. Nothing here looks for a body that it has seen before.
const DIFFERENT: usize = 256;

/// What descriptions of pull requests are made of here.
const WORDS: &str = "the a to of and this that when it is are was we so but not if add fix remove use \
    test build server branch commit status deployment request review merge check error message \
    config setting default value file path name list call type field handle return before after \
    first last only now still again more less than with without from into see issue change";

/// The bodies.
pub(crate) struct Bodies {
    bodies: Vec<Bytes>,
    next: AtomicU64,
}

impl Bodies {
    pub(crate) fn generate() -> Self {
        let mut random = fastrand::Rng::with_seed(17);
        let sample = samples::payload(&EventName::from("pull_request")).unwrap();
        let bodies = (0..DIFFERENT).map(|_| generate(&sample, &mut random)).collect();
        Self { bodies, next: AtomicU64::new(0) }
    }

    pub(crate) fn next(&self) -> Bytes {
        let number = self.next.fetch_add(1, Ordering::Relaxed) as usize;
        self.bodies[number % self.bodies.len()].clone()
    }

    /// So many deliveries that nobody has seen before.
    pub(crate) fn deliveries(&self, count: usize) -> Vec<Delivery> {
        (0..count).map(|_| self.delivery()).collect()
    }

    pub(crate) fn delivery(&self) -> Delivery {
        let mut delivery =
            Delivery::new(guid().parse().unwrap(), EventName::from("pull_request"), self.next());
        delivery.action = Some("opened".to_owned());
        delivery.hook = Some(292_430_182);
        delivery.target = Some(HookTarget { kind: "repository".to_owned(), id: 79_929_171 });
        delivery
    }
}

/// The sample with ids, shas, names and a description of its own. An id that occurs several times
/// still does: that is what makes JSON small when it is compressed, and no more.
fn generate(sample: &Value, random: &mut fastrand::Rng) -> Bytes {
    let mut sample = sample.clone();
    sample["pull_request"]["body"] = Value::from("");
    let text = varied(&sample.to_string(), random);
    let room = LENGTH.checked_sub(text.len()).unwrap();
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut description = String::new();
    while description.len() < room {
        description += words[random.usize(..words.len())];
        description += " ";
    }
    description.truncate(room);
    let mut payload: Value = serde_json::from_str(&text).unwrap();
    payload["pull_request"]["body"] = Value::from(description);
    let body = Bytes::from(payload.to_string());
    assert_eq!(body.len(), LENGTH);
    PullRequestEvent::decode(&EventName::from("pull_request"), &body).unwrap();
    body
}

/// The text with every longer run of letters and digits that has a digit in it (ids, shas) and every
/// name replaced by another of the same shape, the same for the same.
fn varied(text: &str, random: &mut fastrand::Rng) -> String {
    let mut replaced: HashMap<&str, String> = HashMap::new();
    let mut varied = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|letter: char| !letter.is_ascii_alphanumeric());
        let (run, after) = rest.split_at(length.unwrap_or(rest.len()));
        let is_id = run.len() >= 6 && run.bytes().any(|byte| byte.is_ascii_digit());
        if is_id || matches!(run.to_ascii_lowercase().as_str(), "octocat" | "hello") {
            varied += replaced.entry(run).or_insert_with(|| other(run, random));
        } else {
            varied += run;
        }
        let between = after.find(|letter: char| letter.is_ascii_alphanumeric());
        let (marks, after) = after.split_at(between.unwrap_or(after.len()));
        varied += marks;
        rest = after;
    }
    varied
}

fn other(run: &str, random: &mut fastrand::Rng) -> String {
    let hexadecimal = run.bytes().all(|byte| byte.is_ascii_hexdigit());
    let shape = |(position, letter): (usize, char)| match letter {
        '0' if position == 0 => '0',
        '0'..='9' if position == 0 => random.digit(10).max('1'),
        '0'..='9' => random.digit(10),
        'a'..='z' if hexadecimal => char::from(b"abcdef"[random.usize(..6)]),
        'a'..='z' => random.lowercase(),
        _ => random.uppercase(),
    };
    run.chars().enumerate().map(shape).collect()
}
