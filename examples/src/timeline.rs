use std::collections::HashMap;
use std::time::{Duration, Instant};

use hookstead::events::{DeploymentState, Sha, StatusState};
use hookstead_testkit::{FakeGitHub, FakeRepository, RecordedDeployment, RecordedStatus};

/// Prints what happens at a fake GitHub while it happens, for the demo.
pub struct Timeline {
    github: FakeGitHub,
    repository: FakeRepository,
    hooks: HashMap<u64, &'static str>,
    reporter: &'static str,
    started: Instant,
    deliveries: usize,
    statuses: u64,
    deployments: u64,
    deployment_statuses: u64,
    commits: Vec<Sha>,
}

impl Timeline {
    /// A timeline that starts now.
    #[must_use]
    pub fn new(github: &FakeGitHub, repository: &FakeRepository) -> Self {
        Self {
            github: github.clone(),
            repository: repository.clone(),
            hooks: HashMap::new(),
            reporter: "ci_server",
            started: Instant::now(),
            deliveries: 0,
            statuses: 0,
            deployments: 0,
            deployment_statuses: 0,
            commits: Vec::new(),
        }
    }

    /// Says which server a hook belongs to.
    pub fn name_hook(&mut self, hook: u64, server: &'static str) {
        self.hooks.insert(hook, server);
    }

    /// Says which server reports statuses; else it is the CI server.
    pub fn name_reporter(&mut self, server: &'static str) {
        self.reporter = server;
    }

    /// How long it has been going on.
    #[must_use]
    pub fn elapsed(&self) -> String {
        format!("{:.2} s", self.started.elapsed().as_secs_f64())
    }

    /// What somebody does next.
    pub fn say(&self, what: &str) {
        println!("\n{:>8}  {what}", self.elapsed());
    }

    /// Goes on until this commit is green.
    pub async fn until_built(&mut self, sha: &Sha, context: &str) {
        self.until_reported(sha, context, StatusState::Success).await;
    }

    /// Goes on until this commit has a status with this state.
    pub async fn until_reported(&mut self, sha: &Sha, context: &str, state: StatusState) {
        self.until_status(sha, |it| it.state == state && it.context == context).await;
    }

    /// Goes on until this commit has a status whose description begins so.
    pub async fn until_posted(&mut self, sha: &Sha, context: &str, description: &str) {
        let is_it = |it: &RecordedStatus| {
            let said = it.description.as_deref().unwrap_or_default();
            said.starts_with(description) && it.context == context
        };
        self.until_status(sha, is_it).await;
    }

    async fn until_status(&mut self, sha: &Sha, is_it: impl Fn(&RecordedStatus) -> bool) {
        if !self.commits.contains(sha) {
            self.commits.push(sha.clone());
        }
        let (github, repository) = (self.github.clone(), self.repository.clone());
        github
            .wait_until("the commit's status", || {
                self.print_news();
                repository.statuses(sha).iter().any(&is_it).then_some(())
            })
            .await;
    }

    /// Goes on until this commit is deployed and everybody has been told.
    pub async fn until_deployed(&mut self, sha: &Sha) -> RecordedDeployment {
        let (github, repository) = (self.github.clone(), self.repository.clone());
        let deployed = github
            .wait_until("the commit to be deployed", || {
                self.print_news();
                let deployment = repository.deployments().into_iter().find(|it| it.sha == *sha)?;
                let statuses = repository.deployment_statuses(deployment.id);
                let done = statuses.iter().any(|it| it.state == DeploymentState::Success);
                (done && github.pending_deliveries() == 0).then_some(deployment)
            })
            .await;
        self.print_news();
        deployed
    }

    fn print_news(&mut self) {
        let deliveries = self.github.deliveries();
        for delivery in &deliveries[self.deliveries.min(deliveries.len())..] {
            let server = self.hooks.get(&delivery.hook_id).copied().unwrap_or("?");
            let took = milliseconds(delivery.duration);
            let (guid, _) = delivery.guid.split_once('-').unwrap_or((&delivery.guid, ""));
            let text = delivery.response_body.replace(&delivery.guid, guid);
            let answer = match delivery.status_code {
                Some(code) => format!("{code}, {took}: {text}"),
                None => delivery.status.clone(),
            };
            self.line("GitHub", server, &delivery.name(), &answer);
        }
        self.deliveries = deliveries.len();

        let commits = std::mem::take(&mut self.commits);
        let mut statuses: Vec<_> =
            commits.iter().flat_map(|sha| self.repository.statuses(sha)).collect();
        self.commits = commits;
        statuses.retain(|status| status.id > self.statuses);
        statuses.sort_by_key(|status| status.id);
        for status in statuses {
            self.statuses = status.id;
            let what = format!("status {}", status.state);
            let detail = status.description.unwrap_or_default();
            let detail = format!("{} of {}: {detail}", status.context, status.sha.short());
            self.line(self.reporter, "GitHub", &what, &detail);
        }

        let mut deployments = self.repository.deployments();
        deployments.sort_by_key(|deployment| deployment.id);
        for deployment in deployments {
            if deployment.id > self.deployments {
                self.deployments = deployment.id;
                let detail = deployment.description.clone().unwrap_or_default();
                let detail =
                    format!("{} to {}: {detail}", deployment.sha.short(), deployment.environment);
                self.line("deploy_server", "GitHub", "deployment", &detail);
            }
            let mut statuses = self.repository.deployment_statuses(deployment.id);
            statuses.retain(|status| status.id > self.deployment_statuses);
            statuses.sort_by_key(|status| status.id);
            for status in statuses {
                self.deployment_statuses = status.id;
                let what = format!("deployment status {}", status.state);
                self.line("deploy_server", "GitHub", &what, &status.environment);
            }
        }
    }

    fn line(&self, from: &str, to: &str, what: &str, detail: &str) {
        let way = format!("{from} → {to}");
        println!("{:>8}    {way:<24} {what:<26} {detail}", self.elapsed());
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.0} ms", duration.as_secs_f64() * 1000.0)
}
