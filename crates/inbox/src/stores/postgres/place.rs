use std::fmt;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Which inbox it is, without user and password.
pub(super) struct Place {
    hosts: Vec<String>,
    database: Option<String>,
    schema: String,
}

impl Place {
    pub(super) fn of(config: &Config, schema: &str) -> Self {
        let ports = config.get_ports();
        let hosts = config.get_hosts().iter().enumerate().map(|(position, host)| {
            let port = ports.get(position).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                #[cfg(unix)]
                Host::Unix(path) => format!("{}:{port}", path.display()),
            }
        });
        Self {
            hosts: hosts.collect(),
            database: config.get_dbname().map(str::to_owned),
            schema: schema.to_owned(),
        }
    }

    /// Server and database.
    pub(super) fn server(&self) -> String {
        let hosts = self.hosts.join(",");
        match &self.database {
            Some(database) => format!("in PostgreSQL at {hosts}, database {database}"),
            None => format!("in PostgreSQL at {hosts}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, schema {}", self.server(), self.schema)
    }
}
