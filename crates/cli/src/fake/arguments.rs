//! What `hookstead fake` is asked for.

use std::net::SocketAddr;

use clap::Args;
use hookstead::types::RepoName;

use super::{control, front};

/// The arguments of `hookstead fake`.
#[derive(Debug, Args)]
#[command(after_long_help = help())]
pub(crate) struct FakeArguments {
    /// Where to listen; port 0 is a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4568")]
    pub(super) listen: SocketAddr,
    /// Begins with this repository, which has one commit on its branch main; may be repeated
    #[arg(long = "repository", value_name = "OWNER/NAME")]
    pub(super) repositories: Vec<RepoName>,
    /// Puts real git behind these repositories, to clone, fetch and push
    #[arg(long, requires = "repositories")]
    pub(super) git: bool,
    /// Begins with the repository that the samples of `hookstead deliver` are about
    #[arg(long)]
    pub(super) samples: bool,
    /// Adds a hook to each repository, signed with WEBHOOK_SECRET if that is set; may be repeated
    #[arg(long = "hook", value_name = "URL", value_parser = url)]
    pub(super) hooks: Vec<String>,
    /// Which events the hooks hear of, with commas between them; * is all
    #[arg(
        long,
        value_name = "EVENTS",
        value_delimiter = ',',
        default_value = "*",
        value_parser = event,
        requires = "hooks"
    )]
    pub(super) events: Vec<String>,
    /// Sends the hooks' payloads as forms, and not as JSON
    #[arg(long, requires = "hooks")]
    pub(super) form: bool,
    /// Accepts only the token of the setting MY_PERSONAL_TOKEN; by default it accepts every token
    #[arg(long)]
    pub(super) check_token: bool,
    /// Who the token belongs to, and so who does what is done through the API
    #[arg(long, value_name = "LOGIN", default_value = "hookstead-ci")]
    pub(super) user: String,
    /// Behaves as a GitHub Enterprise Server of this name, with its API below /api/v3
    #[arg(long, value_name = "HOST")]
    pub(super) enterprise_server: Option<String>,
    /// Writes this into links, where clients reach the fake by another name: http://github:4568
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub(super) known_as: Option<String>,
}

fn url(text: &str) -> Result<String, String> {
    control::check_url(text).map(|()| text.to_owned())
}

fn origin(text: &str) -> Result<String, String> {
    let parsed: Option<http::Uri> = text.parse().ok();
    let is_good = |it: &http::Uri| {
        matches!(it.scheme_str(), Some("http" | "https"))
            && it.path_and_query().is_none_or(|rest| rest == "/")
    };
    match parsed.is_some_and(|it| is_good(&it)) {
        true => Ok(text.to_owned()),
        false => Err("an origin is http://HOST or https://HOST, perhaps with a port".to_owned()),
    }
}

fn event(name: &str) -> Result<String, String> {
    control::check_event(name).map(|()| name.to_owned())
}

/// What stands below the long help: how the fake is used, and the calls that control it.
fn help() -> String {
    let prefix = front::PREFIX;
    format!(
        "\
A program uses the fake by the API's address, which is printed once the fake listens. It needs a
token; any will do.
  hookstead fake --repository octocat/hello-world --hook http://127.0.0.1:4567/event_handler
  GITHUB_API_URL=http://127.0.0.1:4568 MY_PERSONAL_TOKEN=any ci_server

The page {prefix}/page shows what there is. The calls below control it; their paths begin with
{prefix}, and their bodies are JSON objects. A field with ? may be left out. `GET {prefix}` lists them
for machines, with what each field takes. An answer that is no success has `error`, a sentence, and
mostly `at`, the place of the mistake.
  curl -d '{{\"title\": \"Add a flag\"}}' \\
    http://127.0.0.1:4568{prefix}/repositories/octocat/hello-world/open-pull-request

{}
The first Ctrl-C ends the fake when the deliveries under way are finished, a second one at once.",
        control::help()
    )
}
