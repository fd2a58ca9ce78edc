//! One call, from the request to the answer: attempts, waits, GitHub's limits, pages, errors.
//!
//! `Core` is the settings of a client and the access of one token. `Core::send` is where to begin reading:
//! it repeats `Core::attempt`, which sends a request once.
//!
//! It leans on `identity`, which has the token, and on `transport`, which carries the bytes. It knows neither
//! `Client` nor any part of GitHub.

pub(crate) mod access;
pub(crate) mod answer;
pub(crate) mod attempt;
pub(crate) mod call;
pub(crate) mod core;
pub(crate) mod deadline;
pub(crate) mod decode;
pub(crate) mod decorated;
pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod error_body;
pub(crate) mod error_kind;
pub(crate) mod foreign;
pub(crate) mod items;
pub(crate) mod limiter;
pub(crate) mod link;
#[cfg(feature = "metrics")]
pub(crate) mod metrics;
pub(crate) mod next_page;
pub(crate) mod page;
pub(crate) mod path;
pub(crate) mod place;
pub(crate) mod rate_limit;
pub(crate) mod rate_limit_left;
pub(crate) mod rate_limit_policy;
pub(crate) mod request;
pub(crate) mod retry_policy;
pub(crate) mod send;
pub(crate) mod settings;
pub(crate) mod trail;

pub use endpoint::{Endpoint, Repetition};
pub use error::Error;
pub use error_body::ValidationError;
pub use items::Items;
pub use page::Page;
pub use rate_limit_left::RateLimitLeft;
pub use rate_limit_policy::RateLimitPolicy;
pub use request::Request;
pub use retry_policy::RetryPolicy;
