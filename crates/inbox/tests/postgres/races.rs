//! Statements that meet: each test holds one of them up in the middle and lets the other run into
//! it.

use std::sync::Arc;
use std::time::Duration;

use hookstead_handler::{Delivery, Lane};
use hookstead_inbox::{Accepted, Filter, Inbox, LeaseToken, PostgresInbox, Renewal, Settlement};
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::store::Schema;
use crate::{LONG, delivery, lease, lease_one, soon};

fn in_lane(id: &str, lane: Lane) -> Delivery {
    let mut delivery = delivery(id);
    delivery.lane = Some(lane);
    delivery
}

fn version(version: i64) -> Lane {
    Lane::new("the one").latest_only(version)
}

fn start_accepting(inbox: &Arc<PostgresInbox>, delivery: Delivery) -> JoinHandle<Accepted> {
    let inbox = Arc::clone(inbox);
    tokio::spawn(async move { inbox.accept(delivery).await.unwrap() })
}

impl Schema {
    /// Returns when a statement of this schema's inboxes waits for another.
    async fn something_waits(&self) {
        self.so_many_wait(1).await;
    }

    async fn so_many_wait(&self, so_many: i64) {
        let waits = "SELECT count(*) FROM pg_stat_activity
                     WHERE application_name = {name} AND wait_event_type = 'Lock'";
        soon(async {
            while self.number(waits).await < so_many {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }

    /// Begins a transaction beside the inboxes and does this in it.
    async fn begin(&self, sql: &str) -> Client {
        let client = crate::store::connect(&self.url).await;
        client.batch_execute(&self.filled(&format!("BEGIN; {sql}"))).await.unwrap();
        client
    }
}

async fn superseded_by(inbox: &PostgresInbox, id: &str) -> Option<String> {
    let filter = Filter::default().with_id(id.parse().unwrap());
    let entry = inbox.list(filter).await.unwrap().pop().unwrap();
    entry.superseded_by.map(|id| id.to_string())
}

#[tokio::test]
async fn what_is_leased_at_the_moment_is_superseded_nevertheless() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = Arc::new(schema.inbox().await);
    inbox.accept(in_lane("old", version(1))).await.unwrap();
    let lease = "UPDATE {schema}.deliveries SET lease_token = 7, held_lane = lane,
                 due_at = due_at + interval '1 hour'";
    let leasing = schema.begin(lease).await;
    let accepting = start_accepting(&inbox, in_lane("new", version(2)));
    schema.something_waits().await;
    leasing.batch_execute("COMMIT").await.unwrap();
    assert_eq!(accepting.await.unwrap(), Accepted::New);
    let token = LeaseToken::from_i64(7);
    assert_eq!(inbox.renew(token, LONG).await.unwrap(), Renewal::Superseded);
}

#[tokio::test]
async fn who_waited_for_the_lane_sees_what_came_meanwhile() {
    let Some(schema) = Schema::new().await else { return };
    // In this isolation a transaction would see what was there when it began to wait.
    let url = format!("{}&options=-cdefault_transaction_isolation%3Dserializable", schema.url);
    let inbox = Arc::new(schema.options().connect(&url).await.unwrap());
    let newer = "INSERT INTO {schema}.deliveries
                     (guid, event, received_at, lane, lane_version, state, attempts, due_at)
                 VALUES ('newer', 'push', '', 'the one', 2, 'pending', 0, now());
                 SELECT pg_advisory_xact_lock(hashtextextended(
                     quote_ident({name}) || '.the one', 0))";
    let holding = schema.begin(newer).await;
    let accepting = start_accepting(&inbox, in_lane("older", version(1)));
    schema.something_waits().await;
    holding.batch_execute("COMMIT").await.unwrap();
    assert_eq!(accepting.await.unwrap(), Accepted::New);
    assert_eq!(superseded_by(&inbox, "older").await.as_deref(), Some("newer"));
    assert_eq!(superseded_by(&inbox, "newer").await, None);
}

#[tokio::test]
async fn of_two_replays_on_two_hosts_the_second_waits_and_is_refused() {
    let Some(schema) = Schema::new().await else { return };
    // As above: what it saw when it began to wait would be wrong.
    let url = format!("{}&options=-cdefault_transaction_isolation%3Dserializable", schema.url);
    let hosts = [schema.inbox().await, schema.options().connect(&url).await.unwrap()].map(Arc::new);
    for (id, lane, fingerprint) in [("one", None, [1; 32]), ("two", Some(version(1)), [2; 32])] {
        let replay = |id: &str| {
            let mut replay = delivery(id);
            replay.lane.clone_from(&lane);
            replay.fingerprint = Some(fingerprint);
            replay
        };
        // Holds up the first one where it stores, with the fingerprint locked.
        let held = format!(
            "INSERT INTO {{schema}}.deliveries (guid, event, received_at, state, attempts, due_at)
             VALUES ('{id}', 'push', '', 'pending', 0, now())"
        );
        let holding = schema.begin(&held).await;
        let first = start_accepting(&hosts[0], replay(id));
        schema.something_waits().await;
        let second = start_accepting(&hosts[1], replay("replay"));
        schema.so_many_wait(2).await;
        holding.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(first.await.unwrap(), Accepted::New, "{id}");
        assert_eq!(second.await.unwrap(), Accepted::Replay, "{id}");
    }
}

#[tokio::test]
async fn a_lane_that_another_took_at_the_moment_is_no_error() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = Arc::new(schema.inbox().await);
    for id in ["one", "two"] {
        inbox.accept(in_lane(id, Lane::new("the one"))).await.unwrap();
    }
    // Its pause is just over by the clock of the other, but not by ours.
    schema.run("UPDATE {schema}.deliveries SET due_at = 'infinity' WHERE guid = 'one'").await;
    let lease_one = "UPDATE {schema}.deliveries SET lease_token = 7, held_lane = lane
                     WHERE guid = 'one'";
    let leasing = schema.begin(lease_one).await;
    inbox.accept(delivery("other")).await.unwrap();
    let taking = {
        let inbox = Arc::clone(&inbox);
        tokio::spawn(async move { lease(&inbox, 10).await })
    };
    schema.something_waits().await;
    leasing.batch_execute("COMMIT").await.unwrap();
    let taken = taking.await.unwrap();
    let ids: Vec<&str> = taken.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(ids, ["other"]);
}

#[tokio::test]
async fn what_the_server_undoes_is_done_again() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.inbox().await;
    // As it does when two wait for each other.
    let undo = "CREATE SEQUENCE {schema}.changes;
                CREATE FUNCTION {schema}.undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF nextval(format('%I.changes', TG_TABLE_SCHEMA)::regclass) % 3 <> 0 THEN
                        RAISE 'deadlock detected' USING ERRCODE = 'deadlock_detected';
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER undo BEFORE INSERT OR UPDATE ON {schema}.deliveries
                    FOR EACH ROW EXECUTE FUNCTION {schema}.undo()";
    schema.run(undo).await;
    inbox.accept(in_lane("one", version(1))).await.unwrap();
    let leased = lease_one(&inbox).await;
    inbox.renew(leased.token, LONG).await.unwrap();
    assert!(inbox.settle(leased.token, Settlement::Done).await.unwrap());
    // But not for ever.
    schema.run("ALTER SEQUENCE {schema}.changes INCREMENT BY 3 RESTART WITH 1").await;
    let error = inbox.accept(delivery("two")).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "deadlock detected (SQLSTATE 40P01)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_supersede_and_lease_at_once_end_as_one() {
    let Some(schema) = Schema::new().await else { return };
    let hosts = [Arc::new(schema.inbox().await), Arc::new(schema.inbox().await)];
    let mut working = tokio::task::JoinSet::new();
    for host in &hosts {
        for sender in 0..4 {
            let (host, other) = (Arc::clone(host), sender);
            working.spawn(async move {
                for number in 0..25 {
                    let id = format!("{:p}-{other}-{number}", &*host);
                    let lane = Lane::new(["a", "b"][other % 2]).latest_only(number);
                    host.accept(in_lane(&id, lane)).await.unwrap();
                }
            });
            let host = Arc::clone(&hosts[sender % 2]);
            working.spawn(async move {
                for _ in 0..25 {
                    for leased in lease(&host, 3).await {
                        host.renew(leased.token, LONG).await.unwrap();
                        host.settle(leased.token, Settlement::Release).await.unwrap();
                    }
                }
            });
        }
    }
    working.join_all().await;
    let everything = Filter::default().at_most(usize::MAX);
    let entries = hosts[0].list(everything).await.unwrap();
    assert_eq!(entries.len(), 200);
    let mut left: Vec<_> = entries
        .iter()
        .filter(|entry| entry.superseded_by.is_none())
        .map(|entry| entry.delivery.lane.clone().unwrap())
        .collect();
    left.sort_by(|one, other| one.key.cmp(&other.key));
    assert_eq!(left, [Lane::new("a").latest_only(24), Lane::new("b").latest_only(24)]);
}
