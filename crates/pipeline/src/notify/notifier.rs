use std::error::Error;
use std::fmt;

use async_trait::async_trait;

use super::notice::Notice;

/// A way of telling people. See [the module](super) for one of your own.
#[async_trait]
pub trait Notifier: fmt::Debug + Send + Sync + 'static {
    /// Tells of one thing. It is called once for each; what fails is not told again. It is stopped by dropping the
    /// future when it takes too long.
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError>;
}

/// Why nobody was told, in words for the log. They hold no secret: neither the URL of an incoming webhook nor what
/// its server answered.
#[derive(Debug)]
pub struct NotifyError(String);

impl NotifyError {
    /// Says that nobody was told, for this reason.
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for NotifyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for NotifyError {}
