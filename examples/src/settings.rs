use std::fmt;
use std::net::ToSocketAddrs;
use std::time::Duration;

use hookstead::client::{AppKey, Client, Credentials, Token};
use hookstead::inbox::{InboxError, StorePlace};
use hookstead::types::{InvisibleEnd, SettingText};
use hookstead::{Router, Server, WebhookSecret};

use crate::exit::with_sources;

/// The path that the guides' servers have.
const PATH: &str = "/event_handler";

/// Where an example listens and where it keeps its deliveries.
#[derive(Debug)]
pub struct Settings {
    secret: WebhookSecret,
    inbox: StorePlace,
    /// The address to listen at.
    pub listen: String,
}

impl Settings {
    /// The settings of the environment; the inbox is named after the example, unless it is set.
    ///
    /// # Errors
    ///
    /// Fails when something is missing or malformed.
    pub fn from_env(example: &str) -> Result<Self, InvalidSetting> {
        logging();
        let listen = listen()?;
        let inbox = variable("INBOX")?.unwrap_or_else(|| format!("{example}.db"));
        let inbox = inbox
            .parse()
            .map_err(|error: InboxError| InvalidSetting::new("INBOX", with_sources(&error)))?;
        Ok(Self { secret: secret()?, inbox, listen })
    }

    /// A server for `POST /event_handler` with the inbox that was set.
    ///
    /// # Errors
    ///
    /// Fails when the inbox cannot be opened.
    pub async fn server(&self, router: Router) -> Result<Server, InvalidSetting> {
        let store = self
            .inbox
            .open()
            .await
            .map_err(|error| InvalidSetting::new("INBOX", with_sources(&error)))?;
        Ok(Server::new(PATH, self.secret.clone(), router)
            .inbox(store)
            .when_listening(|address| println!("Listening at http://{address}{PATH}")))
    }
}

/// A client for GitHub's REST API, as `MY_PERSONAL_TOKEN` and `GITHUB_API_URL` say.
///
/// # Errors
///
/// Fails when one of them is missing or malformed.
pub fn github() -> Result<Client, InvalidSetting> {
    let token = Token::from_env("MY_PERSONAL_TOKEN")
        .map_err(|error| InvalidSetting::new("MY_PERSONAL_TOKEN", with_sources(&error)))?;
    client(token)
}

/// A client that is a GitHub App, as `GITHUB_APP_CLIENT_ID`, `GITHUB_APP_PRIVATE_KEY` and `GITHUB_API_URL`
/// say.
///
/// # Errors
///
/// Fails when one of them is missing or malformed.
pub fn app() -> Result<Client, InvalidSetting> {
    const KEY: &str = "GITHUB_APP_PRIVATE_KEY";
    let key = AppKey::from_env("GITHUB_APP_CLIENT_ID", KEY)
        .map_err(|error| InvalidSetting::new(KEY, with_sources(&error)))?;
    client(key)
}

fn client(credentials: impl Into<Credentials>) -> Result<Client, InvalidSetting> {
    let mut builder = Client::builder(credentials);
    if let Some(url) = variable("GITHUB_API_URL")? {
        builder = builder.base_url(url);
    }
    builder.build().map_err(|error| InvalidSetting::new("GITHUB_API_URL", with_sources(&error)))
}

/// The hook's secret.
///
/// # Errors
///
/// Fails when `WEBHOOK_SECRET` is missing or empty.
pub fn secret() -> Result<WebhookSecret, InvalidSetting> {
    WebhookSecret::from_env("WEBHOOK_SECRET")
        .map_err(|error| InvalidSetting::new("WEBHOOK_SECRET", with_sources(&error)))
}

/// How long a build takes that only pretends to be one.
///
/// # Errors
///
/// Fails when `BUILD_SECONDS` is no whole number.
pub fn build_time() -> Result<Duration, InvalidSetting> {
    let Some(seconds) = variable("BUILD_SECONDS")? else { return Ok(Duration::from_secs(2)) };
    let number = seconds.parse().map(Duration::from_secs);
    number.map_err(|_| {
        InvalidSetting::new("BUILD_SECONDS", format!("{seconds:?} is no whole number of seconds"))
    })
}

/// Shows on stderr what the library logs: what it accepts, refuses, retries and gives up.
pub fn logging() {
    // Whoever has set something else keeps it.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .try_init();
}

fn listen() -> Result<String, InvalidSetting> {
    let listen = variable("LISTEN")?.unwrap_or_else(|| "127.0.0.1:4567".to_owned());
    match listen.to_socket_addrs() {
        Ok(_) => Ok(listen),
        Err(error) => {
            let problem = format!("{listen:?} is no address such as 127.0.0.1:4567 ({error})");
            Err(InvalidSetting::new("LISTEN", problem))
        }
    }
}

/// A setting: a variable of the environment, or the file that `NAME_FILE` names.
///
/// # Errors
///
/// Fails when it cannot be read, is empty or no Unicode text, or begins or ends with something invisible.
pub fn variable(name: &'static str) -> Result<Option<String>, InvalidSetting> {
    let setting = SettingText::read(name);
    let Some(SettingText { text, source }) =
        setting.map_err(|error| InvalidSetting::new(name, error.to_string()))?
    else {
        return Ok(None);
    };
    if text.is_empty() {
        return Err(InvalidSetting::new(name, format!("{source} is empty")));
    }
    match InvisibleEnd::of(&text) {
        // The text itself may be a password.
        Some(end) => Err(InvalidSetting::new(name, format!("{source} {end}"))),
        None => Ok(Some(text)),
    }
}

/// A setting that is missing or malformed.
#[derive(Debug)]
pub struct InvalidSetting {
    variable: &'static str,
    problem: String,
}

impl InvalidSetting {
    fn new(variable: &'static str, problem: impl Into<String>) -> Self {
        Self { variable, problem: problem.into() }
    }
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "The setting {} cannot be used: {}.", self.variable, self.problem)
    }
}

impl std::error::Error for InvalidSetting {}
