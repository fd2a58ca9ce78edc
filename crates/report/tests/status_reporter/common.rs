use std::time::Duration;

use hookstead_report::{ReportError, StatusReporter, Verdict};

use crate::support::{Reply, Server, json, sha};

pub(crate) const CONTEXT: &str = "ci/demo";

/// Longer than any test lasts.
pub(crate) const LONG: Duration = Duration::from_secs(3600);

/// The error of works that have none of their own.
pub(crate) type Outcome = Result<Verdict, ReportError>;

/// The answer to a status that is created.
pub(crate) fn created(id: u64) -> Reply {
    json(201, &format!(r#"{{"id": {id}, "state": "pending"}}"#))
}

/// A server that takes so many statuses, with the ids 1, 2, 3...
pub(crate) async fn server(statuses: u64) -> Server {
    Server::start((1..=statuses).map(created)).await
}

pub(crate) fn reporter(server: &Server) -> StatusReporter {
    StatusReporter::new(&server.repo(), &sha(), CONTEXT)
}

/// What was posted so far: `pending: The build is running`.
pub(crate) fn posted(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let posts = requests.iter().filter(|request| request.line.starts_with("POST"));
    posts
        .map(|post| {
            let status = post.json();
            assert_eq!(status["context"], CONTEXT);
            format!(
                "{}: {}",
                status["state"].as_str().unwrap(),
                status["description"].as_str().unwrap()
            )
        })
        .collect()
}

/// What was posted when nothing is on its way any more.
pub(crate) async fn posted_in_the_end(server: &Server) -> Vec<String> {
    assert!(StatusReporter::finish(Duration::from_secs(60)).await);
    posted(server)
}
