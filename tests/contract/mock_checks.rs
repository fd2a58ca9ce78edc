use hookstead::client::{
    CheckRunFilter, CheckStatus, PullRequestFilter, PullRequestState, Repo, Sha,
};

/// The calls about what is checked, reviewed and required.
pub(crate) async fn call_all(repo: &Repo, sha: &Sha, branch: &str) {
    let some =
        CheckRunFilter::new().name("a/b c").status(&CheckStatus::Completed).app(1).earlier_too();
    for filter in [CheckRunFilter::new(), some] {
        assert!(!repo.check_runs_of(branch, &filter).await.unwrap().items.is_empty());
    }
    let runs = repo.check_runs_of(branch, &CheckRunFilter::new()).await.unwrap().items;
    assert!(runs[0].app.is_some() && runs[0].check_suite.is_some());
    let suites = repo.check_suites_of(sha).await.unwrap().items;
    assert!(suites[0].app.is_some() && suites[0].head_sha.is_some());
    repo.rerequest_check_run(1).await.unwrap();
    repo.rerequest_check_suite(1).await.unwrap();

    let some = PullRequestFilter::new()
        .state(&PullRequestState::Closed)
        .head("octocat", "a/b c")
        .base("main")
        .latest_changed_first();
    for filter in [PullRequestFilter::new(), PullRequestFilter::new().closed_too(), some] {
        assert!(!repo.pull_requests(&filter).await.unwrap().items.is_empty());
    }
    let reviews = repo.reviews(12).await.unwrap().items;
    assert_eq!(reviews[0].state, "APPROVED");
    assert!(!repo.environments().await.unwrap().items.is_empty());
    assert!(!repo.branch_rules(branch).await.unwrap().items.is_empty());
    repo.required_checks(branch).await.unwrap();
}
