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
        let before = pipeline.current();
        let config = match Config::read(&path) {
            Ok(config) => config,
            Err(error) => {
                tracing::error!("the config is not changed, as it has a mistake:\n{error}");
                continue;
            }
        };
        if let Some(notice) = config.notices.iter().find(|notice| notice.refuses) {
            tracing::error!(key = notice.key, "the config is not changed: {}", notice.text);
            continue;
        }
        let needs_restart = needs_restart(&before.config, &config);
        match pipeline.reload(config) {
            Ok(true) => tracing::info!("the config was read again, and has changed"),
            Ok(false) => tracing::info!("the config was read again, and is the same"),
            Err(error) => {
                tracing::error!(
                    error = &*error as &dyn std::error::Error,
                    "the config is not changed"
                );
            }
        }
        for key in needs_restart {
            tracing::warn!(key, "this has changed, and counts only when the server starts anew");
        }
    }
}

/// The keys that a server which runs cannot change.
fn needs_restart(before: &Config, now: &Config) -> Vec<&'static str> {
    [
        ("listen", before.listen != now.listen),
        ("hook_path", before.hook_path != now.hook_path),
        ("data", before.storage != now.storage || before.work != now.work),
        ("secret", before.secrets != now.secrets),
        ("pools", before.pools != now.pools),
    ]
    .into_iter()
    .filter_map(|(key, has_changed)| has_changed.then_some(key))
    .collect()
}
