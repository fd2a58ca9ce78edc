use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::runner::order::Order;

/// What the server writes for the process of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Spec {
    /// Nothing else on this machine has this id: the processes of the run are known by it.
    pub(super) id: String,
    /// What is to run; without its secrets.
    pub(super) order: Order,
    /// Whether the secrets come by the process' stdin, as JSON.
    pub(super) has_secrets: bool,
    /// `PATH`, `HOME` and `LANG` of the server's user.
    pub(super) inherited: BTreeMap<String, String>,
    /// After how long without a follower the run is ended.
    pub(super) abandoned_after: Duration,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::runner::order::OrderStep;

    pub(in crate::runner::local) fn spec(workspace: &str) -> Spec {
        let inherited = [("PATH", "/usr/bin:/bin"), ("HOME", "/home/ci"), ("LANG", "C.UTF-8")];
        Spec {
            id: "id-of-the-run".to_owned(),
            order: Order::new(workspace, [OrderStep::shell("run", "true")]),
            has_secrets: false,
            inherited: inherited.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            abandoned_after: Duration::from_secs(600),
        }
    }

    #[test]
    fn no_secret_is_written() {
        let mut spec = spec("/work");
        spec.order.secrets.insert("KEY", "hunter2!");
        let json = serde_json::to_string(&spec).unwrap();
        assert!(!json.contains("hunter2!"), "{json}");
        let read: Spec = serde_json::from_str(&json).unwrap();
        assert!(read.order.secrets.is_empty());
        assert_eq!(read.order.steps, spec.order.steps);
    }
}
