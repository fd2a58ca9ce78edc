//! Statements that meet: each test holds one of them up in the middle and lets the other run into
//! it.

use std::sync::Arc;
use std::time::Duration;

use hookstead_inbox::{Accepted, LeaseToken, NewDelivery, Renewal, Settlement, Store, TaskState};
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::program::{Program, free, in_order, latest};
use crate::store::Schema;
use crate::{LONG, soon};

fn start_accepting(ci: &Program, new: NewDelivery) -> JoinHandle<Accepted> {
    let ci = ci.clone();
    tokio::spawn(async move { ci.send(new).await.unwrap().accepted })
}

impl Schema {
    /// Returns when so many statements of this schema's stores wait for another.
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

    /// Begins a transaction beside the stores and does this in it.
    async fn begin(&self, sql: &str) -> Client {
        let client = crate::store::connect(&self.url).await;
        let path = "SET search_path = {schema}";
        client.batch_execute(&self.filled(&format!("{path}; BEGIN; {sql}"))).await.unwrap();
        client
    }
}

#[tokio::test]
async fn what_is_leased_at_the_moment_is_superseded_nevertheless() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    ci.accept_in("old", latest("main", 1)).await;
    let lease = "UPDATE {schema}.tasks SET state = 'leased', token = 7,
                     lease_until = now() + interval '1 hour', lease_after = 3600000,
                     look_at = now() + interval '1 hour'";
    let leasing = schema.begin(lease).await;
    let accepting = start_accepting(&ci, ci.in_lane("new", latest("main", 2)));
    schema.so_many_wait(1).await;
    leasing.batch_execute("COMMIT").await.unwrap();
    assert_eq!(accepting.await.unwrap(), Accepted::New { tasks: 1 });
    let renewed = ci.store.renew(&[LeaseToken::from_i64(7)], LONG).await.unwrap();
    let Renewal::Renewed(marks) = &renewed[0] else { unreachable!() };
    assert_eq!(marks.superseded_by.as_ref().unwrap().as_str(), "new");
    assert_eq!(ci.entry("new").await.state, TaskState::Blocked);
}

#[tokio::test]
async fn who_waited_for_the_lane_sees_what_came_meanwhile() {
    let Some(schema) = Schema::new().await else { return };
    // In this isolation a transaction would see what was there when it began to wait.
    let url = format!("{}&options=-cdefault_transaction_isolation%3Dserializable", schema.url);
    let ci = Program::start(schema.options().connect(&url).await.unwrap()).await;
    let holding = schema.begin("SELECT lock_1('lane main')").await;
    let older = start_accepting(&ci, ci.in_lane("older", latest("main", 1)));
    schema.so_many_wait(1).await;
    let newer = start_accepting(&ci, ci.in_lane("newer", latest("main", 2)));
    schema.so_many_wait(2).await;
    holding.batch_execute("COMMIT").await.unwrap();
    for accepted in [older.await.unwrap(), newer.await.unwrap()] {
        assert_eq!(accepted, Accepted::New { tasks: 1 });
    }
    assert_eq!(ci.entry("older").await.superseded_by.unwrap().as_str(), "newer");
    assert_eq!(ci.entry("newer").await.state, TaskState::Ready);
}

#[tokio::test]
async fn of_two_replays_on_two_hosts_the_second_waits_and_is_refused() {
    let Some(schema) = Schema::new().await else { return };
    let hosts =
        [Program::start(schema.store().await).await, Program::start(schema.store().await).await];
    let replay = |id: &str| {
        let mut replay = hosts[0].new_delivery(id);
        replay.delivery.fingerprint = Some([1; 32]);
        replay
    };
    // Holds up the first one where it stores, with the fingerprint locked.
    let held = "INSERT INTO deliveries (guid, event, received_at) VALUES ('one', 'push', '')";
    let holding = schema.begin(held).await;
    let first = start_accepting(&hosts[0], replay("one"));
    schema.so_many_wait(1).await;
    let second = start_accepting(&hosts[1], replay("replay"));
    schema.so_many_wait(2).await;
    holding.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(first.await.unwrap(), Accepted::New { tasks: 1 });
    assert_eq!(second.await.unwrap(), Accepted::Replay);
}

#[tokio::test]
async fn leasing_waits_for_nobody() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    ci.accept("held").await;
    ci.accept("free").await;
    let held = "SELECT FROM tasks WHERE id = (SELECT min(id) FROM tasks) FOR UPDATE";
    let holding = schema.begin(held).await;
    let leased = soon(ci.lease(10)).await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].delivery.id.as_str(), "free");
    holding.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(ci.lease_one().await.delivery.id.as_str(), "held");
}

#[tokio::test]
async fn a_lane_has_at_most_one_head_whoever_writes() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    ci.accept_in("one", free("main")).await;
    let second = "INSERT INTO {schema}.tasks (delivery, taker, due, state, place, lane, mode, turn)
                  SELECT -1, taker, due, state, place, lane, mode, turn FROM {schema}.tasks";
    let client = crate::store::connect(&schema.url).await;
    let error = client.batch_execute(&schema.filled(second)).await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "23505");
}

#[tokio::test]
async fn what_the_server_undoes_is_done_again() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    // As it does when two wait for each other.
    let undo = "CREATE SEQUENCE {schema}.changes;
                CREATE FUNCTION {schema}.undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF nextval(format('%I.changes', TG_TABLE_SCHEMA)::regclass) % 3 <> 0 THEN
                        RAISE 'deadlock detected' USING ERRCODE = 'deadlock_detected';
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER undo BEFORE INSERT OR UPDATE ON {schema}.tasks
                    FOR EACH ROW EXECUTE FUNCTION {schema}.undo()";
    schema.run(undo).await;
    ci.accept_in("one", latest("main", 1)).await;
    let leased = ci.lease_one().await;
    ci.store.renew(&[leased.token], LONG).await.unwrap();
    ci.settle(leased.token, Settlement::Done).await;
    // But not for ever.
    schema.run("ALTER SEQUENCE {schema}.changes INCREMENT BY 3 RESTART WITH 1").await;
    let error = ci.try_accept("two").await.unwrap_err();
    assert_eq!(crate::reason(&error), "deadlock detected (SQLSTATE 40P01)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_accept_and_work_in_the_same_lanes_wait_for_each_other() {
    let Some(schema) = Schema::new().await else { return };
    let hosts =
        [Program::start(schema.store().await).await, Program::start(schema.store().await).await];
    let hosts = hosts.map(Arc::new);
    let mut working = tokio::task::JoinSet::new();
    for (at, host) in hosts.iter().enumerate() {
        for sender in 0..4 {
            let host = Arc::clone(host);
            working.spawn(async move {
                for number in 0..15 {
                    let lane = match sender {
                        0 => free("a"),
                        1 => latest("b", number),
                        2 => in_order("c"),
                        _ => free("b"),
                    };
                    host.accept_in(&format!("{at}-{sender}-{number}"), lane).await;
                }
            });
        }
        for _ in 0..3 {
            let host = Arc::clone(host);
            working.spawn(async move {
                for round in 0..25 {
                    let leased = host.lease(3).await;
                    let tokens: Vec<_> = leased.iter().map(|leased| leased.token).collect();
                    host.store.renew(&tokens, LONG).await.unwrap();
                    let settlements: Vec<_> = leased
                        .iter()
                        .map(|leased| match (leased.end, round % 2) {
                            (Some(_), _) => (leased.token, Settlement::Ended),
                            (None, 0) => (leased.token, Settlement::Release),
                            (None, _) => (leased.token, Settlement::Done),
                        })
                        .collect();
                    host.store.settle(&settlements).await.unwrap();
                    host.store.expire().await.unwrap();
                }
            });
        }
    }
    working.join_all().await;
    // Nothing is stuck: everything is handled, each lane one at a time.
    let ci = &hosts[0];
    soon(async {
        loop {
            let leased = ci.lease(100).await;
            if leased.is_empty() {
                break;
            }
            let mut lanes = Vec::new();
            for leased in leased {
                let entry = ci.entry(leased.delivery.id.as_str()).await;
                if leased.end.is_none() {
                    assert!(!lanes.contains(&entry.lane), "{:?}", entry.lane);
                    lanes.push(entry.lane);
                }
                let settlement = match leased.end {
                    Some(_) => Settlement::Ended,
                    None => Settlement::Done,
                };
                let settled = ci.store.settle(&[(leased.token, settlement)]).await.unwrap();
                let must_end = matches!(settled[0], hookstead_inbox::Settled::MustEnd(_));
                if must_end {
                    ci.settle(leased.token, Settlement::Ended).await;
                }
            }
        }
    })
    .await;
    let depth = ci.store.depth().await.unwrap();
    assert_eq!(depth.done + depth.superseded, 120, "{depth:?}");
    let heads = "SELECT count(*) FROM {schema}.tasks WHERE place IN ('head', 'line')";
    assert_eq!(schema.number(heads).await, 0);
}
