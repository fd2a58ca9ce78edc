use std::io::Write as _;

use async_trait::async_trait;

use super::notice::Notice;
use super::notifier::{Notifier, NotifyError};

/// Writes each line to stdout.
#[derive(Debug, Clone, Copy, Default)]
pub struct Console;

#[async_trait]
impl Notifier for Console {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        // In one write, so that lines of two do not mix.
        let line = format!("{notice}\n");
        let written = std::io::stdout().write_all(line.as_bytes());
        written.map_err(|error| NotifyError::new(format!("cannot write to stdout: {error}")))
    }
}
