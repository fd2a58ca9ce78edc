use std::error::Error;
use std::fs;

use crate::build::PipelineError;
use crate::config::{ByteSize, Config, PostgresUrl, Storage};
use crate::journal::{Journal, JournalOptions};

/// The name of the file in the folder that the config calls `data`.
const FILE: &str = "pipeline.db";

/// Opens the journal, and the inbox's store with it, where the config says.
///
/// # Errors
///
/// Fails when the folder cannot be made, the database's URL cannot be read, or the journal cannot be opened.
pub async fn open_journal(config: &Config) -> Result<Journal, PipelineError> {
    open(config).await.map_err(PipelineError::new)
}

async fn open(config: &Config) -> Result<Journal, Box<dyn Error + Send + Sync>> {
    let options: JournalOptions = Journal::options().reserve(ByteSize::bytes(config.disk_reserve));
    Ok(match &config.storage {
        Storage::Folder(folder) => {
            fs::create_dir_all(folder)?;
            options.open(&folder.join(FILE).to_string_lossy()).await?
        }
        Storage::Postgres(PostgresUrl::Plain(url)) => options.open(url).await?,
        Storage::Postgres(PostgresUrl::Secret(source)) => {
            options.open(source.read()?.expose()).await?
        }
    })
}

/// What this machine is called: by it the journal knows where a build runs.
#[must_use]
pub fn machine_name() -> String {
    let name = rustix::system::uname();
    let name = name.nodename().to_string_lossy().into_owned();
    if name.is_empty() { "localhost".to_owned() } else { name }
}
