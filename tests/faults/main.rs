//! What the client makes of GitHub's troubles: every call that it can make against every fault.
//!
//! [`calls`] makes each call that the client declares; [`table`] says what is expected of those that are
//! repeated in one way. No cell
//! makes a second deployment, none loses a status that may be repeated, and no secret shows in an error or
//! in what anybody logs meanwhile, at any level.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod call;
mod calls;
mod check_calls;
mod code_calls;
mod conversation_calls;
mod hook_calls;
mod listener;
mod stage;
mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

use hookstead::client::{self, Repetition};
use hookstead_testkit::Fault;
use hookstead_tests::within;
use tokio::sync::Semaphore;

use call::{Call, Target};
use listener::Listener;
use stage::Stage;
use table::{End, Expected, Trouble};

/// As many cells are played at a time. Each has a server and some connections of its own.
const AT_A_TIME: usize = 96;

/// How a secret of the test begins, or what is in it: the token, installations' tokens, JSON web tokens,
/// the App's key, the secrets of hooks.
const SECRETS: [&str; 5] = [stage::TOKEN, "ghs_", "eyJ", "PRIVATE KEY", stage::HOOK_SECRET];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_against_every_fault() {
    let listener = Listener::of_everything(&SECRETS);
    let room = Arc::new(Semaphore::new(AT_A_TIME));
    let calls: Vec<_> = calls::all().into_iter().map(Arc::new).collect();
    let mut cells = tokio::task::JoinSet::new();
    for (trouble, fault) in table::faults() {
        for call in &calls {
            let (call, fault, room) = (call.clone(), fault.clone(), room.clone());
            cells.spawn(async move {
                let _place = room.acquire_owned().await.unwrap();
                cell(&call, trouble, fault).await
            });
        }
    }
    let count = cells.len();
    let wrong: Vec<String> = within(cells.join_all()).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} of {count} cells:\n{}", wrong.len(), wrong.join("\n"));

    assert_eq!(listener.leaks(), [""; 0]);
    // Whoever heard nothing found nothing.
    assert!(listener.heard_of("hookstead_client") > count);
    assert!(listener.heard_of("hyper_util") > count);
}

/// Each call that the client declares is here, at each place that it has.
#[test]
fn no_call_is_forgotten() {
    let declared: BTreeSet<_> = client::calls()
        .flat_map(|endpoint| Target::all_of(endpoint).map(|target| (endpoint.name, target)))
        .collect();
    let called: BTreeSet<_> = calls::all()
        .into_iter()
        .filter_map(|call| Some((call.declared?.name, call.target)))
        .collect();
    assert_eq!(called, declared);
}

/// Plays one cell of the table; the text says what is wrong with it.
async fn cell(call: &Call, trouble: Trouble, fault: Fault) -> Option<String> {
    let stage = Arc::new(Stage::set_for(call).await);
    let requests_before = stage.github.requests().len();
    let effects_before = (call.effects)(&stage);
    stage.github.inject(fault.clone());
    let result = (call.make)(stage.clone()).await;

    let end = match &result {
        Ok(()) => End::Good,
        Err(error) if error.took_effect() => End::TookEffect,
        Err(_) => End::Failed,
    };
    let requests = stage.github.requests().split_off(requests_before);
    let effects = (call.effects)(&stage) - effects_before;
    let found = Expected { end, effects, requests: requests.len() };
    let expected = table::expected(trouble, call);

    let shown =
        result.as_ref().map_or_else(|error| format!("{error} {error:?}"), |()| String::new());
    let is_leak = SECRETS.iter().any(|secret| shown.contains(secret));
    let is_another =
        requests.first().is_none_or(|first| !call.target.is(&first.method, &first.path));
    let is_double = call.repetition == Repetition::Never && effects > 1;
    let is_right = found == expected
        && !is_leak
        && !is_another
        && !is_double
        && stage.github.pending_faults().is_empty();
    (!is_right).then(|| {
        format!("{} with {fault}: {found:?}, not {expected:?}: {shown} {requests:?}", call.target)
    })
}
