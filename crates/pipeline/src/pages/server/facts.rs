use std::time::Duration;

use hookstead::client::RateLimitLeft;
use hookstead::receiver::SignatureCounts;
use hookstead::types::Timestamp;
use http::Extensions;
use serde::Serialize;

use crate::build::Hub;
use crate::journal::{BuildFilter, JournalEntry, JournalError};
use crate::pages::view::View;
use crate::record::BuildState;

/// Builds that have not ended are counted up to so many.
const MOST_AT_WORK: u32 = 10_000;

/// A machine that was not heard of for a day is none that builds.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// So many entries of what was put right are shown.
const SHOWN_REPAIRS: u32 = 10;

/// What the page and its JSON tell.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    pub(super) version: &'static str,
    /// The machine that answers.
    pub(super) machine: String,
    pub(super) queue: Queue,
    pub(super) pool: Pool,
    pub(super) machines: Vec<Machine>,
    /// `null` while the inbox does not answer.
    pub(super) inbox: Option<Inbox>,
    pub(super) store: Store,
    pub(super) hook: Hook,
    pub(super) github: GitHub,
    pub(super) config: Config,
    /// What was put right last, the latest first.
    pub(super) repairs: Vec<JournalEntry>,
}

/// Builds that have not ended, on all machines.
#[derive(Debug, Serialize)]
pub(super) struct Queue {
    pub(super) waiting: usize,
    pub(super) queued: usize,
    pub(super) running: usize,
    pub(super) oldest_queued_at: Option<Timestamp>,
}

/// The slots for builds of the machine that answers.
#[derive(Debug, Serialize)]
pub(super) struct Pool {
    pub(super) builds: usize,
    pub(super) running: usize,
    pub(super) free: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Machine {
    pub(super) name: String,
    pub(super) seen_at: Timestamp,
    pub(super) running: u64,
}

/// Tasks of the inbox, each counted up to ten thousand.
#[derive(Debug, Serialize)]
pub(super) struct Inbox {
    pub(super) ready: u64,
    pub(super) leased: u64,
    pub(super) delayed: u64,
    pub(super) blocked: u64,
    pub(super) dead: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Store {
    /// `sqlite` or `postgres`.
    pub(super) kind: &'static str,
    pub(super) disks: Vec<Disk>,
}

#[derive(Debug, Serialize)]
pub(super) struct Disk {
    /// `work` or `database`.
    pub(super) holds: &'static str,
    pub(super) free: u64,
    pub(super) total: u64,
    /// No build begins while less is free.
    pub(super) reserve: u64,
}

/// What of GitHub's hook is known. Signatures are those that this server has seen since it started.
#[derive(Debug, Serialize)]
pub(super) struct Hook {
    pub(super) path: String,
    pub(super) last_delivery: Option<JournalEntry>,
    pub(super) verified: u64,
    pub(super) last_verified_at: Option<Timestamp>,
    pub(super) refused: u64,
    pub(super) last_refused_at: Option<Timestamp>,
    /// So many were refused since the last good one: a secret that was changed on one side.
    pub(super) refused_since_verified: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct GitHub {
    pub(super) writes_within_an_hour: u64,
    pub(super) writes_allowed: u64,
    /// What GitHub leaves of its limits, as it said last.
    pub(super) limits: Vec<Limit>,
}

#[derive(Debug, Serialize)]
pub(super) struct Limit {
    pub(super) resource: String,
    pub(super) remaining: u32,
    pub(super) limit: Option<u32>,
    pub(super) resets_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
pub(super) struct Config {
    pub(super) read_at: Timestamp,
    /// Whether it had a mistake then, so that the one before stays.
    pub(super) has_mistake: bool,
    /// What is wrong, for whoever is signed in.
    pub(super) mistake: Option<String>,
    /// What it asks for and this version cannot do, each as a key and what becomes of it.
    pub(super) left_out: Vec<String>,
}

pub(super) async fn gather(
    view: &View<'_>,
    extensions: &Extensions,
) -> Result<Facts, JournalError> {
    let pipeline = view.pipeline;
    let (journal, current) = (pipeline.journal(), pipeline.current());
    let at_work = journal.builds(&BuildFilter::AtWork, None, MOST_AT_WORK).await?;
    let count = |state| at_work.iter().filter(|build| build.state == state).count();
    let here = pipeline.machine().name();
    let is_here = |machine: &Option<String>| machine.as_deref() == Some(here);
    let running = at_work
        .iter()
        .filter(|build| build.state == BuildState::Running && is_here(&build.machine))
        .count();
    // They come with the latest first.
    let oldest = at_work.iter().rev().find(|build| build.state == BuildState::Queued);
    let builds = current.config.pools.builds;
    let machines = journal.machines(FORGOTTEN).await?.into_iter();
    let machines =
        machines.map(|it| Machine { name: it.name, seen_at: it.seen_at, running: it.running });
    let signatures = extensions.get::<SignatureCounts>().cloned().unwrap_or_default();
    let (writes, allowed) = pipeline.writes();
    let reading = pipeline.last_reading();
    let signed_in = view.viewer.is_signed_in();
    let notices = current.config.notices.iter();
    Ok(Facts {
        version: env!("CARGO_PKG_VERSION"),
        machine: here.to_owned(),
        queue: Queue {
            waiting: count(BuildState::Waiting),
            queued: count(BuildState::Queued),
            running: count(BuildState::Running),
            oldest_queued_at: oldest.map(|build| build.queued_at.clone()),
        },
        pool: Pool { builds, running, free: builds.saturating_sub(running) },
        machines: machines.collect(),
        inbox: inbox(view).await,
        store: store(view),
        hook: Hook {
            path: current.config.hook_path.clone(),
            last_delivery: journal.last_delivery().await?,
            verified: signatures.verified,
            last_verified_at: signatures.last_verified,
            refused: signatures.failed,
            last_refused_at: signatures.last_failed,
            refused_since_verified: signatures.failed_since_verified,
        },
        github: GitHub {
            writes_within_an_hour: writes,
            writes_allowed: allowed,
            limits: limits(&current.hub),
        },
        config: Config {
            read_at: reading.at,
            has_mistake: reading.error.is_some(),
            mistake: reading.error.filter(|_| signed_in),
            left_out: notices.map(|it| format!("{} {}", it.key, it.text)).collect(),
        },
        repairs: journal.last_repairs(SHOWN_REPAIRS).await?,
    })
}

fn limits(hub: &Hub) -> Vec<Limit> {
    let limit = |left: RateLimitLeft| Limit {
        resource: left.resource,
        remaining: left.remaining,
        limit: left.limit,
        resets_at: left.resets_at,
    };
    hub.rate_limits_left().into_iter().map(limit).collect()
}

async fn inbox(view: &View<'_>) -> Option<Inbox> {
    let depth = match view.pipeline.inbox().depth().await {
        Ok(depth) => depth,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the inbox does not say how full it is");
            return None;
        }
    };
    let mut all = Inbox { ready: 0, leased: 0, delayed: 0, blocked: 0, dead: depth.dead };
    for name in &depth.names {
        all.ready += name.ready;
        all.leased += name.leased;
        all.delayed += name.delayed;
        all.blocked += name.blocked;
    }
    Some(all)
}

fn store(view: &View<'_>) -> Store {
    let journal = view.pipeline.journal();
    let kind = if journal.is_shared_by_machines() { "postgres" } else { "sqlite" };
    let disks = journal.disks(&view.pipeline.current().config.work).unwrap_or_else(|error| {
        tracing::warn!(%error, "a disk does not say how full it is");
        Vec::new()
    });
    let disk = |disk: crate::journal::DiskSpace| Disk {
        holds: if disk.is_of_database { "database" } else { "work" },
        free: disk.free,
        total: disk.total,
        reserve: disk.reserve,
    };
    Store { kind, disks: disks.into_iter().map(disk).collect() }
}
