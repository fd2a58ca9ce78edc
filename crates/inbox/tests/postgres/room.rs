//! The disk is full, or the inbox holds as much as it may.

use std::time::Duration;

use hookstead_inbox::{Packed, Purge, Settlement, Store};

use crate::program::Program;
use crate::soon;
use crate::store::Schema;

impl Schema {
    /// From now on the disk is full for the store's tables: nothing can be added to them, until the reserve
    /// has been given back; then there is room for tasks, and for deliveries only if there is plenty.
    async fn fill_the_disk(&self) {
        self.run(
            "CREATE TABLE {schema}.disk (is_full boolean NOT NULL);
             INSERT INTO {schema}.disk VALUES (true);
             CREATE FUNCTION {schema}.need_room() RETURNS trigger LANGUAGE plpgsql
             SET search_path FROM CURRENT AS $$ BEGIN
                 IF (SELECT is_full FROM {schema}.disk)
                     AND (TG_TABLE_NAME = 'reserve' OR EXISTS (SELECT FROM {schema}.reserve))
                 THEN
                     RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
                 END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER need_room BEFORE INSERT OR UPDATE ON {schema}.tasks
                 FOR EACH ROW EXECUTE FUNCTION {schema}.need_room();
             CREATE TRIGGER need_room BEFORE INSERT ON {schema}.deliveries
                 FOR EACH ROW EXECUTE FUNCTION {schema}.need_room();
             CREATE TRIGGER need_room BEFORE INSERT ON {schema}.reserve
                 FOR EACH ROW EXECUTE FUNCTION {schema}.need_room()",
        )
        .await;
    }
}

#[tokio::test]
async fn on_a_full_disk_accepting_stops_and_everything_else_goes_on() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    for number in 0..20 {
        ci.accept(&number.to_string()).await;
    }
    let held = "SELECT pg_table_size('{schema}.reserve')".replace("'{schema}", "{name}::text || '");
    assert!(!held.is_empty());
    schema.fill_the_disk().await;
    let error = ci.try_accept("refused").await.unwrap_err();
    assert!(error.is_full(), "{error:?}");
    let error = ci.store.probe().await.unwrap_err();
    assert!(error.is_full(), "{error:?}");
    // In the reserve everything that was accepted is handled.
    for _ in 0..20 {
        let leased = ci.lease_one().await;
        ci.store.renew(&[leased.token], crate::LONG).await.unwrap();
        ci.settle(leased.token, Settlement::Done).await;
    }
    assert_eq!(
        schema.number("SELECT count(*) FROM {schema}.reserve").await,
        0,
        "it was given back"
    );
    // The reserve is not for accepting, also of others and after a start.
    let error = ci.try_accept("refused").await.unwrap_err();
    assert!(error.is_full(), "{error:?}");
    let other = Program::start(schema.store().await).await;
    assert!(other.try_accept("refused").await.unwrap_err().is_full());
    // Room that comes back is used by itself, and held again.
    schema.run("UPDATE {schema}.disk SET is_full = false").await;
    soon(async {
        while ci.try_accept("after").await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(schema.number("SELECT count(*) FROM {schema}.reserve").await > 0);
    ci.store.probe().await.unwrap();
    soon(async {
        while other.try_accept("after-too").await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_reserve_is_as_large_as_it_is_said() {
    let Some(schema) = Schema::new().await else { return };
    for bytes in [1024 * 1024, 3 * 1024 * 1024] {
        let ci = schema.options().reserve(bytes).connect(&schema.url).await.unwrap();
        let ci = Program::start(ci).await;
        ci.accept(&bytes.to_string()).await;
        let sql = "SELECT pg_table_size(it.oid) FROM pg_class AS it
                   JOIN pg_namespace ON pg_namespace.oid = relnamespace
                   WHERE nspname = {name} AND relname = 'reserve'";
        let held = schema.number(sql).await;
        let bytes = i64::try_from(bytes).unwrap();
        assert!(held >= bytes && held < bytes * 3 / 2, "{held} for {bytes}");
    }
}

#[tokio::test]
async fn an_inbox_that_holds_what_it_may_is_full_until_something_is_forgotten() {
    let Some(schema) = Schema::new().await else { return };
    let store = schema.options().max_bytes(2_000_000).connect(&schema.url).await.unwrap();
    let ci = Program::start(store).await;
    let large = |id: &str| {
        let mut new = ci.new_delivery(id);
        let mut body = vec![0; 100_000];
        fastrand::fill(&mut body);
        new.body = Packed::new(body.into(), None);
        new
    };
    let mut accepted = 0;
    let error = loop {
        match ci.send(large(&accepted.to_string())).await {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
        assert!(accepted < 100, "it should be full by now");
    };
    assert!(error.is_full() && accepted >= 10, "{error:?} after {accepted}");
    for _ in 0..accepted {
        let leased = ci.lease_one().await;
        ci.settle(leased.token, Settlement::Done).await;
    }
    let purge = Purge::new(Duration::ZERO, crate::LONG, 1000);
    soon(async {
        while ci.send(large("after")).await.is_err() {
            ci.store.purge(&purge).await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
}
