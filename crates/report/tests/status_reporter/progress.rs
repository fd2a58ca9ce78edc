use std::time::Duration;

use hookstead_report::Verdict;

use crate::common::{LONG, Outcome, posted_in_the_end, reporter, server};

#[tokio::test]
async fn progress_is_posted_while_the_work_runs() {
    let server = server(4).await;
    let reporter = reporter(&server).progress_interval(Duration::ZERO);
    let progress = reporter.progress();
    let work = async {
        progress.say("no one sees this");
        progress.say("1 of 2");
        server.wait_for_requests(2).await;
        progress.say("1 of 2");
        tokio::task::yield_now().await;
        progress.clone().say("2 of 2");
        server.wait_for_requests(3).await;
        Outcome::Ok(Verdict::success("good"))
    };
    reporter.run("running", work).await.unwrap();
    let expected = ["pending: running", "pending: 1 of 2", "pending: 2 of 2", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

#[tokio::test]
async fn progress_waits_for_its_interval() {
    let server = server(2).await;
    let reporter = reporter(&server).progress_interval(LONG);
    let progress = reporter.progress();
    let work = async {
        for step in 0..100 {
            progress.say(format!("{step} of 100"));
            tokio::task::yield_now().await;
        }
        Outcome::Ok(Verdict::success("good"))
    };
    reporter.run("running", work).await.unwrap();
    assert_eq!(posted_in_the_end(&server).await, ["pending: running", "success: good"]);
}

#[tokio::test]
async fn progress_comes_to_an_end() {
    let server = server(3).await;
    let reporter = reporter(&server).progress_interval(Duration::ZERO).max_progress(1);
    let progress = reporter.progress();
    let work = async {
        progress.say("1 of 2");
        server.wait_for_requests(2).await;
        for _ in 0..100 {
            progress.say("2 of 2");
            tokio::task::yield_now().await;
        }
        Outcome::Ok(Verdict::success("good"))
    };
    reporter.run("running", work).await.unwrap();
    let expected = ["pending: running", "pending: 1 of 2", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

#[tokio::test]
async fn progress_that_cannot_be_posted_does_not_stop_the_work() {
    use crate::common::created;
    use crate::support::{Server, json};
    let server = Server::start([created(1), json(500, "{}"), created(2)]).await;
    let reporter = reporter(&server).progress_interval(Duration::ZERO);
    let progress = reporter.progress();
    let work = async {
        progress.say("1 of 2");
        server.wait_for_requests(2).await;
        Outcome::Ok(Verdict::success("good"))
    };
    reporter.run("running", work).await.unwrap();
    let expected = ["pending: running", "pending: 1 of 2", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

#[tokio::test]
async fn progress_after_the_end_is_not_posted() {
    let server = server(2).await;
    let reporter = reporter(&server).progress_interval(Duration::ZERO);
    let progress = reporter.progress();
    let work = async { Outcome::Ok(Verdict::success("good")) };
    reporter.run("running", work).await.unwrap();
    progress.say("too late");
    assert_eq!(posted_in_the_end(&server).await, ["pending: running", "success: good"]);
}
