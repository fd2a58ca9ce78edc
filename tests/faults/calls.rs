use hookstead::client::{
    BranchMergeOutcome, CheckAnnotation, CheckConclusion, CheckOutput, DeploymentFilter,
    DeploymentOutcome, MergeAction, MergeOptions, MergeOutcome, MergeRequestOutcome,
    MergeRequestState, Method, NewCheckRun, NewDeployment, NewDeploymentStatus,
    NewInstallationToken, NewStatus, Repetition, RequiredContexts,
};
use serde_json::{Value, json};

use crate::call::{Answer, Call, Caller, call, undeclared};
use crate::stage::Stage;
use crate::{check_calls, code_calls, conversation_calls, hook_calls};

/// Longer than any test lasts.
const LONG: std::time::Duration = std::time::Duration::from_secs(3600);

/// Every call that the client can make.
pub(crate) fn all() -> Vec<Call> {
    let groups = [
        statuses(),
        deployments(),
        deployment_statuses(),
        pull_requests(),
        merges(),
        check_runs(),
        check_calls::all(),
        code_calls::all(),
        conversation_calls::all(),
        hook_calls::all(),
        others(),
    ];
    groups.into_iter().flatten().collect()
}

fn statuses() -> Vec<Call> {
    let count = |at: &Stage| at.repository.statuses(&at.head).len();
    vec![
        call("Repo::create_status", |at| async move {
            at.repo.create_status(&at.head, &NewStatus::success()).await
        })
        .counting(count),
        call("Repo::statuses", |at| async move { at.repo.statuses(&at.head).await }),
        call("Repo::combined_status", |at| async move { at.repo.combined_status("main").await }),
    ]
}

fn deployments() -> Vec<Call> {
    vec![
        call("Repo::create_deployment", |at| async move {
            let new = NewDeployment::new(&at.head).required_contexts(RequiredContexts::None);
            let outcome = at.repo.create_deployment(&new.payload(json!({"a": 1}))).await?;
            assert!(matches!(outcome, DeploymentOutcome::Created(_)), "{outcome:?}");
            Ok(())
        })
        .counting(|at| at.repository.deployments().len()),
        call("Repo::deployments", |at| async move {
            at.repo.deployments(&DeploymentFilter::new().environment("production")).await
        }),
        call("Repo::deployment", |at| async move { at.repo.deployment(at.deployment).await }),
        call("Repo::delete_deployment", |at| async move {
            at.repo.delete_deployment(at.deployment).await
        })
        .answered(Answer::Empty)
        .counting(|at| usize::from(at.repository.deployments().is_empty())),
    ]
}

fn deployment_statuses() -> Vec<Call> {
    vec![
        call("Repo::create_deployment_status", |at| async move {
            let status = NewDeploymentStatus::in_progress();
            at.repo.create_deployment_status(at.deployment, &status).await
        })
        .counting(|at| at.repository.deployment_statuses(at.deployment).len()),
        call("Repo::deployment_statuses", |at| async move {
            at.repo.deployment_statuses(at.deployment).await
        }),
        call("Repo::deployment_status", |at| async move {
            at.repo.deployment_status(at.deployment, at.deployment_status).await
        }),
    ]
}

fn pull_requests() -> Vec<Call> {
    vec![
        call("Repo::pull_request", |at| async move { at.repo.pull_request(at.pull_request).await }),
        call(
            "Repo::pull_requests_of",
            |at| async move { at.repo.pull_requests_of(&at.head).await },
        ),
    ]
}

fn merges() -> Vec<Call> {
    let merged = |at: &Stage| usize::from(at.repository.pull_request(at.pull_request).merged);
    let state = |found: MergeRequestState| assert_eq!(found, MergeRequestState::Merged);
    vec![
        call("Repo::merge_pull_request", |at| async move {
            let options = MergeOptions::new();
            let outcome = at.repo.merge_pull_request(at.pull_request, &at.head, &options).await?;
            assert!(matches!(outcome, MergeOutcome::Merged { .. }), "{outcome:?}");
            Ok(())
        })
        .counting(merged),
        call("Repo::request_merge", |at| async move {
            let (action, options) = (MergeAction::Default, MergeOptions::new());
            let outcome =
                at.repo.request_merge(at.pull_request, &at.head, &action, &options).await?;
            assert!(matches!(outcome, MergeRequestOutcome::Accepted(_)), "{outcome:?}");
            Ok(())
        }),
        call("Repo::merge_request", move |at| async move {
            at.repo.merge_request(at.pull_request, &at.merge).await.map(|it| state(it.state))
        }),
        call("Repo::merge_request", move |at| async move {
            let merge = at.repo.wait_for_merge(at.pull_request, &at.merge, LONG).await?;
            state(merge.state);
            Ok(())
        }),
        call("Repo::merge_branch", |at| async move {
            let outcome = at.repo.merge_branch("main", "topic", None).await?;
            assert!(matches!(outcome, BranchMergeOutcome::Merged { .. }), "{outcome:?}");
            Ok(())
        }),
    ]
}

/// Only an installation of an App may do these.
fn check_runs() -> Vec<Call> {
    let calls = vec![
        call("Repo::create_check_run", |at| async move {
            at.repo.create_check_run(&at.head, "another", &NewCheckRun::queued()).await
        })
        .counting(|at| at.repository.check_runs(&at.head).len()),
        call("Repo::update_check_run", |at| async move {
            let run = NewCheckRun::completed(CheckConclusion::Success);
            at.repo.update_check_run(at.check_run, &run).await
        }),
        call("Repo::update_check_run, adding annotations", |at| async move {
            let remark = CheckAnnotation::notice("src/lib.rs", (1, 2), "Nice");
            let output = CheckOutput::new("Title", "Summary").annotation(remark);
            let run = NewCheckRun::in_progress().output(output);
            at.repo.update_check_run(at.check_run, &run).await
        })
        .counting(|at| at.repository.check_runs(&at.head).iter().map(|it| it.annotations).sum()),
        call("Repo::check_run", |at| async move { at.repo.check_run(at.check_run).await }),
    ];
    calls.into_iter().map(|call| call.by(Caller::Installation)).collect()
}

fn others() -> Vec<Call> {
    let (repo, status) = ("/repos/{owner}/{repo}", "/repos/{owner}/{repo}/statuses/{sha}");
    let path = |at: &Stage| format!("/repos/{}/statuses/{}", at.repo.name(), at.head);
    let count = |at: &Stage| at.repository.statuses(&at.head).len();
    vec![
        call("Repo::get", |at| async move { at.repo.get().await }),
        call("Repo::installation", |at| async move { at.repo.installation().await })
            .by(Caller::App),
        call("Client::create_installation_token", |at| async move {
            let wish = NewInstallationToken::new().permission("statuses", "write");
            at.client.create_installation_token(at.installation, &wish).await
        })
        .counting(Stage::tokens_given_out)
        .by(Caller::App),
        undeclared(Repetition::Reads, Method::GET, repo, |at| async move {
            at.client.get::<Value>(&format!("/repos/{}", at.repo.name())).await
        }),
        undeclared(Repetition::Never, Method::POST, status, move |at| async move {
            at.client.post::<Value>(&path(&at), &json!({"state": "success"})).await
        })
        .counting(count),
        undeclared(Repetition::Harmless, Method::POST, status, move |at| async move {
            let request = at.client.request(Method::POST, &path(&at));
            request.json(&json!({"state": "success"}))?.harmless().send::<Value>().await
        })
        .counting(count),
    ]
}
