use super::access::{Credentials, PostgresUrl, Storage};
use super::command::JobWork;
use super::config::Config;
use super::notifier::NotifierConfig;
use crate::config::value::{SecretError, SecretSource};

/// A secret that a config names, with the key that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedSecret {
    /// The key: `projects.blog.jobs.test.secrets.SSH_KEY`.
    pub key: String,
    /// Where the secret stands.
    pub source: SecretSource,
    /// Whether it is a key in the form of PEM, which line breaks may surround.
    pub is_pem: bool,
}

impl NamedSecret {
    fn new(key: impl Into<String>, source: &SecretSource) -> Self {
        Self { key: key.into(), source: source.clone(), is_pem: false }
    }

    /// Reads the secret, to see whether it can be read, and forgets it. Returns how many characters it has.
    ///
    /// # Errors
    ///
    /// Fails as [`SecretSource::read`] does.
    pub fn try_read(&self) -> Result<usize, SecretError> {
        let text = if self.is_pem { self.source.read_key() } else { self.source.read() };
        text.map(|text| text.expose().chars().count())
    }
}

impl Config {
    /// All secrets that the config names, in the order of the list of keys.
    #[must_use]
    pub fn all_secrets(&self) -> Vec<NamedSecret> {
        let mut secrets = Vec::new();
        if let Storage::Postgres(PostgresUrl::Secret(source)) = &self.storage {
            secrets.push(NamedSecret::new("store", source));
        }
        for (index, source) in self.secrets.iter().enumerate() {
            let key = if self.secrets.len() == 1 {
                "secret".to_owned()
            } else {
                format!("secret[{index}]")
            };
            secrets.push(NamedSecret::new(key, source));
        }
        match &self.credentials {
            Credentials::Token(source) => secrets.push(NamedSecret::new("token", source)),
            Credentials::App { key, .. } => {
                secrets.push(NamedSecret { is_pem: true, ..NamedSecret::new("app.key", key) });
            }
        }
        secrets.extend(self.admin.iter().map(|source| NamedSecret::new("admin", source)));
        for (name, notifier) in self.notifiers.iter() {
            if let NotifierConfig::Post(source) = notifier {
                secrets.push(NamedSecret::new(format!("notifiers.{name}.post"), source));
            }
        }
        for project in self.projects.iter() {
            let top = format!("projects.{}", project.name);
            for job in &project.jobs {
                let key = format!("{top}.jobs.{}", job.name);
                match &job.work {
                    JobWork::Jenkins(jenkins) => {
                        secrets
                            .push(NamedSecret::new(format!("{key}.jenkins.token"), &jenkins.token));
                    }
                    JobWork::Http(http) => {
                        let token = http.token.iter();
                        secrets.extend(
                            token.map(|it| NamedSecret::new(format!("{key}.http.token"), it)),
                        );
                    }
                    JobWork::Steps(_) => {}
                }
                let of_job = job.secrets.iter();
                secrets.extend(
                    of_job.map(|(name, it)| NamedSecret::new(format!("{key}.secrets.{name}"), it)),
                );
            }
            for environment in &project.environments {
                let key = format!("{top}.environments.{}.secrets", environment.name);
                let named = environment.secrets.iter();
                secrets
                    .extend(named.map(|(name, it)| NamedSecret::new(format!("{key}.{name}"), it)));
            }
        }
        secrets
    }
}
