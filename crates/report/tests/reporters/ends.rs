//! Every way in which work ends by itself.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstead_handler::{Advice, HandlerError};
use hookstead_report::Verdict;
use hookstead_testkit::{Fault, RouteAnswer};
use http::Method;
use serde_json::json;

use crate::stage::{CONTEXT, Outcome, Stage, WAYS, Way, good, never};

#[tokio::test]
async fn work_from_its_queue_to_its_end() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let reporter = stage.report(&attempt).status(&stage.head, CONTEXT);
    let reporter = reporter.target_url("https://ci.example.com/17").description("It runs");
    reporter.queued("Waiting for a machine").await.unwrap();
    let verdict = Verdict::success("ü".repeat(200)).link("https://ci.example.com/17/log");
    let work = async || Outcome::Ok(verdict.clone());
    assert_eq!(reporter.run(work).await.unwrap(), verdict);

    let mut statuses = stage.repository.statuses(&stage.head);
    statuses.sort_by_key(|status| status.id);
    let said: Vec<_> = statuses
        .into_iter()
        .map(|it| (it.state.to_string(), it.description.unwrap(), it.target_url.unwrap()))
        .collect();
    let page = "https://ci.example.com/17";
    let expected = [
        ("pending", "Waiting for a machine".to_owned(), page),
        ("pending", "It runs".to_owned(), page),
        ("success", "ü".repeat(139) + "…", "https://ci.example.com/17/log"),
    ];
    assert_eq!(said, expected.map(|(one, two, three)| (one.to_owned(), two, three.to_owned())));
    assert_eq!(stage.told_in_the_end(Way::Status).await.len(), 3, "nothing follows the end");
}

#[tokio::test]
async fn every_verdict_is_a_state() {
    for way in WAYS {
        for (verdict, expected) in [
            (Verdict::success("good"), "success: good"),
            (Verdict::failure("bad"), "failure: bad"),
            (
                Verdict::error("broken"),
                if way == Way::Check { "failure: broken" } else { "error: broken" },
            ),
        ] {
            let stage = Stage::set().await;
            let work = async || Outcome::Ok(verdict.clone());
            let returned = stage.run(way, &stage.attempt(), work).await.unwrap();
            assert_eq!(returned, verdict);
            assert_eq!(stage.told_in_the_end(way).await, ["pending: running", expected]);
        }
    }
}

#[tokio::test]
async fn work_may_return_less_than_a_verdict() {
    let stage = Stage::set().await;
    let passed = async || Ok::<_, io::Error>(false);
    stage.run(Way::Status, &stage.attempt(), passed).await.unwrap();
    let done = async || Ok::<_, HandlerError>(());
    stage.run(Way::Deployment, &stage.attempt(), done).await.unwrap();
    assert_eq!(stage.told(Way::Status), ["pending: running", "failure: Failed"]);
    assert_eq!(stage.told(Way::Deployment), ["pending: running", "success: Done"]);
}

#[tokio::test]
async fn an_error_passes_unchanged_and_unposted() {
    let day = Duration::from_secs(86_400);
    for way in WAYS {
        let error_state = if way == Way::Check { "failure" } else { "error" };
        for (error, advice, expected) in [
            (HandlerError::retry("s3cret"), Advice::Retry, "Ended by an error, to be tried again"),
            (HandlerError::permanent("s3cret"), Advice::Permanent, "Ended by an error"),
            (
                HandlerError::outage("s3cret"),
                Advice::Outage(None),
                "Something that it needs is down, to be tried again",
            ),
            (
                HandlerError::retry_after("s3cret", day),
                Advice::RetryAfter(day),
                "Ended by an error, to be tried again",
            ),
        ] {
            let stage = Stage::set().await;
            let work = async move || Outcome::Err(error);
            let error = stage.run(way, &stage.attempt(), work).await.unwrap_err();
            assert_eq!((error.to_string().as_str(), error.advice()), ("s3cret", advice));
            let expected = format!("{error_state}: {expected}");
            assert_eq!(stage.told_in_the_end(way).await, ["pending: running", &expected]);
        }
    }
}

#[tokio::test]
async fn work_that_waits_stays_pending() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let work =
        async || Outcome::Err(HandlerError::wait(Duration::from_secs(60), "an approval of s3cret"));
    stage.run(Way::Status, &attempt, work).await.unwrap_err();
    let waiting = ["pending: running", "pending: Waiting"];
    assert_eq!(stage.told_in_the_end(Way::Status).await, waiting);
    stage.run(Way::Status, &attempt.next_for_test(), good).await.unwrap();
    let expected = [&waiting[..], &["pending: running", "success: good"]].concat();
    assert_eq!(stage.told_in_the_end(Way::Status).await, expected);
}

#[tokio::test]
async fn a_panic_is_reported_and_goes_on() {
    for way in WAYS {
        let stage = Arc::new(Stage::set().await);
        let own = stage.clone();
        let task = tokio::spawn(async move {
            let work = async || -> Outcome {
                tokio::task::yield_now().await;
                panic!("s3cret");
            };
            own.run(way, &own.attempt(), work).await
        });
        let panic = task.await.unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"s3cret"));
        // It was posted before the panic went on.
        let told = stage.told(way);
        assert!(told[1].ends_with("Ended by a panic, to be tried again"), "{told:?}");
        assert_eq!(stage.told_in_the_end(way).await.len(), 2);
    }
}

#[tokio::test]
async fn work_that_github_refuses_to_hear_of_is_not_begun() {
    for way in WAYS {
        for fault in [Fault::status(422), Fault::status(401), Fault::sign_in_page()] {
            let stage = Stage::set().await;
            stage.github.inject(fault.on(Method::POST, "/"));
            let error = stage.run(way, &stage.attempt(), never).await.unwrap_err();
            assert!(!matches!(error.advice(), Advice::Outage(_)), "{error}");
            assert!(stage.told_in_the_end(way).await.is_empty());
        }
    }
}

#[tokio::test]
async fn no_decoration_costs_the_state() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let verdict = Verdict::failure("2 tests failed 🐛")
        .link("ci.example.com/17/log")
        .environment_url("nowhere")
        .summary("")
        .text("🐛".repeat(70_000));
    for way in WAYS {
        let work = async || Outcome::Ok(verdict.clone());
        stage.run(way, &attempt, work).await.unwrap();
        assert!(stage.told(way)[1].starts_with("failure: 2 tests failed"), "{:?}", stage.told(way));
    }
    // An own link that cannot be used leaves the reporter's.
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let reporter = stage.report(&attempt).status(&stage.head, CONTEXT);
    let reporter = reporter.target_url("https://ci.example.com/17");
    reporter.run(async || Outcome::Ok(verdict.clone())).await.unwrap();
    let last = stage.github.requests().pop().unwrap().body.unwrap();
    assert_eq!(last["target_url"], "https://ci.example.com/17");

    // What GitHub refuses nevertheless is left out.
    let stage = Stage::set().await;
    let refusal = json!({"message": "Validation Failed", "errors": [{"field": "description"}]});
    let is_first = AtomicBool::new(true);
    let calls = Arc::new(Mutex::new(Vec::new()));
    let heard = calls.clone();
    stage.github.on(Method::POST, "/repos/{owner}/{repo}/statuses/{sha}", move |request| {
        let body = request.json();
        let ends = body["state"] == "failure";
        heard.lock().unwrap().push(body);
        if ends && is_first.swap(false, Ordering::SeqCst) {
            return RouteAnswer::json(422, refusal.clone());
        }
        RouteAnswer::json(201, json!({"id": 1, "state": "pending"}))
    });
    let work = async || Outcome::Ok(Verdict::failure("2 tests failed"));
    stage.run(Way::Status, &stage.attempt(), work).await.unwrap();
    let last = calls.lock().unwrap().pop().unwrap();
    assert_eq!(last, json!({"state": "failure", "context": CONTEXT}));
}

#[tokio::test]
async fn an_unreadable_answer_to_a_report_that_arrived_is_no_failure() {
    let stage = Stage::set().await;
    stage.github.inject(Fault::truncated_json().on(Method::POST, "/statuses/").times(2));
    assert!(stage.run(Way::Status, &stage.attempt(), good).await.unwrap().is_success());
    assert_eq!(stage.told_in_the_end(Way::Status).await, ["pending: running", "success: good"]);
}
