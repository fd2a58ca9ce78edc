use super::watch::BuildWatch;
use crate::journal::error::JournalError;
use crate::journal::journal::Journal;
use crate::journal::logs::LogPart;

/// So much is read of a log at once, for all who watch it: a chunk.
const PART: u32 = 64 * 1024;

/// Follows a log while it is written, made by [`Journal::follow`].
#[derive(Debug)]
pub struct LogFollower {
    journal: Journal,
    number: i64,
    watch: BuildWatch,
    at: u64,
    is_over: bool,
}

impl Journal {
    /// Follows the log of a build from this byte on, to its end. However many follow one log, it is read once.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, and when the database fails.
    pub async fn follow(&self, number: i64, from: u64) -> Result<LogFollower, JournalError> {
        let watch = self.watch(number).await?;
        Ok(LogFollower { journal: self.clone(), number, watch, at: from, is_over: false })
    }
}

impl LogFollower {
    /// The next part, as soon as there is one. `None`: the build has ended, or its log was removed, and nothing more
    /// comes. It can be given up at any time, and called again.
    ///
    /// # Errors
    ///
    /// Fails when the database does, and when the log is unreadable. It may be called again.
    pub async fn next(&mut self) -> Result<Option<LogPart>, JournalError> {
        while !self.is_over {
            let news = self.watch.news();
            if news.log_bytes > self.at {
                let (number, at) = (self.number, self.at);
                let shared = &self.journal.shared;
                let reading = async { Ok(shared.log(number, at, PART).await?.bytes) };
                match self.watch.hub.bytes(at, reading).await? {
                    Some(bytes) => {
                        let news = self.watch.news();
                        let mut part = LogPart::new(at, bytes, news.log_bytes, news.state);
                        part.log_bytes = part.log_bytes.max(part.end());
                        self.at = part.end();
                        return Ok(Some(part));
                    }
                    // It was removed.
                    None => self.is_over = true,
                }
            } else if news.state.is_final() {
                self.is_over = true;
            } else {
                self.watch.changed().await;
            }
        }
        Ok(None)
    }

    /// Where the next part begins, in bytes: to go on from there after a broken connection.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The number of the build.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }
}
