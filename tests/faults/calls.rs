use hookstead::client::{
    BranchMergeOutcome, CheckAnnotation, CheckConclusion, CheckOutput, DeploymentFilter,
    DeploymentOutcome, MergeAction, MergeOptions, MergeOutcome, MergeRequestOutcome,
    MergeRequestState, NewCheckRun, NewDeployment, NewDeploymentStatus, NewInstallationToken,
    NewStatus, RequiredContexts,
};
use serde_json::{Value, json};

use crate::call::{Answer, Call, Caller, Kind, read, write};
use crate::hook_calls;
use crate::stage::Stage;

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
        hook_calls::all(),
        others(),
    ];
    groups.into_iter().flatten().collect()
}

fn statuses() -> Vec<Call> {
    let count = |at: &Stage| at.repository.statuses(&at.head).len();
    vec![
        write(Kind::Repeated, "POST /repos/{owner}/{repo}/statuses/{sha}", |at| async move {
            at.repo.create_status(&at.head, &NewStatus::success()).await
        })
        .counting(count),
        read("GET /repos/{owner}/{repo}/commits/{ref}/statuses", |at| async move {
            at.repo.statuses(&at.head).await
        }),
        read("GET /repos/{owner}/{repo}/commits/{ref}/status", |at| async move {
            at.repo.combined_status("main").await
        }),
    ]
}

fn deployments() -> Vec<Call> {
    vec![
        write(Kind::Once, "POST /repos/{owner}/{repo}/deployments", |at| async move {
            let new = NewDeployment::new(&at.head).required_contexts(RequiredContexts::None);
            let outcome = at.repo.create_deployment(&new.payload(json!({"a": 1}))).await?;
            assert!(matches!(outcome, DeploymentOutcome::Created(_)), "{outcome:?}");
            Ok(())
        })
        .counting(|at| at.repository.deployments().len()),
        read("GET /repos/{owner}/{repo}/deployments", |at| async move {
            at.repo.deployments(&DeploymentFilter::new().environment("production")).await
        }),
        read("GET /repos/{owner}/{repo}/deployments/{deployment_id}", |at| async move {
            at.repo.deployment(at.deployment).await
        }),
        write(
            Kind::Settled,
            "DELETE /repos/{owner}/{repo}/deployments/{deployment_id}",
            |at| async move { at.repo.delete_deployment(at.deployment).await },
        )
        .answered(Answer::Empty)
        .counting(|at| usize::from(at.repository.deployments().is_empty())),
    ]
}

fn deployment_statuses() -> Vec<Call> {
    vec![
        write(
            Kind::Repeated,
            "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
            |at| async move {
                let status = NewDeploymentStatus::in_progress();
                at.repo.create_deployment_status(at.deployment, &status).await
            },
        )
        .counting(|at| at.repository.deployment_statuses(at.deployment).len()),
        read("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", |at| async move {
            at.repo.deployment_statuses(at.deployment).await
        }),
        read(
            "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}",
            |at| async move { at.repo.deployment_status(at.deployment, at.deployment_status).await },
        ),
    ]
}

fn pull_requests() -> Vec<Call> {
    vec![
        read("GET /repos/{owner}/{repo}/pulls/{pull_number}", |at| async move {
            at.repo.pull_request(at.pull_request).await
        }),
        read("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", |at| async move {
            at.repo.pull_requests_of(&at.head).await
        }),
    ]
}

fn merges() -> Vec<Call> {
    let merged = |at: &Stage| usize::from(at.repository.pull_request(at.pull_request).merged);
    let state = |found: MergeRequestState| assert_eq!(found, MergeRequestState::Merged);
    vec![
        write(
            Kind::LooksAgain,
            "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
            |at| async move {
                let options = MergeOptions::new();
                let outcome =
                    at.repo.merge_pull_request(at.pull_request, &at.head, &options).await?;
                assert!(matches!(outcome, MergeOutcome::Merged { .. }), "{outcome:?}");
                Ok(())
            },
        )
        .counting(merged),
        write(
            Kind::Settled,
            "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge-async",
            |at| async move {
                let (action, options) = (MergeAction::Default, MergeOptions::new());
                let outcome =
                    at.repo.request_merge(at.pull_request, &at.head, &action, &options).await?;
                assert!(matches!(outcome, MergeRequestOutcome::Accepted(_)), "{outcome:?}");
                Ok(())
            },
        ),
        read(
            "GET /repos/{owner}/{repo}/pulls/{pull_number}/merge-async/{uuid}",
            move |at| async move {
                at.repo.merge_request(at.pull_request, &at.merge).await.map(|it| state(it.state))
            },
        ),
        read(
            "GET /repos/{owner}/{repo}/pulls/{pull_number}/merge-async/{uuid}",
            move |at| async move {
                let merge = at.repo.wait_for_merge(at.pull_request, &at.merge, LONG).await?;
                state(merge.state);
                Ok(())
            },
        ),
        write(Kind::Once, "POST /repos/{owner}/{repo}/merges", |at| async move {
            let outcome = at.repo.merge_branch("main", "topic", None).await?;
            assert!(matches!(outcome, BranchMergeOutcome::Merged { .. }), "{outcome:?}");
            Ok(())
        }),
    ]
}

/// Only an installation of an App may do these.
fn check_runs() -> Vec<Call> {
    let change = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
    let calls = vec![
        write(Kind::Once, "POST /repos/{owner}/{repo}/check-runs", |at| async move {
            at.repo.create_check_run(&at.head, "another", &NewCheckRun::queued()).await
        })
        .counting(|at| at.repository.check_runs(&at.head).len()),
        write(Kind::Repeated, change, |at| async move {
            let run = NewCheckRun::completed(CheckConclusion::Success);
            at.repo.update_check_run(at.check_run, &run).await
        }),
        write(Kind::Once, change, |at| async move {
            let remark = CheckAnnotation::notice("src/lib.rs", (1, 2), "Nice");
            let output = CheckOutput::new("Title", "Summary").annotation(remark);
            let run = NewCheckRun::in_progress().output(output);
            at.repo.update_check_run(at.check_run, &run).await
        })
        .counting(|at| at.repository.check_runs(&at.head).iter().map(|it| it.annotations).sum()),
        read("GET /repos/{owner}/{repo}/check-runs/{check_run_id}", |at| async move {
            at.repo.check_run(at.check_run).await
        }),
    ];
    calls.into_iter().map(|call| call.by(Caller::Installation)).collect()
}

fn others() -> Vec<Call> {
    let status = "POST /repos/{owner}/{repo}/statuses/{sha}";
    let path = |at: &Stage| format!("/repos/{}/statuses/{}", at.repo.name(), at.head);
    let count = |at: &Stage| at.repository.statuses(&at.head).len();
    vec![
        read("GET /repos/{owner}/{repo}", |at| async move { at.repo.get().await }),
        read(
            "GET /repos/{owner}/{repo}/installation",
            |at| async move { at.repo.installation().await },
        )
        .by(Caller::App),
        write(
            Kind::Repeated,
            "POST /app/installations/{installation_id}/access_tokens",
            |at| async move {
                let wish = NewInstallationToken::new().permission("statuses", "write");
                at.client.create_installation_token(at.installation, &wish).await
            },
        )
        .counting(Stage::tokens_given_out)
        .by(Caller::App),
        // Any other endpoint, of which the client knows nothing.
        read("GET /repos/{owner}/{repo}", |at| async move {
            at.client.get::<Value>(&format!("/repos/{}", at.repo.name())).await
        }),
        write(Kind::Once, status, move |at| async move {
            at.client.post::<Value>(&path(&at), &json!({"state": "success"})).await
        })
        .counting(count),
        write(Kind::Repeated, status, move |at| async move {
            let request = at.client.request(hookstead::client::Method::POST, &path(&at));
            request.json(&json!({"state": "success"}))?.harmless().send::<Value>().await
        })
        .counting(count),
    ]
}
