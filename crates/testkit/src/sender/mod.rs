//! Deliveries by hand, to a server that is no hook of a fake.

mod answer;
mod error;
mod sender;

pub use answer::Answer;
pub use error::{InvalidUrl, SendError};
pub use sender::Sender;
