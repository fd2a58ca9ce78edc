//! What the client counts (feature `metrics`). The table of all names is in the documentation of the
//! crate `hookstead`.

use std::sync::Once;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics::{gauge, histogram};

const CALLS: &str = "hookstead_client_calls_total";
const CALLING: &str = "hookstead_client_call_seconds";
const RETRIES: &str = "hookstead_client_retries_total";
const REMAINING: &str = "hookstead_client_rate_limit_remaining";

/// The limits that GitHub names. What others name is `other`, so that nobody can make up labels without end.
const RESOURCES: &[&str] = &[
    "core",
    "search",
    "code_search",
    "graphql",
    "integration_manifest",
    "source_import",
    "code_scanning_upload",
    "code_scanning_autofix",
    "actions_runner_registration",
    "scim",
    "dependency_snapshots",
    "dependency_sbom",
    "audit_log",
    "audit_log_streaming",
];

/// Tells the recorder what the names mean, for people who read them there.
fn describe() {
    static DESCRIBED: Once = Once::new();
    DESCRIBED.call_once(|| {
        describe_counter!(CALLS, "Calls to GitHub by method and by the status of the last answer");
        describe_histogram!(
            CALLING,
            Unit::Seconds,
            "How long a call took, waits and retries included"
        );
        describe_counter!(RETRIES, "Requests that were sent again, by the reason");
        describe_gauge!(REMAINING, "How many requests GitHub's limit leaves, as last told");
    });
}

/// A call has ended: with this status, or without an answer.
pub(crate) fn called(method: &Method, status: Option<StatusCode>, took: Duration) {
    describe();
    let status = status.map_or_else(|| "none".to_owned(), |status| status.as_str().to_owned());
    let method = method.as_str().to_owned();
    counter!(CALLS, "method" => method.clone(), "status" => status).increment(1);
    histogram!(CALLING, "method" => method).record(took.as_secs_f64());
}

/// A request is to be sent again.
pub(crate) fn sent_again(because: &'static str) {
    counter!(RETRIES, "because" => because).increment(1);
}

/// What an answer says of the limit.
pub(crate) fn limit(headers: &HeaderMap) {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let Some(remaining) =
        text("x-ratelimit-remaining").and_then(|it| it.trim().parse::<u32>().ok())
    else {
        return;
    };
    let named = text("x-ratelimit-resource").unwrap_or("core");
    let resource = RESOURCES.iter().find(|it| **it == named).copied().unwrap_or("other");
    gauge!(REMAINING, "resource" => resource).set(f64::from(remaining));
}
