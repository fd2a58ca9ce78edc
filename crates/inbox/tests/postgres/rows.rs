//! What stands in the rows.

use hookstead_inbox::{Filter, Packed, Settlement, Store, TaskState};

use crate::program::Program;
use crate::reason;
use crate::store::Schema;

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_never_ready() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    for constraint in ["state_check", "ending_check", "check", "check1", "check2", "rank_check"] {
        let drop =
            format!("ALTER TABLE {{schema}}.tasks DROP CONSTRAINT IF EXISTS tasks_{constraint}");
        schema.run(&drop).await;
    }
    for (number, (damage, mend)) in [
        ("state = 'baked'", "state = 'waiting'"),
        ("ending = 'eaten'", "ending = NULL"),
        ("failures = -1", "failures = 0"),
        ("superseded_by = ''", "superseded_by = NULL"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = number.to_string();
        ci.accept(&id).await;
        schema.run(&format!("UPDATE {{schema}}.tasks SET {damage}")).await;
        let error = ci.store.list(&Filter::default(), None).await.unwrap_err();
        assert!(reason(&error).contains("unreadable"), "{damage}: {}", reason(&error));
        // Not as if nothing was wrong with it.
        if let Ok(leases) = ci.store.lease(&ci.request(1, crate::LONG)).await {
            assert!(leases.leased.is_empty(), "{damage}");
        }
        schema
            .run("UPDATE {schema}.tasks SET state = 'waiting', token = NULL, look_at = NULL")
            .await;
        schema.run(&format!("UPDATE {{schema}}.tasks SET {mend}")).await;
        let leased = ci.lease_one().await;
        ci.settle(leased.token, Settlement::Done).await;
        schema.run("DELETE FROM {schema}.tasks").await;
    }
}

#[tokio::test]
async fn what_postgresql_cannot_store_is_replaced() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    let mut odd = ci.new_delivery("odd");
    odd.delivery.action = Some("a\0b".to_owned());
    odd.tasks[0].lane = Some(crate::program::free("c\0d"));
    ci.send(odd).await.unwrap();
    let leased = ci.lease_one().await;
    assert_eq!(leased.delivery.action.as_deref(), Some("a\u{fffd}b"));
    let end = hookstead_handler::End::Dead;
    ci.settle(leased.token, Settlement::End { end, text: "e\0f".to_owned() }).await;
    ci.settle(leased.token, Settlement::Ended).await;
    let entry = ci.entry("odd").await;
    assert_eq!(
        (entry.text.as_deref(), entry.lane.as_deref()),
        (Some("e\u{fffd}f"), Some("c\u{fffd}d"))
    );
    assert_eq!(entry.state, TaskState::Dead);
}

#[tokio::test]
async fn a_body_of_25_megabytes_comes_back() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    let mut body = vec![0; 25 * 1024 * 1024];
    fastrand::fill(&mut body);
    let mut new = ci.new_delivery("large");
    new.body = Packed::new(body.into(), Some(i32::MAX));
    ci.send(new.clone()).await.unwrap();
    assert!(ci.lease_one().await.body == Some(new.body), "it should be the same");
}

#[tokio::test]
async fn a_change_of_state_writes_no_index_that_it_does_not_concern() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    for number in 0..20 {
        ci.accept(&number.to_string()).await;
    }
    let leased = ci.lease(20).await;
    let tokens: Vec<_> = leased.iter().map(|leased| leased.token).collect();
    for _ in 0..10 {
        ci.store.renew(&tokens, crate::LONG).await.unwrap();
    }
    // Renewing is in no index: nearly all of it stays on its page.
    // A session tells what it did at its end.
    schema.end_connections().await;
    let hot = "SELECT coalesce(sum(n_tup_hot_upd), 0)::bigint FROM pg_stat_user_tables
               WHERE schemaname = {name} AND relname = 'tasks'";
    let hot = schema.number(hot).await;
    assert!(hot >= 40, "{hot} of 200; what others see now keeps some from it");
}

#[tokio::test]
async fn statements_go_by_an_index_before_there_are_statistics() {
    let Some(schema) = Schema::new().await else { return };
    let ci = Program::start(schema.store().await).await;
    // Many of another name, and many that are settled, of which the server knows nothing.
    schema
        .run(
            "ALTER TABLE {schema}.tasks SET (autovacuum_enabled = false);
             INSERT INTO {schema}.tasks (delivery, taker, due, state, place, settled_at)
             SELECT -n, CASE WHEN n % 2 = 0 THEN 999 ELSE 1 END, now(),
                 CASE WHEN n % 2 = 0 THEN 'waiting' ELSE 'done' END, 'alone',
                 CASE WHEN n % 2 = 0 THEN NULL ELSE now() END
             FROM generate_series(1, 40000) AS n",
        )
        .await;
    let read = "SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_user_tables
                WHERE schemaname = {name} AND relname IN ('tasks', 'deliveries', 'steps')";
    for number in 0..5 {
        ci.accept(&number.to_string()).await;
        let leased = ci.lease_one().await;
        ci.store.renew(&[leased.token], crate::LONG).await.unwrap();
        ci.settle(leased.token, Settlement::Done).await;
        ci.store.expire().await.unwrap();
        ci.store.probe().await.unwrap();
    }
    // A session tells what it did at its end.
    schema.end_connections().await;
    assert_eq!(schema.number(read).await, 0, "rows were read one after the other");
}
