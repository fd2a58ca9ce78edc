//! Work that is submitted in a transaction of one's own.

use hookstead_inbox::{Accepted, Store};

use crate::program::{Program, free, latest};
use crate::store::{Schema, connect};

#[tokio::test]
async fn a_row_and_its_work_are_committed_together() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    schema.run("CREATE TABLE {schema}.orders (id text PRIMARY KEY)").await;
    let mut client = connect(&schema.url).await;
    let order = schema.filled("INSERT INTO {schema}.orders VALUES ($1)");
    for (id, commits) in [("rolled-back", false), ("committed", true)] {
        let transaction = client.transaction().await.unwrap();
        transaction.execute(&order, &[&id]).await.unwrap();
        let mut new = ci.new_delivery(id);
        new.is_submitted = true;
        let accepted = ci.store.submit_in(&transaction, &new).await.unwrap();
        assert_eq!(accepted, Accepted::New { tasks: 1 });
        assert!(ci.lease(1).await.is_empty(), "nothing is seen before it is committed");
        if commits {
            transaction.commit().await.unwrap();
            ci.store.committed();
        } else {
            transaction.rollback().await.unwrap();
        }
    }
    let leased = ci.lease(10).await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].delivery.id.as_str(), "committed");
    assert_eq!(leased[0].body.as_ref().unwrap().bytes, "body of committed");
    assert_eq!(schema.number("SELECT count(*) FROM {schema}.orders").await, 1);
}

#[tokio::test]
async fn the_settings_of_the_transaction_do_not_matter() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    let mut client = connect(&schema.url).await;
    // Tables of the same names, in the way.
    client
        .batch_execute(
            "CREATE TEMPORARY TABLE tasks (id text);
             CREATE TEMPORARY TABLE deliveries (id text);
             SET search_path = pg_temp, public; SET enable_indexscan = off",
        )
        .await
        .unwrap();
    for (id, lane) in [("old", latest("main", 1)), ("new", latest("main", 2)), ("free", free("x"))]
    {
        let transaction = client.transaction().await.unwrap();
        let new = ci.in_lane(id, lane);
        let accepted = ci.store.submit_in(&transaction, &new).await.unwrap();
        assert_eq!(accepted, Accepted::New { tasks: 1 });
        transaction.commit().await.unwrap();
    }
    let path: String = client.query_one("SHOW search_path", &[]).await.unwrap().get(0);
    assert_eq!(path, "pg_temp, public", "they are as before");
    ci.store.committed();
    let ids: Vec<String> = ci
        .lease(10)
        .await
        .iter()
        .filter(|leased| leased.end.is_none())
        .map(|leased| leased.delivery.id.to_string())
        .collect();
    assert_eq!(ids, ["new", "free"]);
}

#[tokio::test]
async fn what_is_submitted_again_is_a_duplicate() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    let mut client = connect(&schema.url).await;
    let mut new = ci.new_delivery("one");
    new.is_submitted = true;
    for accepted in [Accepted::New { tasks: 1 }, Accepted::Duplicate { at_work: 1, tasks: 1 }] {
        let transaction = client.transaction().await.unwrap();
        assert_eq!(ci.store.submit_in(&transaction, &new).await.unwrap(), accepted);
        transaction.commit().await.unwrap();
    }
    new.body = hookstead_inbox::Packed::new("other work".into(), None);
    let transaction = client.transaction().await.unwrap();
    let error = ci.store.submit_in(&transaction, &new).await.unwrap_err().to_string();
    assert!(error.contains("one"), "{error}");
    transaction.rollback().await.unwrap();
}

#[tokio::test]
async fn a_store_makes_connections_for_rows_of_ones_own() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    let mut connection = ci.store.connection().await.unwrap();
    // The store's schema is where names are looked for.
    let transaction = connection.transaction().await.unwrap();
    transaction
        .batch_execute("CREATE TABLE orders (id text); INSERT INTO orders VALUES ('one')")
        .await
        .unwrap();
    ci.store.submit_in(&transaction, &ci.new_delivery("one")).await.unwrap();
    transaction.commit().await.unwrap();
    ci.store.committed();
    assert_eq!(ci.lease(1).await.len(), 1);
    assert_eq!(schema.number("SELECT count(*) FROM {schema}.orders").await, 1);
    // A broken one stays broken, and the next is whole.
    schema.end_connections().await;
    assert!(connection.transaction().await.is_err());
    assert!(connection.is_closed());
    let mut connection = ci.store.connection().await.unwrap();
    connection.transaction().await.unwrap().commit().await.unwrap();
}
