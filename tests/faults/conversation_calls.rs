use hookstead::client::{NewLabel, ReactionContent};

use crate::call::{Answer, Call, call};

/// The calls about issues and pull requests in what they have in common, and who may do what.
pub(crate) fn all() -> Vec<Call> {
    let eyes = &ReactionContent::Eyes;
    vec![
        call("Repo::create_comment", |at| async move {
            at.repo.create_comment(at.pull_request, "Hello").await
        })
        .counting(|at| at.repository.comments(at.pull_request).len()),
        call("Repo::update_comment", |at| async move {
            at.repo.update_comment(at.comment, "Hello again").await
        }),
        call("Repo::delete_comment", |at| async move { at.repo.delete_comment(at.comment).await })
            .counting(|at| usize::from(at.repository.comments(at.pull_request).is_empty()))
            .answered(Answer::Empty),
        call("Repo::comments", |at| async move { at.repo.comments(at.pull_request).await }),
        call("Repo::add_labels", |at| async move {
            at.repo.add_labels(at.pull_request, ["tested"]).await
        }),
        call("Repo::set_labels", |at| async move {
            at.repo.set_labels(at.pull_request, ["tested"]).await
        }),
        call("Repo::remove_label", |at| async move {
            let is_removed = at.repo.remove_label(at.pull_request, "ready").await?;
            assert!(is_removed);
            Ok(())
        })
        .counting(|at| usize::from(at.repository.labels(at.pull_request).is_empty())),
        call("Repo::labels_of", |at| async move { at.repo.labels_of(at.pull_request).await }),
        call("Repo::react_to_issue", move |at| async move {
            at.repo.react_to_issue(at.pull_request, eyes).await
        })
        .counting(|at| at.repository.reactions(at.pull_request).len() - 1),
        call("Repo::react_to_comment", move |at| async move {
            at.repo.react_to_comment(at.comment, eyes).await
        })
        .counting(|at| at.repository.reactions_to_comment(at.comment).len() - 1),
        call("Repo::reactions_to_issue", |at| async move {
            at.repo.reactions_to_issue(at.pull_request).await
        }),
        call("Repo::reactions_to_comment", |at| async move {
            at.repo.reactions_to_comment(at.comment).await
        }),
        call("Repo::delete_reaction_to_issue", |at| async move {
            at.repo.delete_reaction_to_issue(at.pull_request, at.reactions[0]).await
        })
        .counting(|at| usize::from(at.repository.reactions(at.pull_request).is_empty()))
        .answered(Answer::Empty),
        call("Repo::delete_reaction_to_comment", |at| async move {
            at.repo.delete_reaction_to_comment(at.comment, at.reactions[1]).await
        })
        .counting(|at| usize::from(at.repository.reactions_to_comment(at.comment).is_empty()))
        .answered(Answer::Empty),
        call("Repo::labels", |at| async move { at.repo.labels().await }),
        call("Repo::create_label", |at| async move {
            at.repo.create_label(&NewLabel::new("tested").color("0e8a16")).await
        })
        .counting(|at| at.repository.all_labels().iter().filter(|it| it.name == "tested").count()),
        call("Repo::permission_of", |at| async move { at.repo.permission_of("octocat").await }),
    ]
}
