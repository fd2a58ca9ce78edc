use serde_json::Value;

use super::Ended;

/// Fails unless this is the one thing that is not as it should be.
#[track_caller]
pub(crate) fn finds(ended: &Ended, result: &str, check: &str, text: &str, advice: &str) {
    let found: Value = serde_json::from_str(&ended.stdout).unwrap();
    let is_wrong = result == "wrong";
    assert_eq!(found["is_anything_wrong"], is_wrong, "{found:#}");
    assert_eq!(ended.status.code(), Some(i32::from(is_wrong)), "{ended:?}");
    let checks = found["checks"].as_array().unwrap();
    let bad: Vec<_> = checks.iter().filter(|it| it["result"] != "ok").collect();
    assert_eq!(bad.len(), 1, "{found:#}");
    assert_eq!((&bad[0]["result"], &bad[0]["check"]), (&result.into(), &check.into()));
    assert!(bad[0]["text"].as_str().unwrap().contains(text), "{:#}", bad[0]);
    assert!(bad[0]["advice"].as_str().unwrap().contains(advice), "{:#}", bad[0]);
}
