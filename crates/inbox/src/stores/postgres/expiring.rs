use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio_postgres::Row;

use super::answer::late;
use super::database::{Parameter, Statement};
use super::failure::Failure;
use super::postgres_store::PostgresStore;
use crate::error::InboxError;
use crate::store::task_id::TaskId;

const DOING: &str = "take back leases";

/// A lease that is written now ends later than now, and is seen as soon as it is committed.
const MARGIN: Duration = Duration::from_secs(10);

const EXPIRE: &str = "SELECT *, clock_timestamp() AS now FROM expire_1($1)";

const UNTAKEN: &str = "SELECT coalesce(array_agg(id), '{}') AS untaken FROM takers
     WHERE id <> ALL ($1::bigint[])";

const GHOSTS: &str = "SELECT * FROM ghosts_1($1, $2, $3, $4, $5, $6)";

const PASS_GHOSTS: &str = "SELECT * FROM pass_ghosts_1($1)";

/// A place in the index of what is due.
struct Cursor {
    taker: i64,
    rank: i16,
    due: SystemTime,
    id: i64,
}

impl PostgresStore {
    pub(super) async fn expire_some(&self) -> Result<Vec<TaskId>, InboxError> {
        self.mend_moments().await?;
        let from = self.leases.from();
        let row = self.database.row(Statement::new(DOING, EXPIRE, &[&from])).await?;
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        let (ids, taken) = self.read_expired(&row).map_err(failed)?;
        let ghost_lanes: Option<Vec<String>> =
            row.try_get("ghost_lanes").map_err(|error| failed(Failure::from(error)))?;
        if !ids.is_empty() {
            self.tell(Vec::new());
        }
        if let Some(lanes) = ghost_lanes {
            self.pass_on_lanes(&lanes).await?;
        }
        let is_as_before = self.leases.lock().taken.as_ref() == Some(&taken);
        if !is_as_before {
            self.pass_on(&taken).await?;
            self.leases.lock().taken = Some(taken);
        }
        Ok(ids)
    }

    fn read_expired(&self, row: &Row) -> Result<(Vec<TaskId>, Vec<i64>), Failure> {
        let ids: Option<Vec<i64>> = row.try_get("ids")?;
        let first: Option<SystemTime> = row.try_get("first")?;
        let now: SystemTime = row.try_get("now")?;
        let margin = now.checked_sub(MARGIN).unwrap_or(UNIX_EPOCH);
        self.leases.lock().from = Some(first.map_or(margin, |first| first.min(margin)));
        let ids = ids.into_iter().flatten().map(TaskId).collect();
        Ok((ids, row.try_get("taken")?))
    }

    /// Passes on the lanes whose heads nobody takes any more. There can be such a lane only where other
    /// names are taken than the last time.
    async fn pass_on(&self, taken: &Vec<i64>) -> Result<(), InboxError> {
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        let row = self.database.row(Statement::new(DOING, UNTAKEN, &[taken])).await?;
        let untaken: Vec<i64> =
            row.try_get("untaken").map_err(|error| failed(Failure::from(error)))?;
        if untaken.is_empty() {
            return Ok(());
        }
        let mut from = Cursor { taker: 0, rank: 0, due: UNIX_EPOCH, id: 0 };
        loop {
            let parameters: &[Parameter<'_>] =
                &[&untaken, taken, &from.taker, &from.rank, &from.due, &from.id];
            let row = self.database.row(Statement::new(DOING, GHOSTS, parameters)).await?;
            let (lanes, last) = read_ghosts(&row).map_err(failed)?;
            if let Some(lanes) = lanes {
                self.pass_on_lanes(&lanes).await?;
            }
            let Some(last) = last else { return Ok(()) };
            from = last;
        }
    }

    async fn pass_on_lanes(&self, lanes: &Vec<String>) -> Result<(), InboxError> {
        let passed = self.database.row(Statement::new(DOING, PASS_GHOSTS, &[lanes])).await?;
        self.tell(late(&passed).map_err(|failure| failure.into_inbox_error(DOING))?);
        Ok(())
    }
}

fn read_ghosts(row: &Row) -> Result<(Option<Vec<String>>, Option<Cursor>), Failure> {
    let lanes = row.try_get("lanes")?;
    let Some(taker) = row.try_get("last_taker")? else { return Ok((lanes, None)) };
    let (rank, due) = (row.try_get("last_rank")?, row.try_get("last_due")?);
    Ok((lanes, Some(Cursor { taker, rank, due, id: row.try_get("last_id")? })))
}
