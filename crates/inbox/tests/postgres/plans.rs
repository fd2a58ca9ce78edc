//! What often runs looks at few pages, however much lies in the tables, and whatever the server's
//! statistics say of it.

use std::time::Duration;

use hookstead_handler::End;
use hookstead_inbox::{Accepted, Filter, LeaseToken, Purge, Settlement, Store};

use crate::program::{Program, free, in_order, latest};
use crate::soon;
use crate::store::Schema;

/// So many rows of each kind. To walk one index over them takes some thousand pages.
const ROWS: i64 = 75_000;

/// For one task. It takes up to 140.
const FEW: i64 = 500;

/// For 32 tasks. They take up to 1,030.
const SOME: i64 = 1800;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Counts the pages that the store's statements look at.
struct Pages<'a> {
    schema: &'a Schema,
    statistics: &'a str,
    so_far: i64,
    too_many: Vec<String>,
}

impl Pages<'_> {
    async fn read(&self) -> i64 {
        // A session tells what it did at its end.
        self.schema.end_connections().await;
        soon(self.schema.let_listen(1)).await;
        let sql =
            "SELECT (sum(idx_blks_read + idx_blks_hit + heap_blks_read + heap_blks_hit))::bigint
                   FROM pg_statio_user_tables WHERE schemaname = {name}";
        self.schema.number(sql).await
    }

    async fn begin(&mut self) {
        self.so_far = self.read().await;
    }

    /// What was done since it began takes no more than this.
    async fn expect(&mut self, what: &str, most: i64) {
        let pages = self.read().await - self.so_far;
        println!("{} statistics, {what}: {pages} pages", self.statistics);
        if pages > most {
            self.too_many.push(format!("{} statistics, {what}: {pages}", self.statistics));
        }
        self.begin().await;
    }
}

/// Rows that wait, that are settled, that stand in line, that are in a lane of which the latest counts, and
/// that another living name has not found a place for. Nothing of this is in the statistics.
async fn fill(schema: &Schema) {
    let sql = "ALTER TABLE {schema}.tasks SET (autovacuum_enabled = false);
         ALTER TABLE {schema}.deliveries SET (autovacuum_enabled = false);
         ALTER TABLE {schema}.steps SET (autovacuum_enabled = false);
         INSERT INTO {schema}.deliveries (id, guid, event, received_at)
         SELECT n, 'filled-' || n, 'push', '1970-01-01T00:00:00Z'
         FROM generate_series(1001, 1000 + 5 * ROWS) AS n;
         INSERT INTO {schema}.tasks (id, delivery, taker, due, state, place, settled_at, keeps_body, lane,
             mode, version, is_newest)
         SELECT n, n, CASE kind WHEN 4 THEN 2 ELSE 1 END, now() - interval '1 minute',
             CASE WHEN kind IN (1, 3) THEN 'done' ELSE 'waiting' END,
             (ARRAY['alone', 'alone', 'line', 'alone', 'unplaced'])[kind + 1],
             CASE WHEN kind IN (1, 3) THEN now() - interval '4 days' END, false,
             CASE kind WHEN 2 THEN 'in order' WHEN 3 THEN 'latest' END,
             CASE kind WHEN 2 THEN 'in order' WHEN 3 THEN 'latest' END,
             CASE kind WHEN 3 THEN 5 END, kind = 3
         FROM generate_series(1001, 1000 + 5 * ROWS) AS n, LATERAL (SELECT (n - 1001) / ROWS) AS it (kind);
         INSERT INTO {schema}.steps (task, name, of_type, json)
         SELECT n, '', '', '' FROM generate_series(1001, 1000 + ROWS) AS n;
         UPDATE {schema}.tasks SET settled_at = now() - interval '40 days' WHERE id = 1001 + ROWS;
         ALTER TABLE {schema}.deliveries ALTER COLUMN id RESTART WITH 10000000;
         ALTER TABLE {schema}.tasks ALTER COLUMN id RESTART WITH 10000000";
    schema.run(&sql.replace("ROWS", &ROWS.to_string())).await;
}

async fn settle(ci: &Program, tokens: &[LeaseToken], settlement: Settlement) {
    let all: Vec<_> = tokens.iter().map(|token| (*token, settlement.clone())).collect();
    ci.store.settle(&all).await.unwrap();
}

#[tokio::test]
async fn what_often_runs_looks_at_few_pages() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    // Alive, and another's.
    let other = Program::named(ci.store.clone(), "other.build").await;
    assert_eq!((ci.taker.0, other.taker.0), (1, 2));
    ci.accept_in("head", in_order("in order")).await;
    let head = ci.lease_one().await;
    fill(&schema).await;
    let mut pages =
        Pages { schema: &schema, statistics: "without", so_far: 0, too_many: Vec::new() };
    let mut heads = vec![head.token];
    for (statistics, version) in [("without", 5), ("with", 6)] {
        pages.statistics = statistics;
        if statistics == "with" {
            schema.run("ANALYZE {schema}.tasks, {schema}.deliveries, {schema}.steps").await;
        }
        let id = |name: &str| format!("{name}-{statistics}");
        pages.begin().await;
        ci.accept(&id("alone")).await;
        pages.expect("accept", FEW).await;
        ci.accept_in(&id("free"), free(&id("free"))).await;
        pages.expect("accept in a lane", FEW).await;
        ci.accept_in(&id("line"), in_order("in order")).await;
        pages.expect("accept in order", FEW).await;
        ci.accept_in(&id("latest"), latest("latest", version)).await;
        pages.expect("accept the latest", FEW).await;
        ci.accept_in(&id("later"), latest("latest", version + 1)).await;
        // Of the lane's index alone a walk takes 375.
        pages.expect("accept a later one", FEW / 2).await;
        let again = ci.try_accept(&id("alone")).await.unwrap();
        assert_eq!(again, Accepted::Duplicate { at_work: 1, tasks: 1 });
        pages.expect("redeliver", FEW).await;
        let leased = ci.lease(1).await;
        pages.expect("lease one", FEW).await;
        settle(&ci, &[leased[0].token], Settlement::Done).await;
        pages.expect("settle one", FEW).await;
        let leased = ci.lease(32).await;
        assert_eq!(leased.len(), 32);
        pages.expect("lease 32", SOME).await;
        let tokens: Vec<LeaseToken> = leased.iter().map(|it| it.token).collect();
        ci.store.renew(&tokens, crate::LONG).await.unwrap();
        pages.expect("renew 32", SOME).await;
        settle(&ci, &tokens, Settlement::Done).await;
        pages.expect("settle 32", SOME).await;
        let tokens: Vec<LeaseToken> = ci.lease(32).await.iter().map(|it| it.token).collect();
        pages.begin().await;
        let end = Settlement::End { end: End::Dead, text: String::new() };
        settle(&ci, &tokens, end).await;
        pages.expect("end 32", SOME).await;
        settle(&ci, &tokens, Settlement::Ended).await;
        pages.expect("settle 32 that have ended", SOME).await;
        let head = heads.pop().unwrap();
        settle(&ci, &[head], Settlement::Done).await;
        pages.expect("settle the head of a line", FEW).await;
        ci.store.expire().await.unwrap();
        pages.expect("expire", FEW).await;
        ci.store.probe().await.unwrap();
        pages.expect("probe", FEW).await;
        assert!(ci.store.unplaced(&[ci.taker], 10).await.unwrap().is_empty());
        assert_eq!(ci.store.unplaced(&[other.taker], 10).await.unwrap().len(), 10);
        pages.expect("read what has no place", FEW).await;
        ci.store.purge(&Purge::new(DAY, DAY * 35, 100)).await.unwrap();
        pages.expect("purge", FEW).await;
        let filter = Filter::default().with_id("filled-2000".parse().unwrap());
        assert_eq!(ci.store.list(&filter, None).await.unwrap().len(), 1);
        pages.expect("list an id", FEW).await;
        // The head of the line that has moved on waits among the others.
        schema
            .run(
                "UPDATE {schema}.tasks SET state = 'leased', token = 77, lease_after = 3600000,
                     lease_until = now() + interval '1 hour', look_at = now() + interval '1 hour'
                 WHERE lane = 'in order' AND place = 'head'",
            )
            .await;
        heads.push(LeaseToken::from_i64(77));
    }
    assert!(pages.too_many.is_empty(), "{:#?}", pages.too_many);
}
