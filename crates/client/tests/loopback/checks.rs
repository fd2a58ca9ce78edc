//! What is required of a commit and what is green.

use hookstead_client::{
    CheckRunFilter, CheckSource, CheckState, CheckStatus, CommitChecks, Unread,
};

use crate::support::{Reply, SHA, Server, answer, json, sha};

fn branch(protection: &str) -> Reply {
    let text = format!(
        r#"{{"name": "main", "protected": true, "commit": {{"sha": "{SHA}"}}{protection}}}"#
    );
    json(200, &text)
}

fn requiring(required: &str) -> Reply {
    let protection =
        format!(r#", "protection": {{"enabled": true, "required_status_checks": {{{required}}}}}"#);
    branch(&protection)
}

fn statuses(list: &str) -> Reply {
    json(200, &format!(r#"{{"state": "pending", "statuses": [{list}]}}"#))
}

fn runs(list: &str) -> Reply {
    json(200, &format!(r#"{{"total_count": 9, "check_runs": [{list}]}}"#))
}

fn status(context: &str, state: &str) -> String {
    format!(r#"{{"id": 1, "context": "{context}", "state": "{state}"}}"#)
}

fn run(name: &str, app: u64, status: &str, conclusion: &str) -> String {
    format!(
        r#"{{"id": 1, "name": "{name}", "status": "{status}", "conclusion": {conclusion},
            "app": {{"id": {app}}}}}"#
    )
}

fn forbidden() -> Reply {
    let headers =
        [("content-type", "application/json"), ("x-accepted-github-permissions", "checks=read")];
    answer(403, &headers, r#"{"message": "Resource not accessible by personal access token"}"#)
}

async fn checks(script: [Reply; 4]) -> CommitChecks {
    let server = Server::start(script).await;
    let found = server.repo().checks_of(sha(), "release/1").await.unwrap();
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|it| it.line.split('?').next().unwrap()).collect();
    let start = "GET /repos/octocat/hello";
    assert_eq!(
        lines,
        [
            format!("{start}/branches/release%2F1"),
            format!("{start}/rules/branches/release%2F1"),
            format!("{start}/commits/{SHA}/status"),
            format!("{start}/commits/{SHA}/check-runs"),
        ]
    );
    found
}

fn required(checks: &CommitChecks) -> Vec<(&str, CheckState, CheckSource)> {
    checks.required().map(|it| (&*it.name, it.state, it.source)).collect()
}

#[tokio::test]
async fn statuses_and_check_runs_together_fulfil_what_is_required() {
    use CheckSource::{CheckRun, Nothing, Status};
    use CheckState::{Failed, Missing, Passed, Pending};
    let rules = r#"[
        {"type": "deletion"},
        {"type": "required_status_checks", "parameters": {
            "required_status_checks": [
                {"context": "lint", "integration_id": 7}, {"context": "nowhere"}, {"context": "ci/a"}
            ], "strict_required_status_checks_policy": true
        }}
    ]"#;
    let found = checks([
        requiring(
            r#""contexts": ["ci/a", "old", "anyone"],
               "checks": [{"context": "ci/a", "app_id": null}, {"context": "anyone", "app_id": -1}]"#,
        ),
        json(200, rules),
        statuses(&[status("CI/A", "success"), status("old", "error"), status("lint", "success")].join(",")),
        runs(
            &[
                // Both a status and a check run of one name are required.
                run("ci/a", 1, "in_progress", "null"),
                run("lint", 7, "completed", "\"skipped\""),
                run("lint", 8, "completed", "\"failure\""),
                run("anyone", 8, "completed", "\"neutral\""),
                run("free", 8, "completed", "\"timed_out\""),
            ]
            .join(","),
        ),
    ])
    .await;
    assert_eq!(
        required(&found),
        [
            ("CI/A", Passed, Status),
            ("old", Failed, Status),
            ("ci/a", Pending, CheckRun),
            // The App's own; neither the status nor another App's run counts.
            ("lint", Passed, CheckRun),
            ("anyone", Passed, CheckRun),
            ("nowhere", Missing, Nothing),
        ]
    );
    assert!(found.is_strict && found.unread.is_empty());
    assert!(!found.is_green() && !found.is_all_green());
    assert_eq!(found.checks.len(), 9);
}

#[tokio::test]
async fn green_is_what_is_required_or_everything() {
    let good = run("ci", 1, "completed", "\"success\"");
    let bad = run("extra", 1, "completed", "\"startup_failure\"");
    let script = |runs_there: &str| {
        [
            requiring(r#""contexts": ["ci"], "checks": []"#),
            json(200, "[]"),
            statuses(""),
            runs(runs_there),
        ]
    };
    let found = checks(script(&format!("{good},{bad}"))).await;
    assert!(found.is_green() && !found.is_all_green());
    let found = checks(script(&good)).await;
    assert!(found.is_green() && found.is_all_green());
    // A word that this version does not know is not green.
    for odd in [
        run("ci", 1, "completed", "\"superb\""),
        run("ci", 1, "completed", "null"),
        run("ci", 1, "brewing", "null"),
    ] {
        assert!(!checks(script(&odd)).await.is_green(), "{odd}");
    }
    assert!(!checks(script("")).await.is_green());
    // What is turned off requires nothing.
    let off = [
        requiring(r#""enforcement_level": "off", "contexts": ["ci"]"#),
        json(200, "[]"),
        statuses(""),
        runs(""),
    ];
    assert!(checks(off).await.is_all_green());
}

#[tokio::test]
async fn what_the_token_may_not_read_is_named_and_never_green() {
    let nothing = || [requiring(""), json(200, "[]"), statuses(""), runs("")];
    assert!(checks(nothing()).await.is_green());
    let places = [Unread::BranchProtection, Unread::Rulesets, Unread::Statuses, Unread::CheckRuns];
    for (position, unread) in places.into_iter().enumerate() {
        let mut script = nothing();
        script[position] = forbidden();
        let found = checks(script).await;
        assert_eq!(found.unread, [unread]);
        assert!(!found.is_green());
    }
    // The protection is hidden; there are no rulesets on an old server.
    let hidden = [branch(""), json(404, r#"{"message": "Not Found"}"#), statuses(""), runs("")];
    let found = checks(hidden).await;
    assert_eq!(found.unread, [Unread::BranchProtection, Unread::Rulesets]);
}

#[tokio::test]
async fn other_errors_are_errors() {
    let missing = r#"{"message": "Branch not found"}"#;
    let server = Server::start([json(404, missing)]).await;
    assert!(server.repo().required_checks("none").await.unwrap_err().is_not_found());
    let limit = answer(403, &[("retry-after", "3600")], r#"{"message": "Slow down"}"#);
    let server = Server::start([limit]).await;
    assert!(server.repo().required_checks("main").await.unwrap_err().is_rate_limited());
    let unknown = r#"{"message": "No commit found for SHA: x"}"#;
    let server = Server::start([requiring(""), json(200, "[]"), json(404, unknown)]).await;
    assert!(server.repo().checks_of("x", "main").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_list_in_an_object_goes_on_over_pages() {
    let server = Server::start([]).await;
    let link = format!("<{}/x?page=2>; rel=\"next\"", server.url());
    let first = run("a", 1, "queued", "null");
    let first = format!(r#"{{"total_count": 2, "check_runs": [{first}]}}"#);
    server.then(answer(200, &[("link", &link)], &first));
    server.then(runs(&run("b", 1, "queued", "null")));
    let repo = server.repo();
    let mut found =
        repo.client().items(repo.check_runs_of("main", &CheckRunFilter::new()).await.unwrap());
    let mut names = Vec::new();
    while let Some(run) = found.next().await {
        names.push(run.unwrap().name);
    }
    assert_eq!(names, ["a", "b"]);
    let line = &server.requests()[0].line;
    assert_eq!(line, "GET /repos/octocat/hello/commits/main/check-runs?per_page=100");

    let shown = r#", "output": {"title": "Well", "summary": null, "annotations_count": 2}"#;
    server.then(runs(&run("a b/c", 1, "completed", "null").replacen(
        '}',
        &format!("}}{shown}"),
        1,
    )));
    let some =
        CheckRunFilter::new().name("a b/c").status(&CheckStatus::Completed).app(7).earlier_too();
    let runs = repo.check_runs_of("main", &some).await.unwrap().items;
    let output = runs[0].output.clone().unwrap();
    assert_eq!((output.title.as_deref(), output.annotations_count), (Some("Well"), 2));
    let line = server.requests()[2].line.clone();
    let query = line.split_once('?').unwrap().1;
    let expected = "check_name=a+b%2Fc&status=completed&app_id=7&filter=all&per_page=100";
    assert_eq!(query.replace("%20", "+"), expected);

    let server =
        Server::start([json(200, r#"{"total_count": 0}"#), json(201, "{}"), json(201, "null")])
            .await;
    let error = server.repo().check_suites_of("main").await.unwrap_err();
    assert!(error.to_string().contains("missing field `check_suites`"), "{error}");
    server.repo().rerequest_check_run(5).await.unwrap();
    server.repo().rerequest_check_suite(6).await.unwrap();
    assert_eq!(server.requests()[1].line, "POST /repos/octocat/hello/check-runs/5/rerequest");
    assert_eq!(server.requests()[2].line, "POST /repos/octocat/hello/check-suites/6/rerequest");
}
