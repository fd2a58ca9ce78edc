use std::env::{self, VarError};
use std::fmt;
use std::net::ToSocketAddrs;
use std::path::PathBuf;

use hookstead::client::{Client, Token};
use hookstead::inbox::SqliteInbox;
use hookstead::{Router, Server, WebhookSecret};

/// The path that the guides' servers have.
const PATH: &str = "/event_handler";

/// Where an example listens and where it keeps its deliveries.
#[derive(Debug)]
pub struct Settings {
    secret: WebhookSecret,
    inbox: PathBuf,
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
        let inbox =
            variable("INBOX")?.map_or_else(|| format!("{example}.db").into(), PathBuf::from);
        Ok(Self { secret: secret()?, inbox, listen })
    }

    /// A server for `POST /event_handler` with the inbox on disk.
    ///
    /// # Errors
    ///
    /// Fails when the inbox cannot be opened.
    pub fn server(&self, router: Router) -> Result<Server, InvalidSetting> {
        let inbox = SqliteInbox::open(&self.inbox)
            .map_err(|error| InvalidSetting::new("INBOX", with_sources(&error)))?;
        println!("Listening at http://{}{PATH}", self.listen);
        Ok(Server::new(PATH, self.secret.clone(), router).inbox(inbox))
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
    let mut builder = Client::builder(token);
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

/// The URL of the server that listens where `LISTEN` says.
///
/// # Errors
///
/// Fails when `LISTEN` is malformed.
pub fn deliver_to() -> Result<String, InvalidSetting> {
    Ok(format!("http://{}{PATH}", listen()?))
}

/// Shows on stderr what the library logs: what it accepts, refuses, retries and gives up.
pub fn logging() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .init();
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

fn variable(name: &'static str) -> Result<Option<String>, InvalidSetting> {
    match env::var(name) {
        Ok(text) if text.is_empty() => Err(InvalidSetting::new(name, "it is empty")),
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(InvalidSetting::new(name, "it is no Unicode text")),
    }
}

fn with_sources(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    std::iter::once(error.to_string())
        .chain(sources.map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(": ")
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
