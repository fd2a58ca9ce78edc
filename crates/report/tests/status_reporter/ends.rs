use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookstead_report::{AfterInterruption, ReportError, StatusReporter, Verdict};
use serde_json::json as value;

use crate::common::{CONTEXT, Outcome, created, posted, posted_in_the_end, reporter, server};
use crate::support::{Reply, SHA, Server, answer, json, sha};

/// An error of a user's own, which reports become by `?`.
#[derive(Debug)]
enum BuildError {
    Compiler(&'static str),
    Report(ReportError),
}

impl From<ReportError> for BuildError {
    fn from(error: ReportError) -> Self {
        Self::Report(error)
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

#[tokio::test]
async fn a_build_from_its_queue_to_its_end() {
    let server = server(3).await;
    let reporter = reporter(&server).target_url("https://ci.example.com/17");
    reporter.queued("Waiting for a machine").await.unwrap();
    let verdict = Verdict::success("ü".repeat(200)).target_url("https://ci.example.com/17/log");
    let work = async { Outcome::Ok(verdict.clone()) };
    assert_eq!(reporter.run("The build is running", work).await.unwrap(), verdict);

    let requests = server.requests();
    let bodies: Vec<_> = requests.iter().map(|request| request.json()).collect();
    let page = "https://ci.example.com/17";
    let expected = [
        ("pending", "Waiting for a machine".to_owned(), page),
        ("pending", "The build is running".to_owned(), page),
        ("success", "ü".repeat(139) + "…", "https://ci.example.com/17/log"),
    ];
    let expected = expected.map(|(state, description, target_url)| {
        value!({
            "state": state,
            "context": CONTEXT,
            "description": description,
            "target_url": target_url,
        })
    });
    assert_eq!(bodies, expected);
    for request in &requests {
        assert_eq!(request.line, format!("POST /repos/octocat/hello/statuses/{SHA}"));
    }
    assert_eq!(posted_in_the_end(&server).await.len(), 3, "nothing follows the end");
}

/// Whatever is wrong with its words and its link.
#[tokio::test]
async fn no_decoration_costs_the_state() {
    let page = "https://ci.example.com/17";
    let server = server(2).await;
    let reporter = reporter(&server).target_url(page);
    let verdict = Verdict::failure("2 tests failed 🐛").target_url("ci.example.com/17/log");
    let work = async { Outcome::Ok(verdict) };
    reporter.run("The build is running", work).await.unwrap();
    let last = server.requests()[1].json();
    // The reporter's link is better than none.
    let expected = value!({
        "state": "failure",
        "context": CONTEXT,
        "description": "2 tests failed \u{FFFD}",
        "target_url": page,
    });
    assert_eq!(last, expected);

    // What GitHub refuses nevertheless is left out.
    let refused = r#"{"message": "Validation Failed", "errors": [{"field": "description"}]}"#;
    let server = Server::start([created(1), json(422, refused), created(2)]).await;
    let work = async { Outcome::Ok(Verdict::failure("2 tests failed")) };
    self::reporter(&server).run("running", work).await.unwrap();
    let last = server.requests()[2].json();
    assert_eq!(last, value!({"state": "failure", "context": CONTEXT}));
}

/// GitHub knows a blank context as `default`, and a long one as it was cut.
#[tokio::test]
async fn reporters_of_one_status_find_each_other() {
    let long = "x".repeat(300);
    for (one, other) in [("", "default"), (long.as_str(), long.as_str())] {
        let server = server(1).await;
        let reporter = |context| StatusReporter::new(&server.repo(), &sha(), context);
        let (older, newer) = (reporter(one), reporter(other));
        newer.queued("newer").await.unwrap();
        older.queued("older").await.unwrap();
        drop((older, newer.on_interruption(AfterInterruption::Pending)));
        assert!(StatusReporter::finish(Duration::from_secs(60)).await);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn every_verdict_is_a_state() {
    for (verdict, expected) in [
        (Verdict::success("good"), "success: good"),
        (Verdict::failure("bad"), "failure: bad"),
        (Verdict::error("broken"), "error: broken"),
    ] {
        let server = server(2).await;
        let is_success = verdict.is_success();
        let work = async { Outcome::Ok(verdict) };
        let verdict = reporter(&server).run("running", work).await.unwrap();
        assert_eq!(verdict.is_success(), is_success);
        assert_eq!(posted(&server), ["pending: running", expected]);
    }
}

#[tokio::test]
async fn an_error_of_the_work_passes_unchanged_and_unposted() {
    let server = server(2).await;
    let work = async { Err(BuildError::Compiler("s3cret")) };
    let error = reporter(&server).run("running", work).await.unwrap_err();
    assert!(matches!(error, BuildError::Compiler("s3cret")), "{error}");
    assert_eq!(posted(&server), ["pending: running", "error: Ended by an error"]);
}

#[tokio::test]
async fn an_error_of_the_work_comes_before_one_of_the_report() {
    let server = Server::start([created(1), json(500, "{}")]).await;
    let work = async { Err(BuildError::Compiler("first")) };
    let error = reporter(&server).run("running", work).await.unwrap_err();
    assert!(matches!(error, BuildError::Compiler("first")), "{error}");
    assert_eq!(posted_in_the_end(&server).await.len(), 2);
}

#[tokio::test]
async fn a_panic_is_reported_and_goes_on() {
    let server = server(2).await;
    let reporter = reporter(&server);
    let task = tokio::spawn(async move {
        let work = async {
            tokio::task::yield_now().await;
            panic!("s3cret");
        };
        reporter.run::<ReportError>("running", work).await
    });
    let panic = task.await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"s3cret"));
    // It was posted before the panic went on.
    assert_eq!(posted(&server), ["pending: running", "error: Ended by a panic"]);
    assert_eq!(posted_in_the_end(&server).await.len(), 2);
}

/// Notes when it is dropped.
struct Noted(Arc<AtomicBool>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_deadline_ends_the_work_and_says_so() {
    let server = server(2).await;
    let dropped = Arc::new(AtomicBool::new(false));
    let noted = Noted(dropped.clone());
    let work = async move {
        let _noted = noted;
        std::future::pending::<Outcome>().await
    };
    let reporter = reporter(&server).deadline(Duration::from_millis(20));
    let error = reporter.run("running", work).await.unwrap_err();
    assert!(dropped.load(Ordering::SeqCst));
    assert_eq!(error.to_string(), "the work took longer than 0.02 s");
    let ReportError::Deadline { after, .. } = error else { panic!("{error}") };
    assert_eq!(after, Duration::from_millis(20));
    assert_eq!(posted(&server), ["pending: running", "error: The work took longer than 0.02 s"]);
    assert_eq!(posted_in_the_end(&server).await.len(), 2);
}

#[tokio::test]
async fn work_that_is_done_at_its_deadline_is_done() {
    let server = server(2).await;
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter(&server).deadline(Duration::ZERO).run("running", work).await.unwrap();
    assert_eq!(posted(&server), ["pending: running", "success: good"]);
}

#[tokio::test]
async fn work_that_cannot_be_announced_is_not_begun() {
    let refusals = [
        json(422, r#"{"message": "No commit found for SHA"}"#),
        answer(429, &[("retry-after", "90")], "{}"),
    ];
    for refusal in refusals {
        let server = Server::start([refusal]).await;
        let work = async { panic!("the work was begun") };
        let error = reporter(&server).run("running", work).await.unwrap_err();
        let BuildError::Report(ReportError::Call(error)) = error else { panic!("{error}") };
        assert!(error.status().unwrap().is_client_error());
        // GitHub has nothing that would have to be put right.
        assert_eq!(posted_in_the_end(&server).await, ["pending: running"]);
    }
}

#[tokio::test]
async fn an_announcement_that_may_have_arrived_is_taken_back() {
    let server = Server::start([Reply::BytesThenClose(Vec::new()), created(2)]).await;
    let work = async { panic!("the work was begun") };
    let error = reporter(&server).run::<ReportError>("running", work).await.unwrap_err();
    assert!(matches!(error, ReportError::Call(_)), "{error}");
    let expected = ["pending: running", "error: Interrupted before the end"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

#[tokio::test]
async fn an_unreadable_answer_to_a_status_that_arrived_is_no_failure() {
    let server = Server::start([json(201, "{"), json(201, "[")]).await;
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter(&server).run("running", work).await.unwrap();
    assert_eq!(posted(&server), ["pending: running", "success: good"]);
}

/// A single sign-on page says 200 to everything.
#[tokio::test]
async fn a_login_page_is_no_answer_to_a_status() {
    let page = || answer(200, &[("content-type", "text/html")], "<title>Sign in</title>");
    let server = Server::start([page()]).await;
    let work = async { panic!("the work was begun") };
    let error = reporter(&server).run::<ReportError>("running", work).await.unwrap_err();
    assert!(matches!(&error, ReportError::Call(error) if error.is_not_github()), "{error}");

    let server = Server::start([created(1), page()]).await;
    let work = async { Outcome::Ok(Verdict::success("good")) };
    let error = reporter(&server).run("running", work).await.unwrap_err();
    assert!(matches!(&error, ReportError::Call(error) if error.is_not_github()), "{error}");
    assert!(error.to_string().contains("POST http://"), "{error}");
}

#[tokio::test]
async fn a_verdict_that_cannot_be_posted_says_when_to_come_back() {
    let limit = answer(429, &[("retry-after", "90")], "{}");
    let server = Server::start([created(1), limit]).await;
    let work = async { Outcome::Ok(Verdict::success("good")) };
    let error = reporter(&server).run("running", work).await.unwrap_err();
    let wait = hookstead_types::RetryAfter::in_chain(&error);
    assert_eq!(wait, Some(Duration::from_secs(90)));
    assert_eq!(posted_in_the_end(&server).await, ["pending: running", "success: good"]);
}

#[tokio::test]
async fn a_status_that_changes_nothing_is_not_posted() {
    let server = server(3).await;
    let reporter = reporter(&server);
    reporter.queued("Working").await.unwrap();
    reporter.queued("Working").await.unwrap();
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter.run("Working", work).await.unwrap();
    assert_eq!(posted_in_the_end(&server).await, ["pending: Working", "success: good"]);
}

#[tokio::test]
async fn a_status_that_did_not_arrive_is_posted_again() {
    let server = Server::start([json(500, "{}"), created(1), created(2)]).await;
    let reporter = reporter(&server);
    assert!(reporter.queued("Working").await.is_err());
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter.run("Working", work).await.unwrap();
    let expected = ["pending: Working", "pending: Working", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}
