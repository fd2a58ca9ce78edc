use hookstead::client::{LabelOutcome, NewLabel, ReactionContent, Repo};
use hookstead_testkit::{FakeIssue, FakePullRequest, FakeRepository};

/// What is said about issues and pull requests.
pub(crate) async fn play(repository: &FakeRepository, repo: &Repo) {
    let issue = repository.open_issue(FakeIssue::new("A typo").body("There").label("bug"));
    let pull_request = repository.open_pull_request(FakePullRequest::new("Talk").head("talk"));
    for number in [issue, pull_request] {
        let comment = repo.create_comment(number, "Me *too*").await.unwrap();
        repo.update_comment(comment.id, "Not me").await.unwrap();
        repository.comment(number, "monalisa", "Nor me");
        for content in ReactionContent::KNOWN {
            let content = ReactionContent::from(*content);
            let first = repo.react_to_comment(comment.id, &content).await.unwrap();
            assert_eq!(repo.react_to_comment(comment.id, &content).await.unwrap(), first);
            repo.react_to_issue(number, &content).await.unwrap();
        }
        let comments = repo.comments(number).await.unwrap().items;
        assert_eq!(comments.iter().map(|it| &*it.body).collect::<Vec<_>>(), ["Not me", "Nor me"]);

        let reactions = repo.reactions_to_comment(comment.id).await.unwrap().items;
        assert_eq!(reactions.len(), ReactionContent::KNOWN.len());
        repo.delete_reaction_to_comment(comment.id, reactions[0].id).await.unwrap();
        let reactions = repo.reactions_to_issue(number).await.unwrap().items;
        repo.delete_reaction_to_issue(number, reactions[0].id).await.unwrap();
        assert_eq!(repository.reactions(number).len(), reactions.len() - 1);
        repo.delete_comment(comment.id).await.unwrap();
        assert!(repo.delete_comment(comment.id).await.unwrap_err().is_not_found());

        repo.add_labels(number, ["ready", "a/b"]).await.unwrap();
        assert!(repo.remove_label(number, "a/b").await.unwrap());
        assert!(!repo.remove_label(number, "a/b").await.unwrap());
        repo.set_labels(number, ["ready"]).await.unwrap();
        assert_eq!(repo.labels_of(number).await.unwrap().items[0].name, "ready");
    }
    let label = NewLabel::new("tested").color("#0E8A16").description("It works");
    let LabelOutcome::Created(made) = repo.create_label(&label).await.unwrap() else {
        panic!("there is none of this name");
    };
    assert_eq!(made.color.as_deref(), Some("0e8a16"));
    assert_eq!(repo.create_label(&label).await.unwrap(), LabelOutcome::Exists);
    let no_color = NewLabel::new("colorless").color("green");
    assert_eq!(repo.create_label(&no_color).await.unwrap_err().status().unwrap(), 422);
    let labels = repo.labels().await.unwrap().items;
    assert!(labels.contains(&made) && labels.iter().any(|it| it.name == "a/b"), "{labels:?}");
    assert_eq!(repo.add_labels(issue, ["tested"]).await.unwrap().pop().unwrap(), made);
    let missing = repo.create_comment(9999, "Hello").await.unwrap_err();
    assert!(missing.is_not_found());
    for (role, may_write) in
        [("admin", true), ("maintain", true), ("write", true), ("triage", false), ("none", false)]
    {
        repository.set_role("hubot", role);
        let permission = repo.permission_of("hubot").await.unwrap();
        assert_eq!(permission.role_name.as_deref(), Some(role));
        assert_eq!(permission.may_write(), may_write, "{role}");
    }
    assert!(!repo.permission_of("stranger").await.unwrap().may_write());
}
