use hookstead_types::{DeploymentState, StatusState};

use crate::objects::deployment::{FakeDeployment, RecordedDeployment};
use crate::objects::deployment_status::RecordedDeploymentStatus;
use crate::state::merge::MergeRefusal;
use crate::state::occurrence::Event;
use crate::state::repository::Resolved;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// Why no deployment was made.
#[derive(Debug)]
pub(crate) enum DeploymentRefusal {
    /// The ref names nothing.
    UnknownRef,
    /// The ref was behind the default branch and has been brought up to date instead.
    AutoMerged { base: String, head: String },
    /// The ref is behind the default branch and cannot be brought up to date.
    Conflict { base: String, head: String },
    /// These contexts are not successful.
    FailedContexts(Vec<(String, StatusState)>),
}

/// The values of a deployment status that is to be made.
#[derive(Debug)]
pub(crate) struct NewDeploymentStatus {
    pub(crate) state: DeploymentState,
    pub(crate) description: String,
    pub(crate) environment: Option<String>,
    pub(crate) environment_url: Option<String>,
    pub(crate) log_url: Option<String>,
    pub(crate) auto_inactive: bool,
}

impl NewDeploymentStatus {
    /// This state, and GitHub's default for everything else.
    pub(crate) fn of(state: DeploymentState) -> Self {
        Self {
            state,
            description: String::new(),
            environment: None,
            environment_url: None,
            log_url: None,
            auto_inactive: true,
        }
    }
}

impl World {
    pub(crate) fn create_deployment(
        &mut self,
        at: RepositoryIndex,
        new: FakeDeployment,
        creator: &str,
    ) -> Result<RecordedDeployment, DeploymentRefusal> {
        let found = self.repository(at).resolve(&new.r#ref);
        let found = found.ok_or(DeploymentRefusal::UnknownRef)?;
        if new.auto_merge {
            self.auto_merge(at, &found, creator)?;
        }
        self.check_contexts(at, &found, new.required_contexts.as_deref())?;
        let (repository, mint) = self.parts(at);
        let now = mint.now();
        let deployment = RecordedDeployment {
            id: mint.id(),
            sha: found.sha,
            r#ref: new.r#ref,
            task: new.task,
            payload: new.payload,
            production_environment: new
                .production_environment
                .unwrap_or(new.environment == "production"),
            original_environment: new.environment.clone(),
            environment: new.environment,
            description: new.description,
            transient_environment: new.transient_environment,
            creator: creator.to_owned(),
            created_at: now.clone(),
            updated_at: now,
        };
        repository.deployments.push(deployment.clone());
        self.announce(at, creator, Event::Deployment(Box::new(deployment.clone())));
        Ok(deployment)
    }

    /// Brings a branch that is behind the default branch up to date.
    fn auto_merge(
        &mut self,
        at: RepositoryIndex,
        found: &Resolved,
        by: &str,
    ) -> Result<(), DeploymentRefusal> {
        let repository = self.repository(at);
        let Some((branch, default_head)) = found.branch.clone().zip(repository.default_head())
        else {
            // Nothing can be merged into a bare commit.
            return Ok(());
        };
        let (default, default_head) = (repository.default_branch.clone(), default_head.clone());
        let message = format!("Merge {default} into {branch}");
        match self.merge_into(at, &branch, &default_head, &message, by) {
            Ok(_) => Err(DeploymentRefusal::AutoMerged { base: default, head: branch }),
            Err(MergeRefusal::Conflict) => {
                Err(DeploymentRefusal::Conflict { base: default, head: branch })
            }
            Err(_) => Ok(()),
        }
    }

    /// Without a list, every context seen must be successful; with one, those listed.
    fn check_contexts(
        &self,
        at: RepositoryIndex,
        found: &Resolved,
        required: Option<&[String]>,
    ) -> Result<(), DeploymentRefusal> {
        let seen: Vec<(String, StatusState)> = self
            .repository(at)
            .current_statuses(&found.sha)
            .into_iter()
            .map(|status| (status.context.clone(), status.state.clone()))
            .collect();
        let state_of = |context: &String| {
            let same = |(seen, _): &&(String, _)| seen.eq_ignore_ascii_case(context);
            // A context that nobody reported yet is awaited.
            seen.iter().find(same).map_or(StatusState::Pending, |(_, state)| state.clone())
        };
        let checked = match required {
            None => seen,
            Some(required) => {
                required.iter().map(|context| (context.clone(), state_of(context))).collect()
            }
        };
        let failed: Vec<_> =
            checked.into_iter().filter(|(_, state)| *state != StatusState::Success).collect();
        if failed.is_empty() { Ok(()) } else { Err(DeploymentRefusal::FailedContexts(failed)) }
    }

    /// Adds a status to a deployment. `None`: there is no such deployment.
    pub(crate) fn create_deployment_status(
        &mut self,
        at: RepositoryIndex,
        deployment_id: u64,
        new: NewDeploymentStatus,
        creator: &str,
    ) -> Option<RecordedDeploymentStatus> {
        let (repository, mint) = self.parts(at);
        let deployment = repository.deployments.iter_mut().find(|it| it.id == deployment_id)?;
        // The deployment's environment is that of its last status, so this is the default too.
        if let Some(environment) = new.environment {
            deployment.environment = environment;
        }
        deployment.updated_at = mint.now();
        let status = RecordedDeploymentStatus {
            id: mint.id(),
            deployment_id,
            state: new.state,
            description: new.description,
            environment: deployment.environment.clone(),
            environment_url: new.environment_url,
            log_url: new.log_url,
            creator: creator.to_owned(),
            created_at: mint.now(),
        };
        repository.deployment_statuses.push(status.clone());
        self.announce_deployment_status(at, &status);
        if status.state == DeploymentState::Success && new.auto_inactive {
            self.deactivate_earlier(at, &status);
        }
        Some(status)
    }

    /// Whether the deployment is what its environment shows now.
    pub(crate) fn is_active(&self, at: RepositoryIndex, deployment_id: u64) -> bool {
        self.repository(at)
            .current_deployment_status(deployment_id)
            .is_some_and(|status| status.state == DeploymentState::Success)
    }

    /// A successful deployment replaces the earlier successful ones of its environment, as long as
    /// they are neither transient nor production.
    fn deactivate_earlier(&mut self, at: RepositoryIndex, success: &RecordedDeploymentStatus) {
        let replaced: Vec<u64> = self
            .repository(at)
            .deployments
            .iter()
            .filter(|it| it.id < success.deployment_id && it.environment == success.environment)
            .filter(|it| !it.transient_environment && !it.production_environment)
            .map(|it| it.id)
            .filter(|id| self.is_active(at, *id))
            .collect();
        for id in replaced {
            let inactive = NewDeploymentStatus::of(DeploymentState::Inactive);
            self.create_deployment_status(at, id, inactive, &success.creator);
        }
    }

    fn announce_deployment_status(
        &mut self,
        at: RepositoryIndex,
        status: &RecordedDeploymentStatus,
    ) {
        let repository = self.repository(at);
        // GitHub tells nobody about `inactive`.
        if status.state == DeploymentState::Inactive {
            return;
        }
        let Some(deployment) = repository.deployment(status.deployment_id) else {
            return;
        };
        let (status, deployment) = (Box::new(status.clone()), Box::new(deployment.clone()));
        let creator = status.creator.clone();
        self.announce(at, &creator, Event::DeploymentStatus { status, deployment });
    }
}
