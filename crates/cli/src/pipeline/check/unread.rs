use std::error::Error as _;

use hookstead_pipeline::build::Hub;
use hookstead_pipeline::config::{Config, Credentials, NamedSecret};

/// A secret that is shorter is not masked in logs: it would blacken words that are none.
const MASKED_FROM: usize = 6;

/// What is wrong with a secret.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) key: String,
    pub(super) text: String,
    /// Whether the server could not use it.
    pub(super) is_error: bool,
}

/// What is wrong with the secrets of a config.
pub(super) fn unread(config: &Config) -> Vec<Unread> {
    let mut found = unread_of(&config.all_secrets());
    // One that can be read may still be no token, or no key.
    if !found.iter().any(|it| it.is_error)
        && let Err(error) = Hub::new(config)
    {
        let key = match config.credentials {
            Credentials::Token(_) => "token",
            Credentials::App { .. } => "app.key",
        };
        let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let text = text.strip_prefix(&format!("`{key}`: ")).unwrap_or(&text).to_owned();
        found.push(Unread { key: key.to_owned(), text, is_error: true });
    }
    found
}

fn unread_of(secrets: &[NamedSecret]) -> Vec<Unread> {
    let problem = |secret: &NamedSecret| {
        let (text, is_error) = match secret.try_read() {
            Err(error) => (error.to_string(), true),
            Ok(length) if length < MASKED_FROM => {
                (format!("it has fewer than {MASKED_FROM} characters, so logs will show it"), false)
            }
            Ok(_) => return None,
        };
        Some(Unread { key: secret.key.clone(), text, is_error })
    };
    secrets.iter().filter_map(problem).collect()
}
