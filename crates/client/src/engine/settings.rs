use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method};

use crate::engine::place::Place;
use crate::engine::rate_limit_policy::RateLimitPolicy;
use crate::engine::retry_policy::RetryPolicy;
use crate::transport::base_url::BaseUrl;
use crate::transport::transport::Transport;

/// What a client is made of.
pub(crate) struct Settings {
    pub(crate) base: BaseUrl,
    /// The base URL, and the proxy on the way, for errors.
    pub(crate) destination: String,
    pub(crate) user_agent: HeaderValue,
    pub(crate) api_version: HeaderValue,
    pub(crate) deadline: Duration,
    pub(crate) attempt_deadline: Duration,
    pub(crate) retries: RetryPolicy,
    pub(crate) rate_limits: RateLimitPolicy,
    pub(crate) max_response_bytes: usize,
    pub(crate) max_redirects: u32,
    pub(crate) max_pages: usize,
    pub(crate) transport: Arc<dyn Transport>,
}

impl Settings {
    /// Where a call goes, for errors.
    pub(crate) fn place(&self, method: &Method, url: &str) -> Place {
        Place::new(method, url, self.base.doubt())
    }
}
