use hookstead::client::{CollaboratorLevel, LabelOutcome, NewLabel, ReactionContent, Repo};

use crate::recorder::Recorder;

/// The calls about issues and pull requests in what they have in common.
pub(crate) async fn call_all(repo: &Repo, mock: &Recorder) {
    let comment = repo.create_comment(1347, "Me *too* \u{1F389}").await.unwrap();
    assert!(comment.id > 0 && !comment.body.is_empty());
    repo.update_comment(comment.id, &"a".repeat(70_000)).await.unwrap();
    assert!(!repo.comments(1347).await.unwrap().items.is_empty());

    let labels = repo.add_labels(1347, ["bug", "needs review"]).await.unwrap();
    assert!(!labels[0].name.is_empty());
    repo.set_labels(1347, ["bug"]).await.unwrap();
    repo.set_labels(1347, [""; 0]).await.unwrap();
    assert!(repo.remove_label(1347, "area/a b?").await.unwrap());
    mock.answer_with(404);
    assert!(!repo.remove_label(1347, "bug").await.unwrap());
    assert!(!repo.labels_of(1347).await.unwrap().items.is_empty());

    for content in ReactionContent::KNOWN {
        let content = ReactionContent::from(*content);
        repo.react_to_issue(1347, &content).await.unwrap();
        repo.react_to_comment(1, &content).await.unwrap();
    }
    mock.answer_with(201);
    assert!(repo.react_to_comment(1, &ReactionContent::Heart).await.unwrap().id > 0);

    repo.delete_comment(comment.id).await.unwrap();
    assert!(!repo.reactions_to_issue(1347).await.unwrap().items.is_empty());
    assert!(!repo.reactions_to_comment(1).await.unwrap().items.is_empty());
    repo.delete_reaction_to_issue(1347, 1).await.unwrap();
    repo.delete_reaction_to_comment(1, 1).await.unwrap();
    assert!(!repo.labels().await.unwrap().items.is_empty());
    let label = NewLabel::new("needs a/b").color("#F29513").description("Something");
    let made = repo.create_label(&label).await.unwrap();
    assert!(matches!(made, LabelOutcome::Created(_)), "{made:?}");
    repo.create_label(&NewLabel::new("plain")).await.unwrap();

    let permission = repo.permission_of("octocat").await.unwrap();
    assert_eq!(permission.permission, CollaboratorLevel::Admin);
}
