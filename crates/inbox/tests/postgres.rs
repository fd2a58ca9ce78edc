//! What is special about the store in PostgreSQL: that it is shared, and what can go wrong with
//! servers and connections. These tests need one; see `postgres/store.rs` for how they get it.
#![cfg(feature = "postgres")]
#![allow(clippy::print_stdout, reason = "figures for people; the harness keeps them unless asked")]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

#[path = "postgres/crashes.rs"]
mod crashes;
#[path = "postgres/hosts.rs"]
mod hosts;
#[path = "postgres/pooler.rs"]
mod pooler;
#[path = "postgres/races.rs"]
mod races;
#[path = "postgres/server.rs"]
mod server;
#[path = "postgres/sessions.rs"]
mod sessions;
#[path = "postgres/store.rs"]
mod store;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_events::{DecodeError, Event, EventName};
use hookstead_handler::{Delivery, Lane};
use hookstead_inbox::{
    Accepted, Depth, EntryState, Filter, Inbox, LeaseRequest, Leased, PostgresInbox, Settlement,
};
use store::Schema;
use tokio::task::JoinSet;

impl Schema {
    /// Runs this, with `{schema}` for the quoted name.
    async fn run(&self, sql: &str) {
        store::connect(&self.url).await.batch_execute(&self.filled(sql)).await.unwrap();
    }

    /// Asks for a number, with `{name}` for the name as a text.
    async fn number(&self, sql: &str) -> i64 {
        let client = store::connect(&self.url).await;
        client.query_one(&self.filled(sql), &[]).await.unwrap().get(0)
    }

    fn filled(&self, sql: &str) -> String {
        let quoted = format!("\"{}\"", self.name.replace('"', "\"\""));
        let name = format!("'{}'", self.name.replace('\'', "''"));
        sql.replace("{schema}", &quoted).replace("{name}", &name)
    }

    /// Ends the connections of all inboxes of this schema; returns how many there were.
    async fn end_connections(&self) -> i64 {
        self.number(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
             WHERE application_name = {name}",
        )
        .await
    }
}

mod conformance {
    use super::*;
    use hookstead_inbox::MemoryInbox;
    use hookstead_inbox::testing::TestStore;

    hookstead_inbox::conformance_tests!(async || match Schema::new().await {
        Some(schema) => {
            let schema = Arc::new(schema);
            let inbox = schema.inbox().await;
            let set = Arc::clone(&schema);
            let set_clock = move |by: i64| {
                let schema = Arc::clone(&set);
                let sql = format!(
                    "UPDATE {{schema}}.deliveries SET due_at = due_at - {by} * interval '1 ms',
                         settled_at = settled_at - {by} * interval '1 ms'"
                );
                async move { schema.run(&sql).await }
            };
            TestStore::new(inbox).clock(set_clock).keeping(schema)
        }
        // Skipped, as `Schema::new` has said.
        None => TestStore::new(MemoryInbox::new()),
    });
}

const LONG: Duration = Duration::from_secs(60 * 60);

fn delivery(id: &str) -> Delivery {
    Delivery::new(id.parse().unwrap(), "push".into(), format!("body of {id}"))
}

/// A push, whatever it says.
#[derive(Clone, Debug)]
struct Push;

impl Event for Push {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(_: &EventName, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

async fn lease(inbox: &PostgresInbox, limit: usize) -> Vec<Leased> {
    inbox.lease(LeaseRequest::new(limit, LONG, 5)).await.unwrap()
}

async fn lease_one(inbox: &PostgresInbox) -> Leased {
    lease(inbox, 1).await.pop().unwrap()
}

/// Says until when something must have happened that a test cannot wait for otherwise.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.unwrap()
}

#[tokio::test]
async fn everything_is_there_after_reconnecting() {
    let Some(schema) = Schema::new().await else { return };
    let leased = {
        let inbox = schema.inbox().await;
        for (id, settlement) in [
            ("done", Settlement::Done),
            ("delayed", Settlement::Retry { after: LONG, error: "later".to_owned() }),
            ("dead", Settlement::Dead { error: "never".to_owned() }),
        ] {
            inbox.accept(delivery(id)).await.unwrap();
            let leased = lease_one(&inbox).await;
            assert!(inbox.settle(leased.token, settlement).await.unwrap());
        }
        inbox.accept(delivery("leased")).await.unwrap();
        let leased = lease_one(&inbox).await;
        inbox.accept(delivery("ready")).await.unwrap();
        leased
    };
    let inbox = schema.inbox().await;
    let entries = inbox.list(Filter::default()).await.unwrap();
    let states: Vec<(&str, EntryState, u32)> = entries
        .iter()
        .map(|entry| (entry.delivery.id.as_str(), entry.state, entry.delivery.attempt))
        .collect();
    assert_eq!(
        states,
        [
            ("ready", EntryState::Ready, 0),
            ("leased", EntryState::Leased, 1),
            ("dead", EntryState::Dead, 1),
            ("delayed", EntryState::Delayed, 1),
            ("done", EntryState::Done, 1),
        ]
    );
    // The lease is still held by whoever has its token.
    assert!(inbox.settle(leased.token, Settlement::Done).await.unwrap());
    assert_eq!(lease_one(&inbox).await.delivery.body, "body of ready");
}

#[tokio::test]
async fn two_inboxes_share_a_schema() {
    let Some(schema) = Schema::new().await else { return };
    let (one, two) = (schema.inbox().await, schema.inbox().await);
    assert_eq!(one.accept(delivery("a")).await.unwrap(), Accepted::New);
    assert_eq!(two.accept(delivery("a")).await.unwrap(), Accepted::Duplicate);
    let leased = lease_one(&two).await;
    assert!(lease(&one, 1).await.is_empty());
    assert!(one.settle(leased.token, Settlement::Done).await.unwrap());
    assert!(!two.settle(leased.token, Settlement::Done).await.unwrap());
    assert_eq!(two.accept(delivery("a")).await.unwrap(), Accepted::Again);
}

#[tokio::test]
async fn schemas_are_inboxes_of_their_own() {
    let (Some(one), Some(two)) = (Schema::new().await, Schema::new().await) else { return };
    one.inbox().await.accept(delivery("a")).await.unwrap();
    assert_eq!(two.inbox().await.depth().await.unwrap(), Depth::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_connect_to_a_new_schema_at_once() {
    let Some(schema) = Schema::new().await else { return };
    let schema = Arc::new(schema);
    let mut connecting = JoinSet::new();
    for _ in 0..8 {
        let schema = Arc::clone(&schema);
        connecting.spawn(async move { schema.inbox().await.depth().await.unwrap() });
    }
    assert_eq!(connecting.join_all().await, [Depth::default(); 8]);
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let Some(schema) = Schema::new().await else { return };
    drop(schema.inbox().await);
    schema.run("INSERT INTO {schema}.inbox_migrations (version) VALUES (1000000)").await;
    let error = schema.options().connect(&schema.url).await.unwrap_err().to_string();
    assert!(error.contains("newer version") && error.contains("schema 1000000"), "{error}");
    schema.run("DELETE FROM {schema}.inbox_migrations WHERE version = 1000000").await;
    schema.inbox().await.depth().await.unwrap();
}

#[tokio::test]
async fn another_programs_tables_are_refused_and_left_alone() {
    let Some(schema) = Schema::new().await else { return };
    schema.run("CREATE SCHEMA {schema}; CREATE TABLE {schema}.deliveries (mine integer)").await;
    let error = schema.options().connect(&schema.url).await.unwrap_err().to_string();
    assert!(error.contains("already exists"), "{error}");
    schema.run("SELECT mine FROM {schema}.deliveries").await;
    assert_eq!(schema.number("SELECT count(*) FROM pg_tables WHERE schemaname = {name}").await, 1);
}

#[tokio::test]
async fn a_delivery_is_heard_of_by_other_processes() {
    let Some(schema) = Schema::new().await else { return };
    // Two inboxes share nothing but the database, as two processes do.
    let (one, two) = (schema.inbox().await, Arc::new(schema.inbox().await));
    let mut taken = Vec::new();
    // The first may come before the other one listens.
    for round in 0..20 {
        let waiting = Arc::clone(&two);
        let waiting = tokio::spawn(async move { waiting.wait(Duration::from_secs(2)).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        let before = Instant::now();
        one.accept(delivery(&round.to_string())).await.unwrap();
        waiting.await.unwrap();
        taken.push(before.elapsed());
        lease_one(&two).await;
    }
    // It would be two seconds without hearing.
    taken.sort();
    println!("from accept to its return elsewhere: median {:?}", taken[taken.len() / 2]);
    assert!(taken[0] < Duration::from_secs(1), "{taken:?}");
}

#[tokio::test]
async fn a_lost_connection_is_an_error_and_the_next_call_works() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.options().pool_size(1).connect(&schema.url).await.unwrap();
    inbox.accept(delivery("before")).await.unwrap();
    let connections = schema.end_connections().await;
    assert!(connections >= 1, "the pool's, and the listener's if it is there by now");
    // Whether the pool knows by now that the connection is lost decides if this fails.
    let first = inbox.accept(delivery("after")).await;
    if let Err(error) = &first {
        assert_eq!(error.to_string(), "the inbox failed to accept a delivery");
        assert!(!error.is_full());
    }
    inbox.accept(delivery("after")).await.unwrap();
    let ids: Vec<String> =
        lease(&inbox, 5).await.iter().map(|leased| leased.delivery.id.to_string()).collect();
    assert_eq!(ids, ["before", "after"]);
}

#[tokio::test]
async fn the_listener_comes_back() {
    let Some(schema) = Schema::new().await else { return };
    let (one, two) = (schema.inbox().await, schema.inbox().await);
    schema.end_connections().await;
    soon(async {
        // Each wait would last longer than the test may, unless it is heard.
        let mut round = 0;
        loop {
            let waiting = two.wait(Duration::from_millis(500));
            let accepting = async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                // Its connections were ended, too.
                while one.accept(delivery(&format!("r{round}"))).await.is_err() {}
                Instant::now()
            };
            let ((), accepted) = tokio::join!(waiting, accepting);
            let heard = accepted.elapsed() < Duration::from_millis(300);
            while two.lease(LeaseRequest::new(10, LONG, 5)).await.is_err() {}
            if heard && round > 0 {
                break;
            }
            round += 1;
        }
    })
    .await;
}

#[tokio::test]
async fn an_accept_past_its_budget_is_an_error() {
    let Some(schema) = Schema::new().await else { return };
    let budget = Duration::from_millis(200);
    let inbox =
        schema.options().pool_size(1).accept_budget(budget).connect(&schema.url).await.unwrap();
    inbox.accept(delivery("before")).await.unwrap();
    let other = store::connect(&schema.url).await;
    let lock = schema.filled("BEGIN; LOCK TABLE {schema}.deliveries");
    other.batch_execute(&lock).await.unwrap();
    let before = Instant::now();
    let error = inbox.accept(delivery("late")).await.unwrap_err();
    assert!(before.elapsed() >= budget);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "no answer within 200ms");
    other.batch_execute("ROLLBACK").await.unwrap();
    // On a connection of its own, for the other is given up.
    assert_eq!(inbox.accept(delivery("later")).await.unwrap(), Accepted::New);
}

#[tokio::test]
async fn a_body_of_25_megabytes_comes_back() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.options().accept_budget(LONG).connect(&schema.url).await.unwrap();
    for (id, packs) in [("packed", true), ("random", false)] {
        let mut body = vec![b'a'; 25 * 1024 * 1024];
        if !packs {
            fastrand::fill(&mut body);
        }
        let large = Delivery::new(id.parse().unwrap(), "push".into(), body);
        inbox.accept(large.clone()).await.unwrap();
        assert!(lease_one(&inbox).await.delivery.body == large.body, "{id}");
    }
}

/// A body that is packed well.
fn long(id: &str) -> Delivery {
    Delivery::new(id.parse().unwrap(), "push".into(), "{\"number\": 17}".repeat(1000))
}

#[tokio::test]
async fn bodies_are_stored_packed_and_those_that_are_not_come_back_too() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.options().keep_bodies(true).connect(&schema.url).await.unwrap();
    inbox.accept(long("packed")).await.unwrap();
    inbox.accept(long("as-it-came")).await.unwrap();
    let stored = schema.number("SELECT sum(length(body)) FROM {schema}.deliveries").await;
    assert!(stored < 4000, "{stored} bytes are stored");
    // As an inbox that packs nothing would have written it.
    let as_it_came = "UPDATE {schema}.deliveries SET unpacked_length = NULL,
                          body = convert_to(repeat('{\"number\": 17}', 1000), 'UTF8')
                      WHERE guid = 'as-it-came'";
    schema.run(as_it_came).await;
    let everything = Filter::default().with_bodies();
    for entry in inbox.list(everything).await.unwrap() {
        assert!(entry.delivery.body == long("any").body, "{}", entry.delivery.id);
    }
    for leased in lease(&inbox, 2).await {
        assert!(leased.delivery.body == long("any").body, "{}", leased.delivery.id);
    }
}

fn in_lane(id: &str) -> Delivery {
    let mut delivery = long(id);
    delivery.lane = Some(Lane::new("the one"));
    delivery
}

#[tokio::test]
async fn a_damaged_body_is_a_dead_letter_and_holds_up_no_other() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.inbox().await;
    let damages = [
        "body = '\\x00'",
        "body = overlay(body PLACING '\\x0000' FROM 16)",
        "unpacked_length = -1",
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let id = format!("damaged-{number}");
        inbox.accept(in_lane(&id)).await.unwrap();
        let sql = format!("UPDATE {{schema}}.deliveries SET {damage} WHERE guid = '{id}'");
        schema.run(&sql).await;
    }
    inbox.accept(in_lane("sound")).await.unwrap();

    let error = inbox.list(Filter::default().with_bodies()).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("damaged-") && cause.contains("body in the inbox is damaged"),
        "{cause}"
    );

    let leased = lease(&inbox, 10).await;
    let ids: Vec<&str> = leased.iter().map(|leased| leased.delivery.id.as_str()).collect();
    assert_eq!(ids, ["sound"]);
    let dead = inbox.list(Filter::default().in_state(EntryState::Dead)).await.unwrap();
    assert_eq!(dead.len(), damages.len());
    for entry in dead {
        let error = entry.last_error.unwrap();
        assert!(error.starts_with("its body in the inbox is damaged"), "{error}");
    }
    // GitHub still has it.
    assert!(inbox.settle(leased[0].token, Settlement::Done).await.unwrap());
    assert_eq!(inbox.accept(in_lane("damaged-0")).await.unwrap(), Accepted::Again);
    assert_eq!(lease_one(&inbox).await.delivery.body, long("any").body);
}

#[tokio::test]
async fn what_postgresql_cannot_store_is_replaced() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.inbox().await;
    let mut odd = delivery("odd");
    odd.action = Some("a\0b".to_owned());
    inbox.accept(odd).await.unwrap();
    let leased = lease_one(&inbox).await;
    assert_eq!(leased.delivery.action.as_deref(), Some("a\u{fffd}b"));
    let dead = Settlement::Dead { error: "c\0d".to_owned() };
    assert!(inbox.settle(leased.token, dead).await.unwrap());
    let known = inbox.list(Filter::default()).await.unwrap().pop().unwrap();
    assert_eq!(known.last_error.as_deref(), Some("c\u{fffd}d"));
}

#[tokio::test]
async fn bodies_are_kept_until_they_are_purged_if_asked_for() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.options().keep_bodies(true).connect(&schema.url).await.unwrap();
    for (id, settlement) in [("done", Settlement::Done), ("superseded", Settlement::Superseded)] {
        inbox.accept(delivery(id)).await.unwrap();
        let leased = lease_one(&inbox).await;
        assert!(inbox.settle(leased.token, settlement).await.unwrap());
        let known = Filter::default().with_id(id.parse().unwrap()).with_bodies();
        let known = inbox.list(known).await.unwrap().pop().unwrap();
        assert_eq!(known.state.as_str(), id);
        assert_eq!(known.delivery.body, format!("body of {id}"));
    }
    assert_eq!(inbox.purge(Duration::ZERO).await.unwrap(), 2);
}

#[tokio::test]
async fn purging_many_is_done_in_pieces() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.inbox().await;
    schema
        .run(
            "INSERT INTO {schema}.deliveries
                 (guid, event, received_at, state, attempts, due_at, settled_at)
             SELECT n, 'push', '', 'done', 1, '-infinity', '-infinity'
             FROM generate_series(1, 2500) AS n",
        )
        .await;
    assert_eq!(inbox.depth().await.unwrap().done, 2500);
    assert_eq!(inbox.purge(LONG).await.unwrap(), 2500);
    assert_eq!(inbox.depth().await.unwrap().done, 0);
}

#[tokio::test]
async fn leasing_more_than_fit_one_statement_takes_them_all_in_order() {
    let Some(schema) = Schema::new().await else { return };
    let inbox = schema.inbox().await;
    for number in 0..250 {
        inbox.accept(delivery(&number.to_string())).await.unwrap();
    }
    let leased = lease(&inbox, usize::MAX).await;
    let ids: Vec<u32> =
        leased.iter().map(|leased| leased.delivery.id.as_str().parse().unwrap()).collect();
    assert_eq!(ids, (0..250).collect::<Vec<_>>());
}

#[tokio::test]
async fn passwords_are_never_shown() {
    // Nothing listens on the port of discarding.
    let url = "postgres://someone:hunter2@127.0.0.1:9/ci?sslmode=disable";
    let error = PostgresInbox::connect(url).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(error.to_string().contains("127.0.0.1:9, database ci"), "{error}");
    assert!(!text.contains("hunter2") && !text.contains("someone"), "{text}");
    for url in ["postgres://someone:first@hunter2@host/ci", "someone:hunter2", "password=x hunter2"]
    {
        let error = PostgresInbox::connect(url).await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains("URL is not understood"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let error = PostgresInbox::connect("postgres://a:hunter2@host/ci\n").await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("its URL ends with a line break"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let Some(schema) = Schema::new().await else { return };
    // This server asks for none.
    let with_password = schema.url.replacen("@", ":hunter2@", 1);
    let inbox = schema.options().connect(&with_password).await.unwrap();
    let text = format!("{inbox:?}");
    assert!(
        text.contains("place:") && text.contains("schema test") && !text.contains("hunter2"),
        "{text}"
    );
}
