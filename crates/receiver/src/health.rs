//! What an orchestrator asks a server: does it live, and is it ready?

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hookstead_inbox::{Depth, Inbox};
use http::{Method, StatusCode};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::answer::Answer;
use crate::{Limits, SignatureCounts};

const ALLOWED: &str = "GET, HEAD";

/// A delivery that was not accepted is a reason to probe at once, but no more often than this:
/// whatever arrives, the probes are no load.
const PAUSE_AFTER_PROBE: Duration = Duration::from_millis(250);

/// Counting an inbox takes longer the more there is in it. It takes at most so much of the time.
const SHARE_OF_COUNTING: u32 = 20;

/// A count is given up after so long: it would be old when it came.
const COUNT_DEADLINE: Duration = Duration::from_secs(60);

/// `/livez`: the process answers, so it lives.
pub(crate) fn live(method: &Method) -> Answer {
    asked(method).err().unwrap_or_else(|| Answer::new(StatusCode::OK, "alive"))
}

/// `/readyz` of a server that was asked to stop.
pub(crate) fn leaving(method: &Method) -> Answer {
    asked(method).err().unwrap_or_else(|| Answer::unavailable("not ready: about to stop"))
}

/// Who is shown more of a [`Server`](crate::Server)'s `/readyz` than whether it is ready: how much
/// there is in the inbox, how many signatures were wrong, and what is wrong in numbers. It helps an
/// operator, and tells a stranger how busy and how well somebody else is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DetailsFor {
    /// Nobody; the log has it all.
    #[default]
    Nobody,
    /// Who connects from this machine, by a loopback address. Not for servers behind a proxy on the
    /// same machine: through it, everybody does.
    Loopback,
    /// Everybody who reaches the server, for one that only friends reach.
    Everybody,
}

impl DetailsFor {
    fn includes(self, peer: IpAddr) -> bool {
        match self {
            Self::Nobody => false,
            Self::Loopback => peer.to_canonical().is_loopback(),
            Self::Everybody => true,
        }
    }
}

/// `/readyz`: deliveries are accepted and handled.
///
/// Whether they are is found out in the background, by [probes](Inbox::probe); who asks is told what
/// the last one said. So the answer takes no time, and asking is no work for the store.
pub(crate) struct Readiness {
    details_for: DetailsFor,
    finding: watch::Receiver<Option<Finding>>,
    count: watch::Receiver<Option<Count>>,
    /// A finding older than this is none.
    lasts: Duration,
    /// Ended when this is dropped.
    _background: JoinSet<()>,
}

/// What a probe said: why the server is not ready, if it is not.
struct Finding {
    at: Instant,
    reasons: Vec<Reason>,
}

struct Reason {
    /// For everybody.
    public: &'static str,
    /// For those who are shown details.
    detailed: String,
}

impl Reason {
    fn of_inbox(detailed: String) -> Self {
        Self { public: "not ready: the inbox does not accept", detailed }
    }
}

struct Count {
    at: Instant,
    depth: Depth,
}

impl Readiness {
    /// Starts to probe. `not_accepted` tells when a delivery was not.
    pub(crate) fn start(
        inbox: Arc<dyn Inbox>,
        limits: &Limits,
        details_for: DetailsFor,
        not_accepted: Arc<Notify>,
    ) -> Self {
        let (found, finding) = watch::channel(None);
        let (counted, count) = watch::channel(None);
        let mut background = JoinSet::new();
        let probing = Probing {
            inbox: Arc::clone(&inbox),
            interval: limits.probe_interval,
            // A store that takes longer to be probed would take longer to accept.
            deadline: limits.accept_deadline,
            oldest_ready: limits.oldest_ready,
        };
        // Twice as long as the next one may take to come.
        let lasts = 2 * (probing.interval + probing.deadline + PAUSE_AFTER_PROBE);
        background.spawn(probing.run(found, not_accepted));
        if details_for != DetailsFor::Nobody {
            background.spawn(keep_counting(inbox, limits.probe_interval, counted));
        }
        Self { details_for, finding, count, lasts, _background: background }
    }

    pub(crate) async fn answer(
        &self,
        method: &Method,
        peer: IpAddr,
        signatures: &SignatureCounts,
    ) -> Answer {
        if let Err(answer) = asked(method) {
            return answer;
        }
        let shows_details = self.details_for.includes(peer);
        let mut lines = self.reasons(shows_details).await;
        let is_ready = lines.is_empty();
        if is_ready {
            lines.push("ready".to_owned());
        }
        if shows_details {
            lines.extend(self.count.borrow().as_ref().map(Count::to_line));
            lines.push(signatures.to_string());
        }
        let text = lines.join("\n");
        if is_ready { Answer::new(StatusCode::OK, text) } else { Answer::unavailable(text) }
    }

    async fn reasons(&self, shows_details: bool) -> Vec<String> {
        // Just started, there is none for a moment. It is an error when there never will be.
        let mut finding = self.finding.clone();
        let found = timeout(self.lasts, finding.wait_for(Option::is_some)).await;
        let of_probe = |reason: &Reason| {
            if shows_details { reason.detailed.clone() } else { reason.public.to_owned() }
        };
        let found = found.ok().and_then(Result::ok);
        match found.as_deref().and_then(Option::as_ref) {
            Some(Finding { at, reasons }) if at.elapsed() < self.lasts => {
                reasons.iter().map(of_probe).collect()
            }
            _ => vec![of_probe(&Reason::of_inbox("not ready: the inbox is not probed".to_owned()))],
        }
    }
}

impl Count {
    fn to_line(&self) -> String {
        let Depth { ready, blocked, leased, delayed, dead, .. } = self.depth;
        let age = self.at.elapsed().as_secs();
        format!(
            "inbox: {ready} ready, {blocked} blocked, {leased} leased, {delayed} delayed, {dead} dead \
             ({age} s ago)"
        )
    }
}

struct Probing {
    inbox: Arc<dyn Inbox>,
    interval: Duration,
    deadline: Duration,
    oldest_ready: Duration,
}

impl Probing {
    async fn run(self, found: watch::Sender<Option<Finding>>, not_accepted: Arc<Notify>) {
        let mut was_ready = true;
        loop {
            let at = Instant::now();
            let reasons = self.probe(was_ready).await;
            let is_ready = reasons.is_empty();
            match (was_ready, is_ready) {
                (true, false) => {
                    let reasons: Vec<&str> =
                        reasons.iter().map(|reason| reason.detailed.as_str()).collect();
                    tracing::error!(reasons = reasons.join("; "), "not ready");
                }
                (false, true) => tracing::info!("ready again"),
                _ => {}
            }
            was_ready = is_ready;
            found.send_replace(Some(Finding { at, reasons }));
            sleep(PAUSE_AFTER_PROBE.min(self.interval)).await;
            // Whether one delivery was not accepted because of itself, the next probe shows.
            let _ = timeout(self.interval, not_accepted.notified()).await;
        }
    }

    async fn probe(&self, was_ready: bool) -> Vec<Reason> {
        let probe = match timeout(self.deadline, self.inbox.probe()).await {
            Ok(Ok(probe)) => probe,
            Ok(Err(error)) => {
                // What the database said may name hosts and users: not for everybody. Once is enough.
                if was_ready {
                    tracing::error!(error = &error as &dyn Error, "the inbox does not accept");
                } else {
                    tracing::debug!(error = &error as &dyn Error, "the inbox does not accept");
                }
                return vec![Reason::of_inbox(format!("not ready: {error}"))];
            }
            Err(_) => {
                let seconds = self.deadline.as_secs_f64();
                let reason = format!("not ready: the inbox did not answer within {seconds} s");
                return vec![Reason::of_inbox(reason)];
            }
        };
        let too_old = probe.oldest_ready.filter(|age| *age > self.oldest_ready);
        let reason = too_old.map(|age| Reason {
            public: "not ready: deliveries are not handled",
            detailed: format!(
                "not ready: a delivery has been waiting to be handled for {} s; the limit is {} s",
                age.as_secs(),
                self.oldest_ready.as_secs()
            ),
        });
        reason.into_iter().collect()
    }
}

/// Counts what is shown as a detail, at a pace that the size of the inbox decides.
async fn keep_counting(
    inbox: Arc<dyn Inbox>,
    interval: Duration,
    counted: watch::Sender<Option<Count>>,
) {
    loop {
        let at = Instant::now();
        match timeout(COUNT_DEADLINE, inbox.depth()).await {
            Ok(Ok(depth)) => {
                counted.send_replace(Some(Count { at, depth }));
            }
            // Whether it accepts is another question, and asked by others.
            Ok(Err(error)) => tracing::debug!(error = &error as &dyn Error, "not counted"),
            Err(_) => tracing::debug!("not counted within {COUNT_DEADLINE:?}"),
        }
        sleep(interval.max(SHARE_OF_COUNTING * at.elapsed())).await;
    }
}

fn asked(method: &Method) -> Result<(), Answer> {
    match *method {
        Method::GET | Method::HEAD => Ok(()),
        _ => Err(Answer::method_not_allowed(ALLOWED)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_where_loopback_addresses_come_from() {
        for (address, is_here) in [
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("0.0.0.0", false),
            ("fe80::1", false),
        ] {
            let peer: IpAddr = address.parse().unwrap();
            assert_eq!(DetailsFor::Loopback.includes(peer), is_here, "{address}");
            assert!(DetailsFor::Everybody.includes(peer) && !DetailsFor::Nobody.includes(peer));
        }
    }
}
