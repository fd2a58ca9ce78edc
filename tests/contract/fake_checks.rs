use hookstead::client::{
    CheckConclusion, CheckRunFilter, CheckState, CheckStatus, NewCheckRun, NewStatus,
    PullRequestFilter, Repo,
};
use hookstead_testkit::{FakeProtection, FakePullRequest, FakeRepository};

/// What is reviewed and required, by a person's token.
pub(crate) async fn play(repository: &FakeRepository, repo: &Repo) {
    let number = repository.open_pull_request(FakePullRequest::new("Reviewed").head("reviewed"));
    repository.request_changes(number, "monalisa", "No");
    repository.approve(number, "monalisa");
    let reviews = repo.reviews(number).await.unwrap().items;
    let states: Vec<_> = reviews.iter().map(|it| it.state.as_str()).collect();
    assert_eq!(states, ["CHANGES_REQUESTED", "APPROVED"]);
    let filter = PullRequestFilter::new().head("octo-org", "reviewed");
    let found = repo.pull_requests(&filter).await.unwrap().items;
    assert_eq!(found.iter().map(|it| it.number).collect::<Vec<_>>(), [number]);
    assert!(!repo.environments().await.unwrap().items.is_empty());

    repository.push("guarded");
    repository.protect("guarded", FakeProtection::new().check("ci"));
    repository.add_ruleset("guarded", FakeProtection::new().check_of_app("lint", 7).strict());
    let required = repo.required_checks("guarded").await.unwrap();
    assert!(required.is_strict && required.is_whole());
    let names: Vec<_> = required.checks.iter().map(|it| (&*it.name, it.app_id)).collect();
    assert_eq!(names, [("ci", None), ("lint", Some(7))]);
    let head = repository.head("reviewed");
    repo.create_status(&head, &NewStatus::success().context("CI")).await.unwrap();
    let checks = repo.checks_of(&head, "guarded").await.unwrap();
    let states: Vec<_> = checks.required().map(|it| (&*it.name, it.state)).collect();
    assert_eq!(states, [("CI", CheckState::Passed), ("lint", CheckState::Missing)]);
    assert!(!checks.is_green());
}

/// What an App checks.
pub(crate) async fn play_app(repository: &FakeRepository, repo: &Repo) {
    let head = repository.push("checked");
    let failed = NewCheckRun::completed(CheckConclusion::Failure);
    let run = repo.create_check_run(&head, "unit", &failed).await.unwrap();
    let passed = NewCheckRun::completed(CheckConclusion::Success);
    repo.create_check_run(&head, "unit", &passed).await.unwrap();
    let list =
        async |filter: CheckRunFilter| repo.check_runs_of("checked", &filter).await.unwrap().items;
    let all = list(CheckRunFilter::new().name("unit").app(29_310).earlier_too()).await;
    assert_eq!(all.len(), 2);
    assert!(list(CheckRunFilter::new().status(&CheckStatus::Queued)).await.is_empty());
    assert!(list(CheckRunFilter::new().app(7)).await.is_empty());
    let runs = list(CheckRunFilter::new()).await;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].conclusion, Some(CheckConclusion::Success));
    let suite = &repo.check_suites_of(&head).await.unwrap().items[0];
    assert_eq!(Some(suite.id), run.check_suite.as_ref().map(|it| it.id));
    repo.rerequest_check_run(run.id).await.unwrap();
    assert_eq!(repo.check_suites_of(&head).await.unwrap().items[0].conclusion, None);
    repo.rerequest_check_suite(suite.id).await.unwrap();
    assert!(repo.rerequest_check_suite(1).await.unwrap_err().is_not_found());
    repository.protect("main", FakeProtection::new().check("unit"));
    assert!(repo.checks_of(&head, "main").await.unwrap().is_all_green());
}
