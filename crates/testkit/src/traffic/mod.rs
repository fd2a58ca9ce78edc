//! What goes between a fake and the programs under test: what they asked, what was delivered, and what
//! is to go wrong.

pub(crate) mod deliveries;
pub(crate) mod delivery;
pub(crate) mod fault;
pub(crate) mod mount;
pub(crate) mod pattern;
pub(crate) mod request;
pub(crate) mod route;

pub use delivery::RecordedDelivery;
pub use fault::Fault;
pub use request::RecordedRequest;
pub use route::{RouteAnswer, RouteRequest};
