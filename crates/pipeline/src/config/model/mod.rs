//! What a config says: projects, jobs, environments, notifiers.

mod access;
mod all_secrets;
mod change;
mod command;
mod config;
mod environment;
mod job;
mod notifier;
mod project;

pub use access::{Credentials, PostgresUrl, ReadAccess, ReportBy, Storage};
pub use all_secrets::NamedSecret;
pub use change::ConfigChange;
pub use command::{Command, HttpRun, JenkinsRun, JobStep, JobWork};
pub use config::{Config, Notice, Pools};
pub use environment::{Environment, QueueRule};
pub use job::{Job, Limits, Trigger};
pub use notifier::NotifierConfig;
pub use project::{Forks, Isolation, MergeRule, Project};
