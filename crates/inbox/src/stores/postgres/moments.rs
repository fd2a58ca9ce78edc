use std::time::SystemTime;

use tokio::time::Instant;

use super::database::Statement;
use super::failure::Failure;
use super::postgres_store::PostgresStore;
use super::row::milliseconds;
use super::schema;
use crate::clock::{SLACK, tell_set_back};
use crate::error::InboxError;

const DOING: &str = "compare its moments with the clock";

/// What the schema says of itself, and how late it is. Where it was later before, the clock was set back,
/// or the server is another one.
const LOOK: &str = "SELECT version, oldest_version, note_clock_1(now), now,
         clock > after_1(now, $1) AS is_set_back
     FROM meta CROSS JOIN (SELECT clock_timestamp() AS now OFFSET 0) AS it WHERE is_one";

const MEND: &str = "SELECT mend_1($1) AS mended";

impl PostgresStore {
    /// Notices now and then that the clock was set back, or is another server's; and that the schema was
    /// changed so that this program does not know it.
    pub(super) async fn mend_moments(&self) -> Result<(), InboxError> {
        if !self.clock_pace.is_due() {
            return Ok(());
        }
        let since = Instant::now();
        let slack = milliseconds(SLACK);
        let row = self.database.row(Statement::new(DOING, LOOK, &[&slack])).await?;
        let read = || {
            schema::is_known(row.try_get("version")?, row.try_get("oldest_version")?)?;
            let now: SystemTime = row.try_get("now")?;
            Ok((now, row.try_get::<_, bool>("is_set_back")?))
        };
        let (now, is_set_back) =
            read().map_err(|failure: Failure| failure.into_inbox_error(DOING))?;
        if self.clocks().is_set_back(now, is_set_back) {
            let row = self.database.row(Statement::new(DOING, MEND, &[&slack])).await?;
            let mended = row.try_get::<_, i64>("mended").map_err(Failure::from);
            let mended = mended.map_err(|failure| failure.into_inbox_error(DOING))?;
            tell_set_back(usize::try_from(mended).unwrap_or(0));
            self.starts.forget();
            self.leases.forget();
            self.tell(Vec::new());
        }
        self.clock_pace.looked(since.elapsed());
        Ok(())
    }
}
