//! What an orchestrator asks a server: does it live, and is it ready?

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hookstead_inbox::{Depth, Inbox};
use http::{Method, StatusCode};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::answer::Answer;
use crate::{Limits, SignatureCounts};

const ALLOWED: &str = "GET, HEAD";

/// What the store said is repeated for so long. Anybody may ask for `/readyz`, as often as they
/// like; counting a large inbox is work.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// `/livez`: the process answers, so it lives.
pub(crate) fn live(method: &Method) -> Answer {
    asked(method).err().unwrap_or_else(|| Answer::new(StatusCode::OK, "alive"))
}

/// `/readyz` of a server that was asked to stop.
pub(crate) fn leaving(method: &Method) -> Answer {
    asked(method).err().unwrap_or_else(|| Answer::unavailable("not ready: about to stop"))
}

/// `/readyz`: deliveries are accepted and handled.
pub(crate) struct Readiness {
    inbox: Arc<dyn Inbox>,
    deadline: Duration,
    oldest_ready: Duration,
    /// Held while the store is asked, so that it is asked once for all who want to know.
    last: Mutex<Option<(Instant, Finding)>>,
}

/// What the store said: how much there is, and why the server is not ready.
#[derive(Clone, Default)]
struct Finding {
    depth: Option<Depth>,
    reasons: Vec<String>,
}

impl Readiness {
    pub(crate) fn new(inbox: Arc<dyn Inbox>, limits: &Limits) -> Self {
        Self {
            inbox,
            // A store that takes longer to count would take longer to accept.
            deadline: limits.accept_deadline,
            oldest_ready: limits.oldest_ready,
            last: Mutex::new(None),
        }
    }

    pub(crate) async fn answer(&self, method: &Method, signatures: &SignatureCounts) -> Answer {
        if let Err(answer) = asked(method) {
            return answer;
        }
        let Finding { depth, reasons } = self.finding().await;
        let mut lines = reasons.clone();
        if reasons.is_empty() {
            lines.push("ready".to_owned());
        }
        lines.extend(depth.map(|depth| {
            let Depth { ready, blocked, leased, delayed, dead, .. } = depth;
            format!(
                "inbox: {ready} ready, {blocked} blocked, {leased} leased, {delayed} delayed, \
                 {dead} dead"
            )
        }));
        lines.push(signatures.to_string());
        let text = lines.join("\n");
        if reasons.is_empty() {
            Answer::new(StatusCode::OK, text)
        } else {
            Answer::unavailable(text)
        }
    }

    async fn finding(&self) -> Finding {
        let mut last = self.last.lock().await;
        if let Some((at, finding)) = &*last
            && at.elapsed() < KEPT_FOR
        {
            return finding.clone();
        }
        let finding = self.look().await;
        let was_ready = last.as_ref().is_none_or(|(_, before)| before.reasons.is_empty());
        match (was_ready, finding.reasons.is_empty()) {
            (true, false) => tracing::error!(reasons = finding.reasons.join("; "), "not ready"),
            (false, true) => tracing::info!("ready again"),
            _ => {}
        }
        *last = Some((Instant::now(), finding.clone()));
        finding
    }

    async fn look(&self) -> Finding {
        let depth = match timeout(self.deadline, self.inbox.depth()).await {
            Ok(Ok(depth)) => depth,
            Ok(Err(error)) => {
                // What the database said may name hosts and users: not for everybody.
                tracing::warn!(error = &error as &dyn Error, "the inbox fails");
                return Finding { depth: None, reasons: vec![format!("not ready: {error}")] };
            }
            Err(_) => {
                let seconds = self.deadline.as_secs_f64();
                let reason = format!("not ready: the inbox did not answer within {seconds} s");
                return Finding { depth: None, reasons: vec![reason] };
            }
        };
        let mut reasons = Vec::new();
        if let Some(age) = depth.oldest_ready
            && age > self.oldest_ready
        {
            let (age, limit) = (age.as_secs(), self.oldest_ready.as_secs());
            reasons.push(format!(
                "not ready: a delivery has been waiting to be handled for {age} s; the limit is \
                 {limit} s"
            ));
        }
        Finding { depth: Some(depth), reasons }
    }
}

fn asked(method: &Method) -> Result<(), Answer> {
    match *method {
        Method::GET | Method::HEAD => Ok(()),
        _ => Err(Answer::method_not_allowed(ALLOWED)),
    }
}
