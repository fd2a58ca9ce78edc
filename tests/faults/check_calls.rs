use hookstead::client::{CheckRunFilter, PullRequestFilter};

use crate::call::{Answer, Call, Caller, call};

/// The calls about what is checked, reviewed and required.
pub(crate) fn all() -> Vec<Call> {
    let of_app = vec![
        call("Repo::check_runs_of", |at| async move {
            at.repo.check_runs_of(&at.head, &CheckRunFilter::new()).await
        }),
        call("Repo::check_suites_of", |at| async move { at.repo.check_suites_of("main").await }),
        call("Repo::rerequest_check_run", |at| async move {
            at.repo.rerequest_check_run(at.check_run).await
        })
        .answered(Answer::Ignored),
        call("Repo::rerequest_check_suite", |at| async move {
            at.repo.rerequest_check_suite(at.check_suite).await
        })
        .answered(Answer::Ignored),
    ];
    let mut all: Vec<_> = of_app.into_iter().map(|call| call.by(Caller::Installation)).collect();
    all.extend([
        call("Repo::pull_requests", |at| async move {
            at.repo.pull_requests(&PullRequestFilter::new()).await
        }),
        call("Repo::reviews", |at| async move { at.repo.reviews(at.pull_request).await }),
        call("Repo::branch_rules", |at| async move { at.repo.branch_rules("main").await }),
        call("Repo::environments", |at| async move { at.repo.environments().await }),
    ]);
    all
}
