use clap::Args;

use super::permissions::Permission;
use super::target::Target;

/// The arguments of `hookstead doctor`.
///
/// It changes nothing. It asks for a status or deployment of a commit that does not exist, which GitHub refuses
/// in one way if the token may and in another if not; and it has GitHub ping the hook. GitHub pings no App's hook.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Whose hook it is: a repository OWNER/NAME, or an organization
    #[arg(value_name = "TARGET", required_unless_present = "app")]
    pub(super) target: Option<Target>,
    /// The hook is that of the GitHub App in the settings; with TARGET, whether it is installed there
    #[arg(long)]
    pub(super) app: bool,
    /// Where the hook delivers to; without it, the only hook is meant
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<String>,
    /// The events that the hook has to deliver, separated by commas
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    pub(super) events: Vec<String>,
    /// What has to be allowed in a repository, separated by commas; without it, statuses
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub(super) permissions: Vec<Permission>,
    /// How many seconds to wait for what becomes of the ping
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    pub(super) wait: u64,
    /// Prints JSON, for machines
    #[arg(long)]
    pub(super) json: bool,
}

impl DoctorArguments {
    /// What has to be allowed, and what is asked for where nothing else is said.
    pub(super) fn wanted_permissions(&self) -> Vec<Permission> {
        match self.permissions.as_slice() {
            [] => vec![Permission::Statuses],
            wanted => wanted.to_vec(),
        }
    }
}
