use hookstead::client::{CommitFilter, ComparisonStatus, Repo};
use hookstead_testkit::{FakeProtection, FakeRepository};

/// What git knows.
pub(crate) async fn play(repository: &FakeRepository, repo: &Repo) {
    repository.push("compared/a");
    let head = repository.push("compared/a");
    let commit = repo.commit("compared/a").await.unwrap();
    assert_eq!((&commit.sha, commit.message()), (&head, "Change compared/a"));
    assert_eq!(repo.commit(&head).await.unwrap(), commit);
    let filter = CommitFilter::new().git_ref("compared/a");
    assert_eq!(repo.commits(&filter).await.unwrap().items[0].sha, head);

    let ahead = repo.compare("main", "compared/a").await.unwrap();
    assert_eq!((ahead.status.clone(), ahead.ahead_by), (ComparisonStatus::Ahead, 2));
    assert!(ahead.is_up_to_date());
    repository.push("main");
    for (base, head, expected) in [
        ("main", "compared/a", ComparisonStatus::Diverged),
        ("main", "main", ComparisonStatus::Identical),
        ("compared/a", "octo-org:main", ComparisonStatus::Diverged),
    ] {
        assert_eq!(repo.compare(base, head).await.unwrap().status, expected, "{base} {head}");
    }

    repository.protect("compared/a", FakeProtection::new().check("ci").check_of_app("lint", 7));
    let branch = repo.branch("compared/a").await.unwrap();
    assert_eq!((&branch.commit.sha, branch.protected), (&head, Some(true)));
    let branches = repo.branches().await.unwrap().items;
    assert!(branches.iter().any(|it| it.name == "main"));
    assert!(repo.branch("nowhere").await.unwrap_err().is_not_found());

    // As the media type ends with `+json`, the proxy reads every file as JSON.
    repository.set_file("docs/a b.json", "[\"a file\"]");
    assert_eq!(repo.file("docs/a b.json", "compared/a").await.unwrap(), "[\"a file\"]");
    assert!(repo.file("docs/none", "main").await.unwrap_err().is_not_found());
    let tree = repo.tree(commit.tree().unwrap()).await.unwrap();
    assert!(tree.entries.iter().any(|it| it.path == "docs/a b.json"));
}
