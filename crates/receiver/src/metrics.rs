//! What the receiver counts (feature `metrics`). The table of all names is in the documentation of
//! the crate `hookstead`.

use std::sync::Once;

use http::StatusCode;
use metrics::{counter, describe_counter};

const REQUESTS: &str = "hookstead_requests_total";
const SIGNATURE_FAILURES: &str = "hookstead_signature_failures_total";

/// Tells the recorder what the names mean, for people who read them there.
pub(crate) fn describe() {
    static DESCRIBED: Once = Once::new();
    DESCRIBED.call_once(|| {
        describe_counter!(REQUESTS, "Requests to the receiver by the status of the answer");
        describe_counter!(SIGNATURE_FAILURES, "Signatures missing, malformed or wrong");
    });
}

pub(crate) fn answered(status: StatusCode) {
    counter!(REQUESTS, "status" => status.as_str().to_owned()).increment(1);
}

pub(crate) fn signature_failed() {
    counter!(SIGNATURE_FAILURES).increment(1);
}
