use std::env;

use crate::exit::Usage;

/// The settings of the examples, as `--help` shows them.
const SETTINGS: &str = "\
Settings, which are environment variables:
  WEBHOOK_SECRET     the hook's secret
  MY_PERSONAL_TOKEN  a token for GitHub's REST API, for servers that report back
  GITHUB_APP_CLIENT_ID, GITHUB_APP_PRIVATE_KEY
                     who the bot is, in place of a token
  GITHUB_API_URL     the REST API, by default https://api.github.com
  LISTEN             the address to listen at, by default 127.0.0.1:4567
  BUILD_SECONDS      how long a build takes, by default 2
  INBOX              what keeps deliveries: an SQLite file, or a postgres:// URL

Each may stand in a file instead, which NAME_FILE names.
";

/// The options that an example was called with, of those that it has. Where help was asked for, it is printed, and
/// there is nothing more to do: `None`.
///
/// # Errors
///
/// Fails for what is no option of the example's.
pub fn options(about: &str, known: &[&str]) -> Result<Option<Vec<String>>, Usage> {
    let mut options = Vec::new();
    for argument in env::args_os().skip(1) {
        let argument = argument.to_string_lossy().into_owned();
        if argument == "--help" || argument == "-h" {
            let known = known.iter().map(|it| format!(" [{it}]")).collect::<String>();
            println!("{about}\n\nOptions: [--help]{known}\n\n{SETTINGS}");
            return Ok(None);
        }
        if !known.contains(&argument.as_str()) {
            let known = known.iter().chain(&["--help"]).copied().collect::<Vec<_>>().join(", ");
            return Err(Usage(format!("{argument:?} is no argument; there is {known}.")));
        }
        options.push(argument);
    }
    Ok(Some(options))
}
