use hookstead_types::Sha;
use serde_json::Value;

use crate::api::deployment::deployment::{Deployment, DeploymentOutcome};
use crate::api::deployment::deployment_filter::DeploymentFilter;
use crate::api::deployment::new_deployment::NewDeployment;
use crate::api::deployment::refusal::Refusal;
use crate::engine::error::Error;
use crate::engine::error_kind::Kind;
use crate::repo::Repo;

/// What came of the wish that there be a deployment, from [`Repo::ensure_deployment`].
///
/// These are all the outcomes there are, so a `match` needs no wildcard and forgets none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnsuredDeployment {
    /// GitHub created it now.
    Created(Deployment),
    /// It was there already: an earlier call had created it, whether its answer arrived or not.
    Found(Deployment),
    /// As [`DeploymentOutcome::AutoMerged`]: **there is no deployment**.
    AutoMerged {
        /// GitHub's words.
        message: String,
    },
    /// The commit is not fit to be deployed.
    Refused(Refusal),
}

impl Repo {
    /// Sees to it that there is a deployment of this commit, to this environment, with this task and this
    /// payload: creates it unless GitHub lists it. Whoever asks twice gets the same deployment.
    ///
    /// That makes it safe in a handler that runs again, after its process was killed or because somebody
    /// redelivered. It is also safe after an error that leaves it open whether the deployment was created:
    /// that is looked up at once, and by every later call.
    ///
    /// What it was created for does not change what it is: the state of the deployment and its description do
    /// not count. To deploy the same commit once more, put something new into the payload, such as the
    /// id of the delivery; or [create](Self::create_deployment) it.
    ///
    /// Two that ask at the same moment may both find nothing. Let only one ask at a time, by a lane say.
    /// GitHub's replicas may also list a deployment some moments late.
    ///
    /// Permission: *Deployments* read and write; a classic token needs `repo_deployment`.
    ///
    /// # Errors
    ///
    /// Fails before anything is sent when the deployment's ref is no sha: a branch moves on. Else it fails
    /// as [`deployments`](Self::deployments) and [`create_deployment`](Self::create_deployment) do.
    pub async fn ensure_deployment(
        &self,
        deployment: &NewDeployment,
    ) -> Result<EnsuredDeployment, Error> {
        let Ok(sha) = deployment.git_ref().parse::<Sha>() else {
            let problem = "only a deployment of a sha can be found again, and its ref is none";
            let purpose = format!("ensure a deployment in {}", self.name());
            return Err(Error::new(&purpose, true, Kind::InvalidRequest(problem.to_owned())));
        };
        if let Some(found) = self.find_deployment(&sha, deployment).await? {
            return Ok(EnsuredDeployment::Found(found));
        }
        match self.create_deployment(deployment).await {
            Ok(DeploymentOutcome::Created(created)) => Ok(EnsuredDeployment::Created(created)),
            Ok(DeploymentOutcome::AutoMerged { message }) => {
                Ok(EnsuredDeployment::AutoMerged { message })
            }
            Ok(DeploymentOutcome::Refused(refusal)) => Ok(EnsuredDeployment::Refused(refusal)),
            Err(error) if may_have_created(&error) => {
                match self.find_deployment(&sha, deployment).await {
                    Ok(Some(found)) => Ok(EnsuredDeployment::Created(found)),
                    // Nobody knows, and the first error says more. The next call looks again.
                    Ok(None) | Err(_) => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// The oldest deployment that is this one: those that ask at the same time then find the same.
    async fn find_deployment(
        &self,
        sha: &Sha,
        wanted: &NewDeployment,
    ) -> Result<Option<Deployment>, Error> {
        let filter = DeploymentFilter::new()
            .sha(sha)
            .environment(wanted.environment_name())
            .task(wanted.task_name());
        let mut listed = self.client().items(self.deployments(&filter).await?);
        let mut oldest: Option<Deployment> = None;
        while let Some(deployment) = listed.next().await {
            let deployment = deployment?;
            let is_older = oldest.as_ref().is_none_or(|oldest| deployment.id < oldest.id);
            if is_older && is_same_payload(wanted.payload_value(), &deployment.payload) {
                oldest = Some(deployment);
            }
        }
        Ok(oldest)
    }
}

/// Whether GitHub may have created the deployment although the call failed.
fn may_have_created(error: &Error) -> bool {
    let is_refusal = error.status().is_some_and(|status| status.is_client_error());
    error.took_effect() || !(error.is_connect() || is_refusal || error.attempts() == 0)
}

/// Whether GitHub shows this payload for that one.
fn is_same_payload(wanted: Option<&Value>, shown: &Value) -> bool {
    let read = |it: &Value| match it {
        // A string may hold JSON, and some servers read it.
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| it.clone()),
        _ => it.clone(),
    };
    let is_none = |it: &Value| match it {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    let wanted = wanted.unwrap_or(&Value::Null);
    (is_none(wanted) && is_none(shown)) || read(wanted) == read(shown)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn payloads_are_compared_by_what_they_say() {
        let order = json!({"deploy_user": "octocat", "to": [1, 2]});
        for (wanted, shown, is_same) in [
            (Some(order.clone()), order.clone(), true),
            (Some(order.clone()), json!(order.to_string()), true),
            (Some(json!(order.to_string())), order.clone(), true),
            (Some(order.clone()), json!({"to": [1, 2], "deploy_user": "octocat"}), true),
            (Some(order.clone()), json!({"deploy_user": "octocat"}), false),
            (Some(json!({"delivery": "1"})), json!({"delivery": "2"}), false),
            (Some(json!("text")), json!("text"), true),
            (Some(json!("text")), json!("other"), false),
            (None, json!(""), true),
            (None, json!({}), true),
            (None, json!(null), true),
            (Some(json!({})), json!(""), true),
            (None, order.clone(), false),
            (Some(order), json!(""), false),
        ] {
            assert_eq!(is_same_payload(wanted.as_ref(), &shown), is_same, "{wanted:?} {shown}");
        }
    }
}
