//! Sessions that cannot keep a delivery: of a server that only reads, with plans of tables as they
//! were before, or behind a pooler.

use std::time::Duration;

use hookstead_inbox::{Accepted, Filter, PostgresStore, Store, TaskState};

use crate::pooler::{Pooler, mode};
use crate::program::Program;
use crate::server::Server;
use crate::store::{self, Schema};
use crate::{reason, soon};

/// Lets a server take no more changes, or take them again, in the sessions that there are, too.
async fn set_read_only(server: &Server, is_read_only: bool) {
    let client = store::connect(&server.url_with_password()).await;
    let value = if is_read_only { "on" } else { "off" };
    let set = format!("ALTER SYSTEM SET default_transaction_read_only = {value}");
    client.batch_execute(&set).await.unwrap();
    client.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    soon(async {
        loop {
            let asked = "SELECT current_setting('default_transaction_read_only')";
            let known: String = client.query_one(asked, &[]).await.unwrap().get(0);
            if known == value {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_only_reads_is_told_by_the_probe_and_forgotten_when_it_writes_again() {
    let Some(server) = Server::start().await else { return };
    let options = || PostgresStore::options().pool_size(4);
    let ci = Program::start(options().connect(&server.url_with_password()).await.unwrap()).await;
    // All of the pool's sessions are there.
    let accepts = ["a", "b", "c", "d"].map(|id| ci.try_accept(id));
    for accepted in futures(accepts).await {
        assert_eq!(accepted.unwrap(), Accepted::New { tasks: 1 });
    }
    for round in 0..2 {
        set_read_only(&server, true).await;
        // The server's processes hear of it one by one.
        soon(async { while ci.store.probe().await.is_ok() {} }).await;
        let error = ci.try_accept("refused").await.unwrap_err();
        assert!(reason(&error).contains("does not allow writes"), "{}", reason(&error));
        let refused = options().connect(&server.url_with_password()).await.unwrap_err();
        assert!(refused.to_string().contains("does not allow writes"), "{refused}");

        set_read_only(&server, false).await;
        // At the first try, by each of the pool's sessions.
        ci.store.probe().await.unwrap();
        let ids = ["e", "f", "g", "h"].map(|id| format!("{id}{round}"));
        for accepted in futures(ids.each_ref().map(|id| ci.try_accept(id))).await {
            assert_eq!(accepted.unwrap(), Accepted::New { tasks: 1 });
        }
    }
}

/// All at once.
async fn futures<T>(all: [impl Future<Output = T>; 4]) -> [T; 4] {
    let [a, b, c, d] = all;
    tokio::join!(a, b, c, d).into()
}

#[tokio::test]
async fn after_a_failover_the_next_call_works() {
    let (Some(old), Some(new)) = (Server::start().await, Server::start().await) else { return };
    // The new one has what replication would have brought.
    let replica = PostgresStore::connect(&new.url_with_password()).await.unwrap();
    drop(Program::start(replica).await);
    let hosts = format!("{},{}", old.address(), new.address());
    let both = old.url_with_password().replace(old.address(), &hosts);
    let store = PostgresStore::options().pool_size(2).connect(&both).await.unwrap();
    let ci = Program::start(store).await;
    ci.accept("a").await;
    // Both run on, as after a failover: the old one only reads, and has its sessions still.
    set_read_only(&old, true).await;
    let refused = async {
        let mut number = 0;
        loop {
            number += 1;
            ci.accept(&number.to_string()).await;
            let a = Filter::default().with_id("a".parse().unwrap());
            let ids = ci.store.list(&a, None).await.unwrap();
            if ids.is_empty() {
                return;
            }
        }
    };
    soon(refused).await;
    ci.store.probe().await.unwrap();
}

#[tokio::test]
async fn plans_of_tables_as_they_were_are_made_anew() {
    let Some(schema) = Schema::new().await else { return };
    let ci =
        Program::start(schema.options().pool_size(1).connect(&schema.url).await.unwrap()).await;
    ci.accept("a").await;
    ci.entry("a").await;
    schema.run("ALTER TABLE {schema}.tasks ALTER COLUMN text TYPE varchar").await;
    assert_eq!(ci.entry("a").await.state, TaskState::Ready);
    assert_eq!(ci.lease_one().await.delivery.id.as_str(), "a");
}

#[tokio::test]
async fn a_pooler_that_changes_sessions_is_refused_with_the_remedy() {
    let Some(schema) = Schema::new().await else { return };
    for more in ["", "server_round_robin = 1", "default_pool_size = 1"] {
        let settings = format!("{}\n{more}", mode("transaction"));
        let Some(pooler) = Pooler::start(&schema.url, &settings).await else { return };
        let error = schema.options().connect(&pooler.url).await.unwrap_err().to_string();
        for words in ["a pooler", "connect to the server itself", "pool_mode = session"] {
            assert!(error.contains(words), "{more}: {error}");
        }
        // Also when others are at work through it.
        let busy = store::connect(&pooler.url).await;
        if more.is_empty() {
            busy.batch_execute("BEGIN").await.unwrap();
            let error = schema.options().connect(&pooler.url).await.unwrap_err().to_string();
            assert!(error.contains("pool_mode = session"), "{error}");
        }
    }
    let Some(pooler) = Pooler::start(&schema.url, &mode("statement")).await else { return };
    let error = schema.options().connect(&pooler.url).await.unwrap_err().to_string();
    assert!(error.contains("transaction blocks not allowed"), "{error}");
    assert_eq!(schema.number("SELECT count(*) FROM pg_tables WHERE schemaname = {name}").await, 0);
}

#[tokio::test]
async fn a_pooler_that_keeps_sessions_is_fine() {
    let Some(schema) = Schema::new().await else { return };
    for (id, more) in [("a", ""), ("b", "default_pool_size = 2")] {
        let settings = format!("{}\n{more}", mode("session"));
        let Some(pooler) = Pooler::start(&schema.url, &settings).await else { return };
        let store = schema.options().pool_size(1).connect(&pooler.url).await.unwrap();
        let ci = Program::start(store).await;
        ci.store.probe().await.unwrap();
        ci.accept(id).await;
        ci.lease_one().await;
    }
}
