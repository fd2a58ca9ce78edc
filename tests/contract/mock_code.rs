use hookstead::client::{CommitFilter, ComparisonStatus, Repo, Sha, Timestamp};

/// The calls about what git knows.
pub(crate) async fn call_all(repo: &Repo, sha: &Sha, branch: &str) {
    let commit = repo.commit(sha).await.unwrap();
    assert!(commit.tree().is_some() && !commit.message().is_empty());
    assert!(!commit.parents.is_empty() && !commit.files.is_empty());
    repo.commit(branch).await.unwrap();
    let moment = Timestamp::from("2026-11-20T08:30:00Z");
    let some = CommitFilter::new()
        .git_ref(branch)
        .path("docs/a b.md")
        .author("octocat")
        .since(&moment)
        .until(&moment);
    for filter in [CommitFilter::new(), some] {
        assert!(!repo.commits(&filter).await.unwrap().items.is_empty());
    }
    let comparison = repo.compare("main", branch).await.unwrap();
    assert!(ComparisonStatus::KNOWN.contains(&comparison.status.as_str()));
    assert!(!comparison.commits.is_empty() && !comparison.files.is_empty());

    assert!(!repo.branches().await.unwrap().items.is_empty());
    let required = repo.branch(branch).await.unwrap().protection.unwrap().required_status_checks;
    assert!(required.is_some());
    assert!(!repo.tree(sha).await.unwrap().entries.is_empty());
    assert!(!repo.file("docs/a b.md", branch).await.unwrap().is_empty());
}
