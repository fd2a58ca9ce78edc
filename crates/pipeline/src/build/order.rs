//! What a runner is told to run for a build.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::path::Path;

use super::caches;
use super::case::Case;
use crate::config::{Command, Isolation, JobWork, SecretError};
use crate::record::BuildTarget;
use crate::runner::{CacheFolder, Order, OrderLimits, OrderStep, Sandbox, StepCommand};

/// Why there is no order.
#[derive(Debug)]
pub(super) enum NoOrder {
    /// A secret cannot be read.
    Secret(String, SecretError),
    /// The job is one that this version cannot do.
    Unknown(&'static str),
}

impl fmt::Display for NoOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(name, error) => write!(formatter, "the secret {name}: {error}"),
            Self::Unknown(what) => write!(formatter, "this version cannot build by {what}"),
        }
    }
}

impl Error for NoOrder {}

pub(super) fn of(case: &Case<'_>, checkout: &Path, tree: &str) -> Result<Order, NoOrder> {
    let (job, project, build) = (case.job, case.project, case.build);
    let steps = match &job.work {
        JobWork::Steps(steps) => steps.iter().map(|step| OrderStep {
            name: step.name.clone(),
            command: match &step.command {
                Command::Shell(text) => StepCommand::Shell(text.clone()),
                Command::List(words) => StepCommand::Program(words.clone()),
            },
        }),
        JobWork::Jenkins(_) => return Err(NoOrder::Unknown("Jenkins")),
        JobWork::Http(_) => return Err(NoOrder::Unknown("a service")),
    };
    let mut order = Order::new(checkout, steps);
    order.environment = environment(case, tree);
    order.environment.extend(job.env.clone());
    if !build.what.is_fork {
        for (name, source) in &job.secrets {
            let secret = source.read().map_err(|error| NoOrder::Secret(name.clone(), error))?;
            order.secrets.insert(name, secret.expose());
        }
    }
    order.path.clone_from(&job.path);
    order.timeout = job.timeout;
    order.silence = job.silence;
    order.log_cap = job.log.bytes();
    order.sandbox = match &project.isolate {
        Isolation::None => Sandbox::None,
        Isolation::Bubblewrap => Sandbox::Bubblewrap,
        Isolation::Docker(image) => {
            Sandbox::Container { program: "docker".to_owned(), image: image.clone() }
        }
    };
    order.network = project.network;
    order.limits = OrderLimits {
        memory: job.limits.memory.map(|size| size.bytes()),
        cpu_percent: job.limits.cpu_percent,
        processes: job.limits.processes,
    };
    let caches = caches::folder_of(&case.current.config.work, &build.what);
    order.caches = job
        .cache
        .iter()
        .map(|shown| CacheFolder { kept: caches.join(shown), shown: shown.clone() })
        .collect();
    // Its own repository's: others may be nothing for whoever wrote this code.
    order.read_only.push(case.current.checkouts.mirrors_of(&build.what.repo));
    Ok(order)
}

/// What every build finds in its environment.
fn environment(case: &Case<'_>, tree: &str) -> BTreeMap<String, String> {
    let (build, what) = (case.build, &case.build.what);
    let mut all = vec![
        ("HOOKSTEAD", "true".to_owned()),
        ("HOOKSTEAD_PROJECT", what.project.clone()),
        ("HOOKSTEAD_JOB", what.job.clone()),
        ("HOOKSTEAD_BUILD", build.number.to_string()),
        ("HOOKSTEAD_URL", case.link()),
        ("HOOKSTEAD_REPOSITORY", what.repo.to_string()),
        ("HOOKSTEAD_SHA", what.sha.to_string()),
        ("HOOKSTEAD_TREE", tree.to_owned()),
        ("HOOKSTEAD_REF", what.r#ref.clone()),
    ];
    match &what.target {
        BuildTarget::PullRequest(number) => {
            all.push(("HOOKSTEAD_PULL_REQUEST", number.to_string()));
        }
        BuildTarget::Branch(name) => all.push(("HOOKSTEAD_BRANCH", name.clone())),
        BuildTarget::Tag(name) => all.push(("HOOKSTEAD_TAG", name.clone())),
        BuildTarget::MergeGroup(name) => all.push(("HOOKSTEAD_MERGE_GROUP", name.clone())),
        BuildTarget::Commit(_) => {}
    }
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
