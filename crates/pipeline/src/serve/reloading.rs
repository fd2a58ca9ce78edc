use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};

use crate::build::Pipeline;
use crate::config::Config;

/// Reads the config again whenever SIGHUP comes.
pub(super) async fn reload(pipeline: Pipeline, path: PathBuf) {
    let mut signals = match signal(SignalKind::hangup()) {
        Ok(signals) => signals,
        Err(error) => {
            tracing::warn!(%error, "SIGHUP will not be heard");
            return;
        }
    };
    while signals.recv().await.is_some() {
        let config = match Config::read(&path) {
            Ok(config) => config,
            Err(error) => {
                tracing::error!("the config is not changed, as it has a mistake:\n{error}");
                pipeline.refuse_config(&error);
                continue;
            }
        };
        for notice in config.notices.iter() {
            tracing::warn!(key = notice.key, "{}", notice.text);
        }
        match pipeline.reload(config) {
            Ok(changes) => {
                tracing::info!(changes = changes.len(), "the config was read again");
                for change in changes {
                    match change.needs_restart {
                        true => tracing::warn!("only when the server starts anew: {}", change.text),
                        false => tracing::info!("{}", change.text),
                    }
                }
                if let Err(error) = pipeline.wake_without_job().await {
                    tracing::warn!(%error, "builds of jobs that are gone may wait until the next start");
                }
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the config is not changed");
            }
        }
    }
}
