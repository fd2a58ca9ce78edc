use std::collections::{HashMap, HashSet};

/// A delivery to the hook of a program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) program: &'static str,
    pub(crate) id: String,
}

/// What a delivery is.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) event: &'static str,
    /// What the handler of this name does in the end.
    pub(crate) then: (&'static str, &'static str),
    /// The handlers that do not take it.
    pub(crate) not: Vec<&'static str>,
}

/// What has become of what was sent so far.
#[derive(Default)]
pub(crate) struct Sent {
    /// By the id of the delivery.
    pub(crate) plans: HashMap<String, Plan>,
    pub(crate) accepted: HashSet<Key>,
    /// Nobody takes these.
    pub(crate) declined: HashSet<Key>,
    /// Nobody knows whether these are there: no answer came, or one that refuses.
    pub(crate) unsure: HashSet<Key>,
}
