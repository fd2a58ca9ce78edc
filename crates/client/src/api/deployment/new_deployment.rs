use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::api::decoration::{DEFAULT_CONTEXT, Text, fitting_context};
use crate::engine::decorated::{Complaint, Decorated};

/// A deployment to be created.
///
/// Two of GitHub's own defaults surprise deployment servers, so both are spelled out here:
///
/// * *auto-merge* is **off** unless [`auto_merge`](Self::auto_merge) turns it on. With it, GitHub
///   merges the default branch into a ref that is behind, and then creates no deployment.
/// * *required contexts* are **all** unless [`required_contexts`](Self::required_contexts) says
///   otherwise: every status and check of the commit must be successful, that of a running build
///   of one's own included.
///
/// ```
/// use hookstead_client::{NewDeployment, RequiredContexts};
/// use serde_json::json;
///
/// let deployment = NewDeployment::new("ec26c3e57ca3a959ca5aad62de7213c562f8c821")
///     .environment("production")
///     .description("Deploying my sweet branch")
///     .payload(json!({"environment": "production", "deploy_user": "octocat"}))
///     .required_contexts(RequiredContexts::only(["ci/demo"]));
/// # let _ = deployment;
/// ```
#[derive(Clone, PartialEq, Serialize)]
pub struct NewDeployment {
    r#ref: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    auto_merge: bool,
    #[serde(skip_serializing_if = "RequiredContexts::is_all")]
    required_contexts: RequiredContexts,
    #[serde(skip_serializing_if = "Payload::is_unset")]
    payload: Payload,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transient_environment: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    production_environment: Option<bool>,
}

#[derive(Clone, PartialEq)]
enum Payload {
    Unset,
    Set(Value),
    /// The value has no JSON form. Remembered, so that the builder needs no `?` in its middle.
    Unusable,
}

impl Payload {
    fn is_unset(&self) -> bool {
        matches!(self, Self::Unset)
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Unset => serializer.serialize_unit(),
            Self::Unusable => Err(serde::ser::Error::custom("the payload is no JSON")),
        }
    }
}

impl NewDeployment {
    /// A deployment of this branch, tag or sha. A branch moves on; a sha does not.
    #[must_use]
    pub fn new(git_ref: impl AsRef<str>) -> Self {
        Self {
            r#ref: git_ref.as_ref().to_owned(),
            task: None,
            auto_merge: false,
            required_contexts: RequiredContexts::All,
            payload: Payload::Unset,
            environment: None,
            description: None,
            transient_environment: None,
            production_environment: None,
        }
    }

    /// Where to deploy to. GitHub's default is `production`.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// What to do there, such as `deploy:migrations`. GitHub's default is `deploy`.
    #[must_use]
    pub fn task(mut self, name: impl Into<String>) -> Self {
        self.task = Some(name.into());
        self
    }

    /// A few words for people. A text beyond
    /// [`DESCRIPTION_MAX_CHARACTERS`](crate::DESCRIPTION_MAX_CHARACTERS) is cut, and what GitHub refuses
    /// in it, most emoji among it, is replaced.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(Text::DESCRIPTION.fit(text));
        self
    }

    /// What the one who deploys needs to know: an object, or a string. It comes back unchanged in
    /// the `deployment` event. Everyone who can read the repository can read it: no secrets.
    ///
    /// A value that has no JSON form (a map with keys that are no strings) makes the call fail
    /// before anything is sent.
    #[must_use]
    pub fn payload(mut self, payload: impl Serialize) -> Self {
        self.payload = serde_json::to_value(payload).map_or(Payload::Unusable, Payload::Set);
        self
    }

    /// Whether GitHub merges the default branch into the ref first, when the ref is behind. It then
    /// makes **no** deployment; see
    /// [`DeploymentOutcome::AutoMerged`](crate::DeploymentOutcome::AutoMerged). Off unless turned
    /// on here, unlike GitHub's own default.
    #[must_use]
    pub fn auto_merge(mut self, merge: bool) -> Self {
        self.auto_merge = merge;
        self
    }

    /// Which statuses and checks of the commit must be successful.
    #[must_use]
    pub fn required_contexts(mut self, contexts: RequiredContexts) -> Self {
        self.required_contexts = contexts;
        self
    }

    /// Whether the environment belongs to this deployment and will be gone one day, like a preview
    /// of a pull request. GitHub's default is no.
    #[must_use]
    pub fn transient_environment(mut self, transient: bool) -> Self {
        self.transient_environment = Some(transient);
        self
    }

    /// Whether users meet this environment. GitHub's default is yes if it is called `production`.
    #[must_use]
    pub fn production_environment(mut self, production: bool) -> Self {
        self.production_environment = Some(production);
        self
    }

    /// The ref, for the error's text.
    pub(crate) fn git_ref(&self) -> &str {
        &self.r#ref
    }

    /// The environment, or GitHub's default.
    pub(crate) fn environment_name(&self) -> &str {
        self.environment.as_deref().unwrap_or("production")
    }

    /// The task, or GitHub's default.
    pub(crate) fn task_name(&self) -> &str {
        self.task.as_deref().unwrap_or("deploy")
    }

    pub(crate) fn payload_value(&self) -> Option<&Value> {
        match &self.payload {
            Payload::Set(value) => Some(value),
            Payload::Unset | Payload::Unusable => None,
        }
    }

    pub(crate) fn has_unusable_payload(&self) -> bool {
        matches!(self.payload, Payload::Unusable)
    }
}

impl Decorated for NewDeployment {
    fn take_off(&mut self, complaint: &Complaint) -> Vec<&'static str> {
        let mut fields = complaint.about(&["description"]);
        fields.retain(|_| self.description.take().is_some());
        fields
    }
}

/// Leaves the payload out: it is the application's.
impl fmt::Debug for NewDeployment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewDeployment")
            .field("ref", &self.r#ref)
            .field("task", &self.task)
            .field("auto_merge", &self.auto_merge)
            .field("required_contexts", &self.required_contexts)
            .field("environment", &self.environment)
            .field("description", &self.description)
            .field("transient_environment", &self.transient_environment)
            .field("production_environment", &self.production_environment)
            .finish_non_exhaustive()
    }
}

/// Which statuses and checks must be successful before GitHub creates a deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequiredContexts {
    /// Every one that the commit has: GitHub's default.
    #[default]
    All,
    /// None: the caller has checked by other means, or does not care.
    None,
    /// These, and no others. One that is too long for a context is cut as
    /// [`NewStatus::context`](crate::NewStatus::context) cuts it.
    Only(Vec<String>),
}

impl RequiredContexts {
    /// These contexts, and no others.
    #[must_use]
    pub fn only<S: Into<String>>(contexts: impl IntoIterator<Item = S>) -> Self {
        Self::Only(contexts.into_iter().map(Into::into).collect())
    }

    fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

/// As GitHub wants it: an array, and for *all* no field at all.
impl Serialize for RequiredContexts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_none(),
            Self::None => serializer.collect_seq(std::iter::empty::<&str>()),
            Self::Only(contexts) => serializer.collect_seq(
                contexts.iter().map(|it| fitting_context(it).unwrap_or(DEFAULT_CONTEXT.into())),
            ),
        }
    }
}
