use hookstead_report::{StatusReporter, Verdict};

use crate::common::{CONTEXT, Outcome, created, posted_in_the_end, reporter, server};
use crate::support::{Reply, Server, answer, json, sha};

async fn good() -> Outcome {
    Ok(Verdict::success("good"))
}

#[tokio::test]
async fn an_older_build_is_silent_once_a_newer_one_began() {
    let server = server(4).await;
    let older = reporter(&server);
    older.queued("older").await.unwrap();
    // GitHub compares both without regard to case.
    let repo = server.client().repo(&"Octocat/Hello".parse().unwrap());
    let newer = StatusReporter::new(&repo, &sha(), CONTEXT);
    let (older_progress, newer_progress) = (older.progress(), newer.progress());
    assert!(!older_progress.is_superseded());
    newer.queued("newer").await.unwrap();
    assert!(older_progress.is_superseded());
    assert!(!newer_progress.is_superseded());

    older.queued("older again").await.unwrap();
    let verdict = older.run("older runs", async { Outcome::Ok(Verdict::failure("old")) }).await;
    assert_eq!(verdict.unwrap(), Verdict::failure("old"), "the work is done all the same");
    newer.run("newer runs", good()).await.unwrap();
    let expected = ["pending: older", "pending: newer", "pending: newer runs", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

#[tokio::test]
async fn an_older_build_stays_silent_after_the_newer_one_ended() {
    let server = server(3).await;
    let older = reporter(&server);
    older.queued("older").await.unwrap();
    reporter(&server).run("newer runs", good()).await.unwrap();
    older.queued("older again").await.unwrap();
    drop(older);
    let expected = ["pending: older", "pending: newer runs", "success: good"];
    assert_eq!(posted_in_the_end(&server).await, expected);
}

#[tokio::test]
async fn a_newer_build_that_never_began_silences_nobody() {
    let server = server(2).await;
    let older = reporter(&server);
    let newer = reporter(&server);
    older.run("running", good()).await.unwrap();
    drop(newer);
    assert_eq!(posted_in_the_end(&server).await, ["pending: running", "success: good"]);
}

#[tokio::test]
async fn another_context_or_commit_is_another_matter() {
    let server = server(6).await;
    let first = reporter(&server);
    first.queued("queued").await.unwrap();
    let other = StatusReporter::new(&server.repo(), &sha(), "ci/other");
    other.run("running", good()).await.unwrap();
    let commit = "0123456789012345678901234567890123456789".parse().unwrap();
    let other = StatusReporter::new(&server.repo(), &commit, CONTEXT);
    other.run("running", good()).await.unwrap();
    first.run("queued", good()).await.unwrap();
    assert_eq!(server.requests().len(), 6);
}

fn list(statuses: &[(u64, &str)]) -> Reply {
    let statuses: Vec<_> = statuses
        .iter()
        .map(|(id, context)| format!(r#"{{"id":{id},"state":"pending","context":"{context}"}}"#))
        .collect();
    json(200, &format!("[{}]", statuses.join(",")))
}

#[tokio::test]
async fn a_newer_status_of_another_process_is_not_overwritten() {
    let server = Server::start([created(10), list(&[(12, "x"), (11, "CI/Demo"), (10, CONTEXT)])]);
    let server = server.await;
    let verdict = reporter(&server).look_for_newer().run("running", good()).await.unwrap();
    assert!(verdict.is_success());
    assert_eq!(posted_in_the_end(&server).await, ["pending: running"]);
    let [_, look] = &server.requests()[..] else { panic!("two requests") };
    assert!(look.line.starts_with("GET /repos/octocat/hello/commits/"), "{}", look.line);
}

#[tokio::test]
async fn the_last_status_is_posted_when_nobody_is_known_to_be_newer() {
    for look in [
        list(&[(12, "ci/other"), (10, CONTEXT), (9, CONTEXT)]),
        // A replica that does not know the own one yet.
        list(&[(9, CONTEXT)]),
        list(&[]),
        answer(500, &[], "no answer"),
    ] {
        let server = Server::start([created(10), look, created(13)]).await;
        reporter(&server).look_for_newer().run("running", good()).await.unwrap();
        assert_eq!(posted_in_the_end(&server).await, ["pending: running", "success: good"]);
    }
}

#[tokio::test]
async fn an_interrupted_build_that_lost_its_lease_does_not_overwrite_its_successor() {
    let server = Server::start([created(10), list(&[(11, CONTEXT)])]).await;
    let reporter = reporter(&server).look_for_newer();
    reporter.queued("queued").await.unwrap();
    drop(reporter);
    assert_eq!(posted_in_the_end(&server).await, ["pending: queued"]);
    assert_eq!(server.requests().len(), 2);
}
