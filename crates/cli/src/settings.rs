//! What stands in the environment.

use std::error::Error;
use std::net::ToSocketAddrs;

use hookstead::WebhookSecret;
use hookstead::client::{AppKey, Client, Credentials, Token};
use hookstead::inbox::StorePlace;
use hookstead::types::{InvisibleEnd, SettingText};

use crate::exit::{InvalidSetting, Usage, with_sources};

/// The inbox that was named, else that of the setting `INBOX`.
pub(crate) fn inbox(named: Option<&str>) -> Result<StorePlace, Box<dyn Error>> {
    if let Some(word) = named {
        return word.parse().map_err(|error| Usage(format!("--inbox: {error}")).into());
    }
    let Some(word) = variable("INBOX")? else {
        let which = "Which inbox? Say it with --inbox PLACE or in the variable INBOX.";
        return Err(Usage(which.to_owned()).into());
    };
    Ok(word.parse().map_err(|error| InvalidSetting::new("INBOX", with_sources(&error)))?)
}

/// The hook's secret.
pub(crate) fn secret() -> Result<WebhookSecret, InvalidSetting> {
    const NAME: &str = "WEBHOOK_SECRET";
    WebhookSecret::from_env(NAME).map_err(|error| InvalidSetting::new(NAME, with_sources(&error)))
}

/// Whether somebody tried to set the hook's secret.
pub(crate) fn is_secret_set() -> bool {
    !matches!(SettingText::read("WEBHOOK_SECRET"), Ok(None))
}

/// A token for GitHub's REST API.
pub(crate) fn token() -> Result<Token, InvalidSetting> {
    const NAME: &str = "MY_PERSONAL_TOKEN";
    Token::from_env(NAME).map_err(|error| InvalidSetting::new(NAME, with_sources(&error)))
}

/// The key of a GitHub App.
pub(crate) fn app_key() -> Result<AppKey, InvalidSetting> {
    const ISSUER: &str = "GITHUB_APP_CLIENT_ID";
    const NAME: &str = "GITHUB_APP_PRIVATE_KEY";
    if variable(ISSUER)?.is_none() {
        return Err(InvalidSetting::new(ISSUER, "it is not set".to_owned()));
    }
    AppKey::from_env(ISSUER, NAME).map_err(|error| InvalidSetting::new(NAME, with_sources(&error)))
}

/// A client for GitHub's REST API, at the base URL of the settings.
pub(crate) fn github(credentials: impl Into<Credentials>) -> Result<Client, InvalidSetting> {
    const NAME: &str = "GITHUB_API_URL";
    let mut builder = Client::builder(credentials);
    if let Some(url) = variable(NAME)? {
        builder = builder.base_url(url);
    }
    builder.build().map_err(|error| InvalidSetting::new(NAME, with_sources(&error)))
}

/// The URL of the server that listens where `LISTEN` says.
pub(crate) fn deliver_to() -> Result<String, InvalidSetting> {
    let listen = variable("LISTEN")?.unwrap_or_else(|| "127.0.0.1:4567".to_owned());
    match listen.to_socket_addrs() {
        Ok(_) => Ok(format!("http://{listen}/event_handler")),
        Err(error) => {
            let problem = format!("{listen:?} is no address such as 127.0.0.1:4567 ({error})");
            Err(InvalidSetting::new("LISTEN", problem))
        }
    }
}

fn variable(name: &'static str) -> Result<Option<String>, InvalidSetting> {
    let setting =
        SettingText::read(name).map_err(|error| InvalidSetting::new(name, error.to_string()))?;
    let Some(SettingText { text, source }) = setting else { return Ok(None) };
    if text.is_empty() {
        return Err(InvalidSetting::new(name, format!("{source} is empty")));
    }
    match InvisibleEnd::of(&text) {
        // The text itself may be a password.
        Some(end) => Err(InvalidSetting::new(name, format!("{source} {end}"))),
        None => Ok(Some(text)),
    }
}
