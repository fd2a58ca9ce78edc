use std::time::Duration;

use hookstead_handler::KeptStep;

use super::answer::late;
use super::database::{Parameter, Statement};
use super::failure::Failure;
use super::places::Places;
use super::postgres_store::PostgresStore;
use super::row::{self, delivery_columns, end, end_word, milliseconds, text};
use crate::error::InboxError;
use crate::store::accept::{NewTask, Unplaced};
use crate::store::change::{Changed, TaskChange};
use crate::store::lease::{LeaseToken, Renewal};
use crate::store::registry::TakerId;
use crate::store::settlement::{Because, Settled, Settlement};
use crate::store::task_id::TaskId;

const SETTLE: &str = "SELECT * FROM settle_1($1, $2, $3, $4, $5, $6)";

/// How long a lease lasts is in no index; only where it becomes shorter it is looked at earlier.
const RENEW: &str =
    "WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now), held AS MATERIALIZED (
         SELECT id FROM tasks
         WHERE id = ANY (ARRAY (SELECT id FROM tasks WHERE token = ANY ($1::bigint[])))
             AND token = ANY ($1::bigint[]) AND state = 'leased'
         ORDER BY id FOR UPDATE
     )
     UPDATE tasks SET lease_until = after_1(clock.now, $2), lease_after = $2,
         look_at = least(look_at, after_1(clock.now, $2))
     FROM clock WHERE tasks.id = ANY (ARRAY (SELECT id FROM held))
     RETURNING token, superseded_by, canceled, is_woken";

const KEEP_STEP: &str = "SELECT keep_step_1($1, $2, $3, $4) AS is_kept";

const PLACE: &str = "SELECT * FROM place_all_1($1, $2, $3, $4, $5, $6, $7, $8)";

const CHANGE: &str = "SELECT * FROM change_1($1, $2, $3, $4, $5)";

const UNPLACED: &str = concat!(
    "SELECT each.id, each.taker, body, unpacked_length, ",
    delivery_columns!(),
    " FROM unnest($1::bigint[]) AS it (taker) CROSS JOIN LATERAL (
         SELECT id, tasks.taker, delivery FROM tasks
         WHERE tasks.taker BETWEEN it.taker AND it.taker AND place = 'unplaced'
         ORDER BY tasks.taker, id LIMIT $2
     ) AS each JOIN deliveries ON deliveries.id = each.delivery
     ORDER BY each.id LIMIT $2"
);

impl PostgresStore {
    pub(super) async fn settle_some(
        &self,
        settlements: &[(LeaseToken, Settlement)],
    ) -> Result<Vec<Settled>, InboxError> {
        const DOING: &str = "settle tasks";
        if settlements.is_empty() {
            return Ok(Vec::new());
        }
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        let mut tokens = Vec::new();
        let (mut kinds, mut afters, mut becauses) = (Vec::new(), Vec::new(), Vec::new());
        let (mut ends, mut texts) = (Vec::new(), Vec::new());
        for (token, settlement) in settlements {
            let mut values = ("done", 0, None, None, None);
            match settlement {
                Settlement::Done => {}
                Settlement::Again { after, because, text: why } => {
                    values = (
                        "again",
                        milliseconds(*after),
                        Some(word(*because)),
                        None,
                        Some(text(why)),
                    );
                }
                Settlement::Release => values.0 = "release",
                Settlement::End { end, text: why } => {
                    let end = end_word(*end).map_err(failed)?;
                    values = ("end", 0, None, Some(end), Some(text(why)));
                }
                Settlement::Ended => values.0 = "ended",
            }
            tokens.push(token.to_i64());
            kinds.push(values.0);
            afters.push(values.1);
            becauses.push(values.2);
            ends.push(values.3);
            texts.push(values.4);
        }
        let parameters: &[Parameter<'_>] = &[&tokens, &kinds, &afters, &becauses, &ends, &texts];
        let row = self.database.row(Statement::new(DOING, SETTLE, parameters)).await?;
        let read = || {
            let results: Vec<String> = row.try_get("results")?;
            let settled = results.iter().map(|result| match result.as_str() {
                "settled" => Ok(Settled::Settled),
                "lost" => Ok(Settled::Lost),
                marked => Ok(Settled::MustEnd(end(marked)?)),
            });
            let settled: Result<Vec<Settled>, Failure> = settled.collect();
            Ok((settled?, row.try_get::<_, bool>("is_changed")?, late(&row)?))
        };
        let (settled, is_changed, late) = read().map_err(failed)?;
        if is_changed {
            self.tell(late);
        }
        Ok(settled)
    }

    pub(super) async fn renew_some(
        &self,
        tokens: &[LeaseToken],
        duration: Duration,
    ) -> Result<Vec<Renewal>, InboxError> {
        const DOING: &str = "renew leases";
        let numbers: Vec<i64> = tokens.iter().map(|token| token.to_i64()).collect();
        let duration = milliseconds(duration).max(1);
        let rows = self.database.rows(Statement::new(DOING, RENEW, &[&numbers, &duration])).await?;
        let read = |token: &LeaseToken| {
            for row in &rows {
                if row.try_get::<_, Option<i64>>("token")? == Some(token.to_i64()) {
                    return Ok(Renewal::Renewed(row::marks(row)?));
                }
            }
            Ok(Renewal::Lost)
        };
        let renewals: Result<Vec<Renewal>, Failure> = tokens.iter().map(read).collect();
        renewals.map_err(|failure| failure.into_inbox_error(DOING))
    }

    pub(super) async fn keep(
        &self,
        token: LeaseToken,
        step: &KeptStep,
    ) -> Result<bool, InboxError> {
        const DOING: &str = "keep a step";
        let (name, of_type) = (text(&step.name), text(&step.of_type));
        let json = step.json.as_ref();
        let parameters: &[Parameter<'_>] = &[&token.to_i64(), &name, &of_type, &json];
        let row = self.database.row(Statement::new(DOING, KEEP_STEP, parameters)).await?;
        row.try_get("is_kept").map_err(|error| Failure::from(error).into_inbox_error(DOING))
    }

    pub(super) async fn without_place(
        &self,
        takers: &[TakerId],
        limit: usize,
    ) -> Result<Vec<Unplaced>, InboxError> {
        const DOING: &str = "read tasks without a place";
        let takers: Vec<i64> = takers.iter().map(|taker| taker.0).collect();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.database.rows(Statement::new(DOING, UNPLACED, &[&takers, &limit])).await?;
        let unplaced: Result<Vec<Unplaced>, Failure> = rows.iter().map(row::unplaced).collect();
        unplaced.map_err(|failure| failure.into_inbox_error(DOING))
    }

    pub(super) async fn place_some(&self, places: &[(TaskId, NewTask)]) -> Result<(), InboxError> {
        const DOING: &str = "give tasks a place";
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        let ids: Vec<i64> = places.iter().map(|(task, _)| task.0).collect();
        let declined: Vec<bool> = places.iter().map(|(_, place)| place.is_declined).collect();
        let of = Places::of(places.iter().map(|(_, place)| place)).map_err(failed)?;
        let parameters: &[Parameter<'_>] = &[
            &ids,
            &of.lanes,
            &of.modes,
            &of.versions,
            &of.befores,
            &of.afters,
            &of.deads,
            &declined,
        ];
        let row = self.database.row(Statement::new(DOING, PLACE, parameters)).await?;
        self.tell(late(&row).map_err(failed)?);
        Ok(())
    }

    pub(super) async fn change_one(
        &self,
        task: TaskId,
        change: &TaskChange,
    ) -> Result<Changed, InboxError> {
        const DOING: &str = "change a task";
        let (kind, reason, forget, after) = match change {
            TaskChange::Rerun => ("rerun", None, None, 0),
            TaskChange::Revive { forget, after } => {
                ("revive", None, forget.as_deref().map(text), milliseconds(*after))
            }
            TaskChange::Cancel { reason } => ("cancel", Some(text(reason)), None, 0),
            TaskChange::Wake => ("wake", None, None, 0),
        };
        let parameters: &[Parameter<'_>] = &[&task.0, &kind, &reason, &forget, &after];
        let row = self.database.row(Statement::new(DOING, CHANGE, parameters).once()).await?;
        let read = || {
            let newer = row.try_get::<_, Option<&str>>("newer")?.map(row::id).transpose()?;
            let changed = match (row.try_get("outcome")?, newer) {
                ("changed", _) => Changed::Changed,
                ("marked", _) => Changed::Marked,
                ("superseded", Some(by)) => Changed::Superseded { by },
                ("refused", _) => Changed::Refused,
                ("no body", _) => Changed::NoBody,
                ("unknown", _) => Changed::Unknown,
                _ => return Err(Failure::new("what came of it is unreadable")),
            };
            Ok((changed, late(&row)?))
        };
        let (changed, late) = read().map_err(|failure| failure.into_inbox_error(DOING))?;
        if changed == Changed::Changed {
            self.tell(late);
        }
        Ok(changed)
    }
}

fn word(because: Because) -> &'static str {
    match because {
        Because::Failure => "failure",
        Because::Outage => "outage",
        Because::Wait => "wait",
    }
}
