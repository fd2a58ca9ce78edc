//! What an orchestrator asks a server: does it live, and is it ready?

use hookstead_inbox::Inbox;
use http::{Method, StatusCode};

use crate::answer::Answer;

const ALLOWED: &str = "GET, HEAD";

/// `/livez`: the process answers, so it lives.
pub(crate) fn live(method: &Method) -> Answer {
    asked(method).err().unwrap_or_else(|| Answer::new(StatusCode::OK, "alive"))
}

/// `/readyz`: deliveries can be accepted, for the inbox answers too.
pub(crate) async fn ready(method: &Method, inbox: &dyn Inbox) -> Answer {
    if let Err(answer) = asked(method) {
        return answer;
    }
    match inbox.depth().await {
        Ok(depth) => Answer::new(
            StatusCode::OK,
            format!("ready: {} ready, {} leased, {} dead", depth.ready, depth.leased, depth.dead),
        ),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "not ready");
            Answer::unavailable("the inbox is down")
        }
    }
}

fn asked(method: &Method) -> Result<(), Answer> {
    match *method {
        Method::GET | Method::HEAD => Ok(()),
        _ => Err(Answer::method_not_allowed(ALLOWED)),
    }
}
