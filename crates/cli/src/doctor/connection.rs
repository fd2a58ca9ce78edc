use hookstead::client::{Client, Credentials};

use super::finding::Findings;
use crate::settings;

/// What to do about a setting that is missing or wrong.
pub(super) const TELL: &str = "Set it: hookstead --help lists the settings.";

/// A client for the base URL of the settings.
pub(super) fn client(
    credentials: impl Into<Credentials>,
    findings: &mut Findings,
) -> Option<Client> {
    match settings::github(credentials) {
        Ok(github) => Some(github),
        Err(error) => {
            let advice = "It is https://api.github.com, or https://HOST/api/v3 for GitHub \
                          Enterprise Server.";
            findings.wrong("base URL", error.to_string(), advice);
            None
        }
    }
}
