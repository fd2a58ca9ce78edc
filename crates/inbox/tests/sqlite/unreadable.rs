//! What somebody else wrote into the file, or a disk damaged.

use hookstead_inbox::{Filter, Store};

use crate::support::{Ci, TestFile, cause};

async fn damaged(file: &TestFile, column: &str, value: &str) -> Ci {
    let ci = file.open().await;
    ci.accept("one").await;
    let sql = format!("PRAGMA ignore_check_constraints = ON; UPDATE tasks SET {column} = {value};");
    file.raw().execute_batch(&sql).unwrap();
    ci
}

#[tokio::test]
async fn an_unreadable_state_is_an_error_and_never_ready() {
    for (column, value) in [
        ("phase", "'gone'"),
        ("outcome", "'perhaps'"),
        ("lane_mode", "'whatever'"),
        ("run", "-1"),
        ("number", "99999999999"),
    ] {
        let file = TestFile::new();
        let ci = damaged(&file, column, value).await;
        match ci.store.lease(&ci.request(10, crate::support::LONG)).await {
            Ok(leases) => assert!(leases.leased.is_empty(), "{column} = {value}"),
            Err(error) => assert!(!error.is_full(), "{error:?}"),
        }
        if column != "lane_mode" {
            let error = ci.store.list(&Filter::default(), None).await.unwrap_err();
            assert!(!cause(&error).is_empty(), "{column} = {value}");
        }
    }
}

#[tokio::test]
async fn an_unreadable_id_is_an_error() {
    let file = TestFile::new();
    let ci = file.open().await;
    ci.accept("one").await;
    file.raw().execute("UPDATE deliveries SET guid = 'two words'", []).unwrap();
    assert!(ci.store.lease(&ci.request(10, crate::support::LONG)).await.is_err());
    assert!(ci.store.list(&Filter::default(), None).await.is_err());
}
