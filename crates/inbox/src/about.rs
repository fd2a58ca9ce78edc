//! Which attempt the log and the metrics speak of.

use hookstead_handler::{Delivery, HandlerName};

/// The attempt that is spoken of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) delivery: &'a Delivery,
    pub(crate) handler: &'a HandlerName,
    pub(crate) run: u32,
    pub(crate) attempt: u32,
}
