//! What the receiver counts (feature `metrics`). The table of all names is in the documentation of
//! the crate `hookstead`.

use std::sync::Once;

use http::StatusCode;
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use tokio::time::Instant;

const REQUESTS: &str = "hookstead_requests_total";
const SIGNATURE_FAILURES: &str = "hookstead_signature_failures_total";
const ACCEPT: &str = "hookstead_accept_seconds";

/// Tells the recorder what the names mean, for people who read them there.
pub(crate) fn describe() {
    static DESCRIBED: Once = Once::new();
    DESCRIBED.call_once(|| {
        describe_counter!(REQUESTS, "Requests to the receiver by the status of the answer");
        describe_counter!(SIGNATURE_FAILURES, "Signatures missing, malformed or wrong");
        describe_histogram!(ACCEPT, Unit::Seconds, "How long the inbox took to accept a delivery");
    });
}

pub(crate) fn answered(status: StatusCode) {
    counter!(REQUESTS, "status" => status.as_str().to_owned()).increment(1);
}

pub(crate) fn signature_failed() {
    counter!(SIGNATURE_FAILURES).increment(1);
}

/// The time that the inbox takes, until dropped: also when it fails or is given up.
pub(crate) struct Accepting(Instant);

impl Accepting {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Drop for Accepting {
    fn drop(&mut self) {
        histogram!(ACCEPT).record(self.0.elapsed());
    }
}
