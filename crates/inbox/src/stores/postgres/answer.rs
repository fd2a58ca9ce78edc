//! What the functions that accept answer.

use tokio_postgres::Row;

use super::call::DOING;
use super::failure::Failure;
use super::row::count;
use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, Accepted, HandedOver, NewDelivery};
use crate::store::lease::LeaseToken;
use crate::store::registry::TakerId;
use crate::store::task_id::TaskId;

/// What came of a call.
pub(super) struct Answer {
    pub(super) answer: AcceptAnswer,
    pub(super) is_due: bool,
    /// It was told before, and lost.
    pub(super) is_repeated: bool,
    /// What became free though it is due since long.
    pub(super) late: Vec<(TakerId, TaskId)>,
}

/// Reads what came of it. `None`: the reserve is not there.
pub(super) fn read_answer(new: &NewDelivery, row: &Row) -> Result<Option<Answer>, InboxError> {
    let read = || {
        let tasks = count(row, "all_tasks")?;
        let at_work = count(row, "at_work")?;
        let (begun, superseded) = (count(row, "begun")?, count(row, "superseded")?);
        let accepted = match row.try_get::<_, &str>("outcome")? {
            "new" => Accepted::New { tasks: begun },
            "known" if begun == 0 && superseded == 0 => Accepted::Duplicate { at_work, tasks },
            "known" => Accepted::Again { tasks: begun, superseded },
            "declined" => Accepted::Declined,
            "replay" => Accepted::Replay,
            "other" => {
                return Ok(Err(InboxError::another_under_the_id(new.delivery.id.as_str())));
            }
            "full" => return Ok(Ok(None)),
            _ => return Err(Failure::new("no name was registered under one of its numbers")),
        };
        let mut answer = AcceptAnswer::new(accepted);
        let takers: Option<Vec<i64>> = row.try_get("handed_takers")?;
        let tasks: Option<Vec<i64>> = row.try_get("handed_tasks")?;
        let tokens: Option<Vec<i64>> = row.try_get("handed_tokens")?;
        let handed = takers.into_iter().flatten().zip(tasks.into_iter().flatten());
        answer.handed_over = handed
            .zip(tokens.into_iter().flatten())
            .map(|((taker, task), token)| {
                HandedOver::new(TakerId(taker), TaskId(task), LeaseToken::from_i64(token))
            })
            .collect();
        let (is_due, is_repeated) = (row.try_get("is_due")?, row.try_get("is_repeated")?);
        Ok(Ok(Some(Answer { answer, is_due, is_repeated, late: late(row)? })))
    };
    read().map_err(|failure: Failure| failure.into_inbox_error(DOING))?
}

/// Tasks that became free though they are due since long, of a row with `late` and `late_takers`.
pub(super) fn late(row: &Row) -> Result<Vec<(TakerId, TaskId)>, Failure> {
    let tasks: Option<Vec<i64>> = row.try_get("late")?;
    let takers: Option<Vec<i64>> = row.try_get("late_takers")?;
    let pairs = takers.into_iter().flatten().zip(tasks.into_iter().flatten());
    Ok(pairs.map(|(taker, task)| (TakerId(taker), TaskId(task))).collect())
}
