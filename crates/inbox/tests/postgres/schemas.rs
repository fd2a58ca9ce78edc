//! The schema: who may work with it, beside whom.

use std::sync::Arc;

use hookstead_inbox::{Depth, PostgresStore, Settlement, Store};
use tokio::task::JoinSet;

use crate::program::Program;
use crate::soon;
use crate::store::Schema;

#[tokio::test]
async fn schemas_are_inboxes_of_their_own() {
    let (Some(one), Some(two)) = (Schema::new().await, Schema::new().await) else { return };
    Program::start(one.store().await).await.accept("a").await;
    assert_eq!(two.store().await.depth().await.unwrap(), Depth::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_connect_to_a_new_schema_at_once() {
    let Some(schema) = Schema::new().await else { return };
    let schema = Arc::new(schema);
    let mut connecting = JoinSet::new();
    for _ in 0..8 {
        let schema = Arc::clone(&schema);
        connecting.spawn(async move { schema.store().await.depth().await.unwrap() });
    }
    assert!(connecting.join_all().await.iter().all(|depth| *depth == Depth::default()));
}

#[tokio::test]
async fn a_newer_schema_that_may_be_used_is_used() {
    let Some(schema) = Schema::new().await else { return };
    let old = Program::start(schema.store().await).await;
    old.accept("before").await;
    // What a next version may do: a column and an index more, and functions of its own.
    schema
        .run(
            "BEGIN;
             ALTER TABLE {schema}.tasks ADD COLUMN priority integer NOT NULL DEFAULT 0;
             CREATE INDEX by_priority ON {schema}.tasks (priority) WHERE state = 'waiting';
             CREATE FUNCTION {schema}.accept_2() RETURNS void LANGUAGE sql AS '';
             UPDATE {schema}.meta SET version = 2;
             COMMIT",
        )
        .await;
    // The one that ran goes on, and another one starts.
    old.accept("meanwhile").await;
    let new = Program::start(schema.store().await).await;
    new.accept("after").await;
    for (program, id) in [(&old, "before"), (&new, "meanwhile"), (&old, "after")] {
        let leased = program.lease_one().await;
        assert_eq!(leased.delivery.id.as_str(), id);
        program.settle(leased.token, Settlement::Done).await;
    }
    assert_eq!(old.store.depth().await.unwrap().done, 3);
}

#[tokio::test]
async fn a_newer_schema_that_may_not_be_used_is_refused_and_left_alone() {
    let Some(schema) = Schema::new().await else { return };
    let old = Program::start(schema.store().await).await;
    schema.run("UPDATE {schema}.meta SET version = 3, oldest_version = 2").await;
    for refused in [
        schema.options().connect(&schema.url).await.map(drop),
        schema.options().without_migrating().connect(&schema.url).await.map(drop),
        schema.options().migrate(&schema.url).await,
    ] {
        let error = refused.unwrap_err().to_string();
        assert!(
            error.contains("newer version of Hookstead") && error.contains("schema 3"),
            "{error}"
        );
    }
    // Whoever runs already stops by itself.
    soon(async {
        while old.store.lease(&old.request(1, crate::LONG)).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    schema.run("UPDATE {schema}.meta SET version = 1, oldest_version = 1").await;
    schema.store().await.depth().await.unwrap();
}

#[tokio::test]
async fn a_schema_from_before_there_were_tasks_is_refused_and_left_alone() {
    let Some(schema) = Schema::new().await else { return };
    schema
        .run(
            "CREATE SCHEMA {schema};
             CREATE TABLE {schema}.inbox_migrations (version integer PRIMARY KEY);
             INSERT INTO {schema}.inbox_migrations VALUES (1);
             CREATE TABLE {schema}.deliveries (place bigint)",
        )
        .await;
    let error = schema.options().connect(&schema.url).await.unwrap_err().to_string();
    assert!(error.contains("an earlier version of Hookstead"), "{error}");
    assert!(error.contains("use another one"), "it says what to do: {error}");
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = {name}";
    assert_eq!(schema.number(tables).await, 2);
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
async fn a_role_without_rights_to_change_the_schema_can_work() {
    let Some(schema) = Schema::new().await else { return };
    let role = format!("worker_{:016x}", fastrand::u64(..));
    let url = schema.url.replacen("://hookstead@", &format!("://{role}@"), 1);
    if url == schema.url {
        println!("skipped: another user than that of .ci/postgres");
        return;
    }
    schema.run(&format!("CREATE ROLE {role} LOGIN")).await;
    let connect = || schema.options().without_migrating().connect(&url);
    let error = connect().await.unwrap_err().to_string();
    assert!(error.contains("PostgresStore::migrate"), "{error}");
    schema.options().migrate(&schema.url).await.unwrap();
    schema.options().migrate(&schema.url).await.unwrap();
    schema
        .run(&format!(
            "GRANT USAGE ON SCHEMA {{schema}} TO {role};
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {{schema}} TO {role}"
        ))
        .await;
    for store in [connect().await.unwrap(), schema.options().connect(&url).await.unwrap()] {
        let ci = Program::start(store).await;
        ci.accept(&ci.process.id).await;
        let leased = ci.lease_one().await;
        ci.settle(leased.token, Settlement::Done).await;
        ci.store.probe().await.unwrap();
        ci.store.expire().await.unwrap();
    }
    schema.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

#[tokio::test]
async fn passwords_are_never_shown() {
    // Nothing listens on the port of discarding.
    let url = "postgres://someone:hunter2@127.0.0.1:9/ci?sslmode=disable";
    let error = PostgresStore::connect(url).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(error.to_string().contains("127.0.0.1:9, database ci"), "{error}");
    assert!(!text.contains("hunter2") && !text.contains("someone"), "{text}");
    for url in ["postgres://someone:first@hunter2@host/ci", "someone:hunter2", "password=x hunter2"]
    {
        let error = PostgresStore::connect(url).await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains("URL is not understood"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let error = PostgresStore::migrate("postgres://a:hunter2@host/ci\n").await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("its URL ends with a line break"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let Some(schema) = Schema::new().await else { return };
    // This server asks for none.
    let with_password = schema.url.replacen('@', ":hunter2@", 1);
    let store = schema.options().connect(&with_password).await.unwrap();
    let text = format!("{store:?}");
    assert!(
        text.contains("place:") && text.contains("schema test") && !text.contains("hunter2"),
        "{text}"
    );
}
