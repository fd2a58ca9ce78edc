//! What the handlers of the test server are, and what they do.

use std::net::SocketAddr;

use hookstead::events::{DecodeError, Event, EventName, decode_json};
use hookstead::handler::HandlerName;
use hookstead::{Registration, Router};
use serde_json::Value;

use crate::labour::Labour;

/// The program of a test server that is told nothing else.
pub const PROGRAM: &str = "torture";

/// Its handlers.
pub const HANDLERS: &str = "push:push deployment:deployment:latest";

/// A router of handlers that report to the [`Ledger`](crate::Ledger) at this address.
///
/// `handlers` has a word for each: `NAME:EVENT`, and after it, each behind a colon,
///
/// * `latest`: of a lane only the latest counts; `order`: one after the other; `plain`: no lanes;
/// * `formerly=OLD`: it had this name before.
///
/// What they are to do stands in the payload, all of it optional:
///
/// `{"lane": "a", "work": 20, "then": "done", "step": true, "not": ["audit"]}`: of the lane `a`, works 20 ms,
/// then is done, or is to be tried `again` once, or has to `wait` once, or fails `for ever`, or does
/// `block` its thread for ever; a map from names to these words gives each handler its own. A step comes
/// before the work. Whoever stands in `not` does not take it.
///
/// # Errors
///
/// When a word is not understood.
pub fn router(program: &str, handlers: &str, ledger: SocketAddr) -> Result<Router, String> {
    handlers.split_whitespace().try_fold(Router::new().program(program), |router, word| {
        let role = Role::parse(word).ok_or_else(|| format!("not understood: {word}"))?;
        let owner = format!("{program}.{}", role.formerly.as_deref().unwrap_or(&role.name));
        let labour = Labour { ledger, owner, has_lanes: role.lanes != Lanes::None };
        Ok(match role.event.as_str() {
            "push" => router.on_with::<Job<0>>(labour, |it| role.registered(it)),
            "deployment" => router.on_with::<Job<1>>(labour, |it| role.registered(it)),
            "deployment_status" => router.on_with::<Job<2>>(labour, |it| role.registered(it)),
            "pull_request" => router.on_with::<Job<3>>(labour, |it| role.registered(it)),
            event => return Err(format!("no job has the event {event}")),
        })
    })
}

/// A handler, as a word of the test's describes it.
struct Role {
    name: String,
    event: String,
    formerly: Option<String>,
    lanes: Lanes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lanes {
    None,
    Free,
    Latest,
    InOrder,
}

impl Role {
    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split(':');
        let (name, event) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let mut role = Self { name, event, formerly: None, lanes: Lanes::Free };
        for part in parts {
            match part.split_once('=') {
                None if part == "latest" => role.lanes = Lanes::Latest,
                None if part == "order" => role.lanes = Lanes::InOrder,
                None if part == "plain" => role.lanes = Lanes::None,
                Some(("formerly", old)) => role.formerly = Some(old.to_owned()),
                _ => return None,
            }
        }
        Some(role)
    }

    fn registered<const EVENT: usize>(
        self,
        registration: Registration<Job<EVENT>>,
    ) -> Registration<Job<EVENT>> {
        let name = self.name.clone();
        let mut registration = registration.name(self.name).when(move |job| job.is_for(&name));
        if let Some(old) = self.formerly {
            registration = registration.formerly(old);
        }
        if self.lanes != Lanes::None {
            registration = registration.lane(Job::lane);
        }
        match self.lanes {
            Lanes::None | Lanes::Free => registration,
            Lanes::Latest => registration.latest_only(),
            Lanes::InOrder => registration.in_order(),
        }
    }
}

/// What a payload asks for.
#[derive(Debug)]
pub(crate) struct Job<const EVENT: usize>(pub(crate) Value);

impl<const EVENT: usize> Event for Job<EVENT> {
    const NAME: Option<EventName> = Some(match EVENT {
        0 => EventName::Push,
        1 => EventName::Deployment,
        2 => EventName::DeploymentStatus,
        _ => EventName::PullRequest,
    });

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload).map(Self)
    }
}

impl<const EVENT: usize> Job<EVENT> {
    pub(crate) fn lane(&self) -> Option<String> {
        self.0["lane"].as_str().map(str::to_owned)
    }

    fn is_for(&self, name: &str) -> bool {
        !self.0["not"].as_array().is_some_and(|not| not.iter().any(|it| it == name))
    }

    /// What comes after the work.
    pub(crate) fn then(&self, handler: &HandlerName) -> Option<&str> {
        let then = &self.0["then"];
        let name = handler.as_str().rsplit_once('.').map_or(handler.as_str(), |it| it.1);
        then.as_str().or_else(|| then[name].as_str())
    }
}
