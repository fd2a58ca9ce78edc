use hookstead_client::{DeploymentState, NewDeploymentStatus};
use hookstead_report::Verdict;
use hookstead_testkit::{FakeDeployment, Fault};
use http::Method;
use serde_json::json;

use crate::stage::{Outcome, Stage, good};

fn states(stage: &Stage, deployment: u64) -> Vec<String> {
    let mut statuses = stage.repository.deployment_statuses(deployment);
    statuses.sort_by_key(|status| status.id);
    statuses.into_iter().map(|status| status.state.to_string()).collect()
}

#[tokio::test]
async fn a_deployment_from_its_queue_to_its_end() {
    let stage = Stage::set().await;
    let attempt = stage.attempt();
    let reporter = stage.report(&attempt).deployment(stage.deployment);
    let reporter = reporter
        .log_url("https://deploy.example.com/17.log")
        .environment_url("https://www.example.com")
        .auto_inactive(false);
    reporter.queued("Waits for another one").await.unwrap();
    let verdict = Verdict::success("Deployed").environment_url("https://17.example.com");
    reporter.run(async || Outcome::Ok(verdict.clone())).await.unwrap();
    assert_eq!(states(&stage, stage.deployment), ["queued", "in_progress", "success"]);
    let bodies: Vec<_> = stage.github.requests().into_iter().filter_map(|it| it.body).collect();
    assert_eq!(
        bodies[1],
        json!({
            "state": "in_progress",
            "description": "Running",
            "log_url": "https://deploy.example.com/17.log",
            "environment_url": "https://www.example.com",
        })
    );
    assert_eq!(
        bodies[2],
        json!({
            "state": "success",
            "description": "Deployed",
            "log_url": "https://deploy.example.com/17.log",
            "environment_url": "https://17.example.com",
            "auto_inactive": false,
        })
    );
}

#[tokio::test]
async fn a_success_makes_earlier_ones_inactive() {
    let stage = Stage::set().await;
    let deploy = |environment: &str| {
        let new = FakeDeployment::new("main").environment(environment);
        stage.repository.create_deployment(new).id
    };
    let [older, failed, elsewhere, own] =
        ["production", "production", "staging", "production"].map(deploy);
    for (id, status) in [
        (older, NewDeploymentStatus::success()),
        (failed, NewDeploymentStatus::failure()),
        (elsewhere, NewDeploymentStatus::success()),
    ] {
        stage.repo().create_deployment_status(id, &status).await.unwrap();
    }
    let newer = deploy("production");
    stage.repo().create_deployment_status(newer, &NewDeploymentStatus::success()).await.unwrap();
    let attempt = stage.attempt();
    stage.report(&attempt).deployment(own).replaces_earlier().run(good).await.unwrap();
    assert_eq!(states(&stage, older), ["success", "inactive"]);
    assert_eq!(states(&stage, failed), ["failure"]);
    assert_eq!(states(&stage, elsewhere), ["success"]);
    assert_eq!(states(&stage, newer), ["success"]);

    // Only a success replaces.
    let [one, other] = ["preview", "preview"].map(deploy);
    stage.repo().create_deployment_status(one, &NewDeploymentStatus::success()).await.unwrap();
    let work = async || Outcome::Ok(Verdict::failure("bad"));
    stage.report(&attempt).deployment(other).replaces_earlier().run(work).await.unwrap();
    assert_eq!(states(&stage, one), ["success"]);
}

#[tokio::test]
async fn earlier_ones_that_stay_active_cost_nothing() {
    let stage = Stage::set().await;
    let own = stage.repository.create_deployment(FakeDeployment::new("main")).id;
    let attempt = stage.attempt();
    stage.github.inject(Fault::status(500).on(Method::GET, "/deployments").times(5).skip(1));
    stage.report(&attempt).deployment(own).replaces_earlier().run(good).await.unwrap();
    assert_eq!(states(&stage, own), ["in_progress", "success"]);
    let statuses = stage.repository.deployment_statuses(own);
    assert!(statuses.iter().any(|it| it.state == DeploymentState::Success));
}
