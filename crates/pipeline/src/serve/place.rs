use std::error::Error;
use std::fs;
use std::path::Path;

use crate::build::PipelineError;
use crate::config::{ByteSize, Config, PostgresUrl, Storage};
use crate::journal::{Journal, JournalOptions};

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
            let file = config.storage.file().unwrap_or_default();
            make_folder("data", folder)?;
            options.open(&file.to_string_lossy()).await?
        }
        Storage::Postgres(PostgresUrl::Plain(url)) => options.open(url).await?,
        Storage::Postgres(PostgresUrl::Secret(source)) => {
            options.open(source.read()?.expose()).await?
        }
    })
}

/// Makes the folder that the config has by this key.
pub(super) fn make_folder(key: &str, folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| {
        format!(
            "cannot make the folder {}, which is `{key}` in the config: {error}",
            folder.display()
        )
    })
}

/// What this machine is called: by it the journal knows where a build runs.
#[must_use]
pub fn machine_name() -> String {
    let name = rustix::system::uname();
    let name = name.nodename().to_string_lossy().into_owned();
    if name.is_empty() { "localhost".to_owned() } else { name }
}
