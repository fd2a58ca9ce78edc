use std::time::Duration;

use hookstead_events::EventName;
use tokio_postgres::Row;

use super::database::{Parameter, Statement};
use super::failure::Failure;
use super::postgres_store::PostgresStore;
use super::row::{milliseconds, moment, name, text};
use crate::error::InboxError;
use crate::store::registry::{Claim, HandlerId, Numbers, Process, RegisteredName, TakerId};

const REGISTER: &str = "SELECT * FROM register_1($1, $2, $3, $4, $5, $6)";

const REGISTRY: &str = "SELECT registered.name, taker, program, handler, event,
         (extract(epoch FROM first_seen) * 1000)::bigint AS first_seen,
         (extract(epoch FROM last_seen) * 1000)::bigint AS last_seen,
         ARRAY (
             SELECT processes.id FROM claims JOIN processes ON processes.id = claims.process
             WHERE claims.taker = registered.taker AND claims.name = registered.name
                 AND processes.seen_at > (SELECT clock_timestamp() - interval '10 minutes')
             ORDER BY processes.id
         ) AS processes
     FROM registered JOIN takers ON takers.id = registered.taker ORDER BY registered.id";

const LEAVE: &str = "WITH claimed AS (DELETE FROM claims WHERE process = $1),
         held AS (DELETE FROM roles WHERE process = $1)
     DELETE FROM processes WHERE id = $1";

const HOLD: &str = "INSERT INTO roles AS held (role, process, held_until, held_after)
     VALUES ($1, $2, after_1(clock_timestamp(), $3), $3)
     ON CONFLICT (role) DO UPDATE SET process = excluded.process, held_until = excluded.held_until,
         held_after = excluded.held_after
     WHERE held.process = excluded.process OR held.held_until <= clock_timestamp()
     RETURNING 1";

impl PostgresStore {
    pub(super) async fn register_names(
        &self,
        process: &Process,
        claims: &[Claim],
    ) -> Result<Vec<Numbers>, InboxError> {
        const DOING: &str = "register its names";
        self.mend_moments().await?;
        let names: Vec<&str> = claims.iter().map(|claim| claim.name.as_str()).collect();
        let event = |claim: &Claim| claim.event.as_ref().map(|it| text(it.as_str()).into_owned());
        let events: Vec<Option<String>> = claims.iter().map(event).collect();
        let (mut formers, mut former_of) = (Vec::new(), Vec::new());
        for (place, claim) in (1_i32..).zip(claims) {
            for former in &claim.formerly {
                formers.push(former.as_str());
                former_of.push(place);
            }
        }
        let parameters: &[Parameter<'_>] =
            &[&process.id, &process.program, &names, &events, &formers, &former_of];
        let row = self.database.row(Statement::new(DOING, REGISTER, parameters)).await?;
        let read = || {
            let taken: Option<&str> = row.try_get("taken_name")?;
            if let (Some(name), Some(program)) = (taken, row.try_get("taken_by")?) {
                return Ok(Err(InboxError::name_taken(name, program)));
            }
            let takers: Option<Vec<i64>> = row.try_get("takers")?;
            let handlers: Option<Vec<i64>> = row.try_get("handlers")?;
            let pairs = takers.into_iter().flatten().zip(handlers.into_iter().flatten());
            let numbers = pairs.map(|(taker, it)| Numbers::new(TakerId(taker), HandlerId(it)));
            Ok(Ok(numbers.collect()))
        };
        read().map_err(|failure: Failure| failure.into_inbox_error(DOING))?
    }

    pub(super) async fn all_names(&self) -> Result<Vec<RegisteredName>, InboxError> {
        const DOING: &str = "read the registry";
        let rows = self.database.rows(Statement::new(DOING, REGISTRY, &[])).await?;
        let registered: Result<Vec<RegisteredName>, Failure> =
            rows.iter().map(registered).collect();
        registered.map_err(|failure| failure.into_inbox_error(DOING))
    }

    pub(super) async fn leave_registry(&self, process: &Process) -> Result<(), InboxError> {
        const DOING: &str = "leave the registry";
        self.database.rows(Statement::new(DOING, LEAVE, &[&process.id])).await.map(drop)
    }

    pub(super) async fn hold_role(
        &self,
        role: &str,
        process: &Process,
        duration: Duration,
    ) -> Result<bool, InboxError> {
        const DOING: &str = "hold a role";
        self.mend_moments().await?;
        let parameters: &[Parameter<'_>] = &[&role, &process.id, &milliseconds(duration)];
        let rows = self.database.rows(Statement::new(DOING, HOLD, parameters)).await?;
        Ok(!rows.is_empty())
    }
}

fn registered(row: &Row) -> Result<RegisteredName, Failure> {
    let event: Option<&str> = row.try_get("event")?;
    let claim = Claim::new(name(row.try_get("name")?)?, event.map(EventName::from));
    let numbers = Numbers::new(TakerId(row.try_get("taker")?), HandlerId(row.try_get("handler")?));
    let seen = |column: &str| {
        let seen = moment(row.try_get(column)?);
        seen.ok_or_else(|| Failure::new("a moment of the registry is unreadable"))
    };
    let seen = (seen("first_seen")?, seen("last_seen")?);
    Ok(RegisteredName::new(
        claim,
        numbers,
        row.try_get("program")?,
        seen,
        row.try_get("processes")?,
    ))
}
