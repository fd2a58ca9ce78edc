//! What an orchestrator asks a server: does it live, and is it ready?

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hookstead_inbox::{Depth, Health, Inbox, NameDepth, OldestReady, own_runtime};
use http::{Method, StatusCode};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::answer::Answer;
use crate::limits::Limits;
use crate::signatures::SignatureCounts;

const ALLOWED: &str = "GET, HEAD";

/// A delivery that was not accepted is a reason to probe at once, but no more often than this:
/// whatever arrives, the probes are no load.
const PAUSE_AFTER_PROBE: Duration = Duration::from_millis(250);

/// A probe takes no longer than accepting may take, and a look into the registry: so the finding is not
/// thrown away while the inbox is only slow. (Whoever lets accepting take longer gives up to it.)
const LONGEST_PROBE: Duration = Duration::from_secs(10);

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
    fn includes(self, peer: Option<IpAddr>) -> bool {
        match self {
            Self::Nobody => false,
            Self::Loopback => peer.is_some_and(|peer| peer.to_canonical().is_loopback()),
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

/// What a probe said.
struct Finding {
    at: Instant,
    /// Why the server is not ready, if it is not.
    reasons: Vec<Reason>,
    /// What somebody should know, and nobody could mend by sending deliveries elsewhere.
    warnings: Vec<String>,
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

    fn of_handlers(detailed: String) -> Self {
        Self { public: "not ready: deliveries are not handled", detailed }
    }
}

struct Count {
    at: Instant,
    depth: Depth,
}

impl Readiness {
    /// Starts to probe. `not_accepted` tells when a delivery was not.
    pub(crate) fn start(
        inbox: Inbox,
        limits: &Limits,
        details_for: DetailsFor,
        not_accepted: Arc<Notify>,
    ) -> Self {
        let (found, finding) = watch::channel(None);
        let (counted, count) = watch::channel(None);
        let mut background = JoinSet::new();
        let interval = limits.probe_interval;
        let (oldest_ready, oldest_snapshot) = (limits.oldest_ready, limits.oldest_snapshot);
        let probing = Probing { inbox: inbox.clone(), interval, oldest_ready, oldest_snapshot };
        // Twice as long as the next one may take to come.
        let lasts = 2 * (interval + LONGEST_PROBE + PAUSE_AFTER_PROBE);
        let runtime = own_runtime();
        background.spawn_on(probing.run(found, not_accepted), &runtime);
        if details_for != DetailsFor::Nobody {
            background.spawn_on(keep_counting(inbox, interval, counted), &runtime);
        }
        Self { details_for, finding, count, lasts, _background: background }
    }

    pub(crate) async fn answer(
        &self,
        method: &Method,
        peer: Option<IpAddr>,
        signatures: &SignatureCounts,
    ) -> Answer {
        if let Err(answer) = asked(method) {
            return answer;
        }
        let shows_details = self.details_for.includes(peer);
        let (mut lines, warnings) = self.found(shows_details).await;
        let is_ready = lines.is_empty();
        if is_ready {
            lines.push("ready".to_owned());
        }
        if shows_details {
            lines.extend(warnings);
            lines.extend(self.count.borrow().as_ref().map(Count::to_line));
            lines.push(signatures.to_string());
        }
        let text = lines.join("\n");
        if is_ready { Answer::new(StatusCode::OK, text) } else { Answer::unavailable(text) }
    }

    /// The reasons not to be ready, and the warnings.
    async fn found(&self, shows_details: bool) -> (Vec<String>, Vec<String>) {
        // Just started, there is none for a moment. It is an error when there never will be.
        let mut finding = self.finding.clone();
        let found = timeout(self.lasts, finding.wait_for(Option::is_some)).await;
        let in_words = |reason: &Reason| {
            if shows_details { reason.detailed.clone() } else { reason.public.to_owned() }
        };
        let found = found.ok().and_then(Result::ok);
        match found.as_deref().and_then(Option::as_ref) {
            Some(Finding { at, reasons, warnings }) if at.elapsed() < self.lasts => {
                (reasons.iter().map(in_words).collect(), warnings.clone())
            }
            _ => {
                let reason = Reason::of_inbox("not ready: the inbox is not probed".to_owned());
                (vec![in_words(&reason)], Vec::new())
            }
        }
    }
}

impl Count {
    fn to_line(&self) -> String {
        let sum = |of: fn(&NameDepth) -> u64| counted(self.depth.names.iter().map(of).sum());
        let (ready, blocked) = (sum(|name| name.ready), sum(|name| name.blocked));
        let (leased, delayed) = (sum(|name| name.leased), sum(|name| name.delayed));
        let (dead, age) = (counted(self.depth.dead), self.at.elapsed().as_secs());
        format!(
            "inbox: {ready} ready, {blocked} blocked, {leased} leased, {delayed} delayed, {dead} dead \
             ({age} s ago)"
        )
    }
}

/// A count, where counting stops at some number.
fn counted(count: u64) -> String {
    if count < Depth::MOST { count.to_string() } else { format!("{count}+") }
}

struct Probing {
    inbox: Inbox,
    interval: Duration,
    oldest_ready: Duration,
    oldest_snapshot: Duration,
}

/// What the log was told before, so that it is told once.
struct Before {
    was_ready: bool,
    was_snapshot_old: bool,
}

impl Probing {
    async fn run(self, found: watch::Sender<Option<Finding>>, not_accepted: Arc<Notify>) {
        let mut before = Before { was_ready: true, was_snapshot_old: false };
        loop {
            let at = Instant::now();
            let (reasons, warnings) = self.probe(&mut before).await;
            let is_ready = reasons.is_empty();
            match (before.was_ready, is_ready) {
                (true, false) => {
                    let reasons: Vec<&str> =
                        reasons.iter().map(|reason| reason.detailed.as_str()).collect();
                    tracing::error!(reasons = reasons.join("; "), "not ready");
                }
                (false, true) => tracing::info!("ready again"),
                _ => {}
            }
            before.was_ready = is_ready;
            found.send_replace(Some(Finding { at, reasons, warnings }));
            sleep(PAUSE_AFTER_PROBE.min(self.interval)).await;
            // Whether one delivery was not accepted because of itself, the next probe shows.
            let _ = timeout(self.interval, not_accepted.notified()).await;
        }
    }

    /// The reasons not to be ready, and the warnings.
    async fn probe(&self, before: &mut Before) -> (Vec<Reason>, Vec<String>) {
        match self.inbox.probe().await {
            Ok(health) => {
                let mut warnings = warnings(&health);
                let old = health.oldest_snapshot.filter(|age| *age > self.oldest_snapshot);
                if let Some(age) = old.map(|age| age.as_secs()) {
                    if !before.was_snapshot_old {
                        tracing::warn!(
                            held_for_seconds = age,
                            "somebody holds a snapshot of the inbox's database, which can clear nothing \
                             away meanwhile"
                        );
                    }
                    warnings.push(format!(
                        "warning: somebody has held a snapshot of the inbox's database for {age} s; it can \
                         clear nothing away"
                    ));
                }
                before.was_snapshot_old = old.is_some();
                (self.reasons(&health), warnings)
            }
            Err(error) => {
                // What the database said may name hosts and users: not for everybody. Once is enough.
                if before.was_ready {
                    tracing::error!(error = &error as &dyn Error, "the inbox does not accept");
                } else {
                    tracing::debug!(error = &error as &dyn Error, "the inbox does not accept");
                }
                (vec![Reason::of_inbox(format!("not ready: {error}"))], Vec::new())
            }
        }
    }

    /// Why what is accepted is not handled here. What other processes are for, they say themselves.
    fn reasons(&self, health: &Health) -> Vec<Reason> {
        let limit = self.oldest_ready.as_secs();
        let too_old = |oldest: &&OldestReady| oldest.is_own && oldest.ready_for > self.oldest_ready;
        let too_old = health.oldest.iter().filter(too_old).map(|oldest| {
            let (name, age) = (&oldest.name, oldest.ready_for.as_secs());
            format!("not ready: a task of {name} has been due for {age} s; the limit is {limit} s")
        });
        let held = health.held_pools.iter().map(|pool| {
            let name = pool.name.as_deref().map_or_else(String::new, |name| format!(" {name}"));
            let held_for = pool.held_for.as_secs();
            format!("not ready: all slots of the pool{name} are held, too long for {held_for} s")
        });
        too_old.chain(held).map(Reason::of_handlers).collect()
    }
}

/// What waits for names that nobody takes.
fn warnings(health: &Health) -> Vec<String> {
    let untaken = health.oldest.iter().filter(|oldest| !oldest.is_alive && !oldest.is_own);
    let in_words = untaken.map(|oldest| {
        let (name, age) = (&oldest.name, oldest.ready_for.as_secs());
        format!("warning: tasks wait for {name}, which no process has; the oldest for {age} s")
    });
    in_words.collect()
}

/// Counts what is shown as a detail.
async fn keep_counting(inbox: Inbox, interval: Duration, counted: watch::Sender<Option<Count>>) {
    loop {
        let at = Instant::now();
        match inbox.depth().await {
            Ok(depth) => {
                counted.send_replace(Some(Count { at, depth }));
            }
            // Whether it accepts is another question, and asked by others.
            Err(error) => tracing::debug!(error = &error as &dyn Error, "not counted"),
        }
        sleep(interval).await;
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
            let peer: Option<IpAddr> = address.parse().ok();
            assert!(peer.is_some());
            assert_eq!(DetailsFor::Loopback.includes(peer), is_here, "{address}");
            assert!(DetailsFor::Everybody.includes(peer) && !DetailsFor::Nobody.includes(peer));
        }
    }
}
