use hookstead::client::CommitFilter;

use crate::call::{Answer, Call, call};

/// The calls about what git knows.
pub(crate) fn all() -> Vec<Call> {
    vec![
        call("Repo::commit", |at| async move { at.repo.commit(&at.head).await }),
        call("Repo::commits", |at| async move { at.repo.commits(&CommitFilter::new()).await }),
        call("Repo::compare", |at| async move { at.repo.compare("main", "topic").await }),
        call("Repo::branches", |at| async move { at.repo.branches().await }),
        call("Repo::branch", |at| async move { at.repo.branch("main").await }),
        call("Repo::tree", |at| async move { at.repo.tree("main").await }),
        // Half a file is a file.
        call("Repo::file", |at| async move { at.repo.file("README.md", "main").await })
            .answered(Answer::Ignored),
    ]
}
