use std::collections::HashMap;
use std::rc::Rc;

use crate::store::registry::TakerId;

/// A taker with its handler.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taker {
    pub(super) taker: TakerId,
    pub(super) handler: i64,
}

/// What one transaction has read of the registry. Nobody else changes it meanwhile, and the deliveries that
/// share a transaction ask for the same.
#[derive(Default)]
pub(super) struct KnownTakers {
    pub(super) handlers: HashMap<TakerId, i64>,
    /// By program and event.
    pub(super) alive: HashMap<(String, String), Rc<[Taker]>>,
}
