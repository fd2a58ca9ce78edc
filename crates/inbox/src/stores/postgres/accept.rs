use std::borrow::Cow;
use std::sync::Arc;

use tokio_postgres::Transaction;

use super::accept_new::may_be_new;
use super::answer::{Answer, read_answer};
use super::call::{Call, DOING};
use super::database::{Parameter, Statement};
use super::failure::Failure;
use super::places::Places;
use super::postgres_store::PostgresStore;
use super::row::{milliseconds, text};
use crate::error::InboxError;
use crate::store::accept::{AcceptAnswer, Accepted, NewDelivery, NewTask};

const ACCEPT: &str =
    "SELECT * FROM accept_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
    $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)";

/// What is accepted, as the values of the statement.
struct Values<'a> {
    id: &'a str,
    hook: Option<i64>,
    event: Cow<'a, str>,
    action: Option<Cow<'a, str>>,
    repository: Option<Cow<'a, str>>,
    target_type: Option<Cow<'a, str>>,
    target: Option<i64>,
    installation: Option<i64>,
    host: Option<Cow<'a, str>>,
    received_at: String,
    fingerprint: Option<&'a [u8]>,
    body: &'a [u8],
    unpacked_length: Option<i32>,
    program: Cow<'a, str>,
    is_submitted: bool,
    places: Places<'a>,
    leases: Vec<Option<i64>>,
    tokens: &'a [i64],
    declined: Vec<i64>,
    needs_reserve: bool,
    ticket: i64,
}

impl<'a> Values<'a> {
    fn of(call: &'a Call, needs_reserve: bool) -> Result<Self, Failure> {
        let new = &call.new;
        let delivery = &new.delivery;
        // A lease of no length would be over before anybody heard of it.
        let lease = |task: &NewTask| task.lease.map(|lease| milliseconds(lease).max(1));
        Ok(Self {
            id: delivery.id.as_str(),
            hook: delivery.hook.map(u64::cast_signed),
            event: text(delivery.event.as_str()),
            action: delivery.action.as_deref().map(text),
            repository: delivery.repository.as_deref().map(text),
            target_type: delivery.target.as_ref().map(|target| text(&target.kind)),
            target: delivery.target.as_ref().map(|target| target.id.cast_signed()),
            installation: delivery.installation.map(u64::cast_signed),
            host: delivery.enterprise_host.as_deref().map(text),
            received_at: text(&delivery.received_at.to_string()).into_owned(),
            fingerprint: delivery.fingerprint.as_ref().map(<[u8; 32]>::as_slice),
            body: new.body.bytes.as_ref(),
            unpacked_length: new.body.unpacked_length,
            program: text(&new.program),
            is_submitted: new.is_submitted,
            places: Places::of(new.tasks.iter())?,
            leases: new.tasks.iter().map(lease).collect(),
            tokens: &call.tokens,
            declined: new.declined.iter().map(|taker| taker.0).collect(),
            needs_reserve,
            ticket: call.ticket,
        })
    }

    fn parameters(&self) -> [Parameter<'_>; 27] {
        [
            &self.id,
            &self.hook,
            &self.event,
            &self.action,
            &self.repository,
            &self.target_type,
            &self.target,
            &self.installation,
            &self.host,
            &self.received_at,
            &self.fingerprint,
            &self.body,
            &self.unpacked_length,
            &self.program,
            &self.is_submitted,
            &self.places.takers,
            &self.places.lanes,
            &self.places.modes,
            &self.places.versions,
            &self.places.befores,
            &self.places.afters,
            &self.places.deads,
            &self.leases,
            &self.tokens,
            &self.declined,
            &self.needs_reserve,
            &self.ticket,
        ]
    }
}

impl PostgresStore {
    pub(super) async fn accept_one(
        &self,
        mut new: NewDelivery,
    ) -> Result<AcceptAnswer, InboxError> {
        self.mend_moments().await?;
        new.hold_slots();
        let may_be_new = may_be_new(&new);
        let call = Arc::new(Call::new(new));
        let accepted = if may_be_new { self.accept_new(&call).await } else { Ok(None) };
        let accepted = match accepted {
            Ok(None) => self.accept_whatever(&call).await,
            Ok(Some(answer)) => Ok(answer),
            Err(error) => Err(error),
        };
        let Answer { answer, is_due, is_repeated, late } = accepted.inspect_err(|error| {
            if error.is_full() {
                self.room.is_short();
            }
        })?;
        self.room.has_grown(call.new.body.bytes.len());
        if is_repeated {
            // Whatever became free was told with the answer that was lost.
            self.starts.forget();
        }
        if is_due {
            self.tell(late);
        }
        Ok(answer)
    }

    /// Accepts what is new. `None`: it is something else.
    async fn accept_new(&self, call: &Arc<Call>) -> Result<Option<Answer>, InboxError> {
        self.make_sure_of_room(DOING).await?;
        self.sharing.write(call).await
    }

    async fn accept_whatever(&self, call: &Call) -> Result<Answer, InboxError> {
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        let values = Values::of(call, self.room.holds_reserve()).map_err(failed)?;
        let parameters = values.parameters();
        let statement = Statement::new(DOING, ACCEPT, &parameters).growing();
        // A crash empties the reserve, too: there may be room for it again.
        for _ in 0..2 {
            self.make_sure_of_room(DOING).await?;
            let row = self.database.row(statement).await?;
            if let Some(answer) = read_answer(&call.new, &row)? {
                return Ok(answer);
            }
            self.room.is_short();
        }
        Err(InboxError::full())
    }

    /// Submits work of one's own in a transaction of one's own: it is there if the transaction commits,
    /// and else it never was. It may be a transaction of any connection to the database of the store. Its
    /// settings do not matter, but its isolation does: in `REPEATABLE READ` or `SERIALIZABLE` it may fail
    /// where others submit to the same lane.
    ///
    /// Nothing is handed over; when it is committed, say so with [`committed`](crate::Store::committed), else
    /// workers find it when they look the next time.
    ///
    /// # Errors
    ///
    /// Fails as [`accept`](crate::Store::accept) does. The transaction cannot go on then.
    pub async fn submit_in(
        &self,
        transaction: &Transaction<'_>,
        new: &NewDelivery,
    ) -> Result<Accepted, InboxError> {
        let failed = |failure: Failure| failure.into_inbox_error(DOING);
        self.make_sure_of_room(DOING).await?;
        let call = Call::new(new.clone());
        let mut values = Values::of(&call, self.room.holds_reserve()).map_err(failed)?;
        values.leases.iter_mut().for_each(|lease| *lease = None);
        let quoted = format!("\"{}\"", self.schema.replace('"', "\"\""));
        let sql = ACCEPT.replace("accept_1", &format!("{quoted}.submit_1"));
        let row = transaction.query_one(&sql, &values.parameters()).await;
        let row = row.map_err(|error| failed(error.into()))?;
        let Some(answer) = read_answer(new, &row)? else {
            self.room.is_short();
            return Err(InboxError::full());
        };
        let accepted = answer.answer.accepted;
        self.room.has_grown(new.body.bytes.len());
        Ok(accepted)
    }
}
