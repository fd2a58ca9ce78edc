use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::activity::{Activity, Awaited, Waiting};

/// At the limit, a peer may take so long for what is awaited of it, before its connection has to make
/// room for a new one. While the crowd goes on pressing this is halved, down to the second.
const PATIENCE: Duration = Duration::from_secs(1);
const LEAST_PATIENCE: Duration = Duration::from_millis(10);

/// While connections are waiting to be let in, patience is thought over so often.
const THOUGHT_OVER: Duration = Duration::from_millis(50);

/// So large a part of all connections makes room at once, so that it is not looked for again for
/// each new one.
const BATCH: usize = 64;

/// Patience comes back when nobody had to go for so long.
const CALM: Duration = Duration::from_secs(5);

/// The connections that are open, at most so many. A new one is always let in: at the limit, the one
/// that is needed least has to go. That is, in this order,
///
/// 1. one that is closing anyway;
/// 2. one on which somebody looks at a page: of the peer that has most, the one that has done so longest;
/// 3. while at most half of them never had a good delivery, one that was useful, and has been waiting
///    longest for another request;
/// 4. one on which no good delivery ever came: of the peer that has most of those, the one that
///    has kept us waiting longest.
///
/// One that waits for *us* never has to. So whoever opens thousands of connections and says
/// little gets in nobody's way but their own.
#[derive(Debug)]
pub(crate) struct Connections {
    most: usize,
    open: Mutex<Open>,
    /// One has ended.
    ended: Notify,
}

#[derive(Debug)]
struct Open {
    next: u64,
    all: HashMap<u64, Arc<Activity>>,
    /// Those that were told to go, and have not gone yet.
    leaving: usize,
    /// How many connections of each peer never were useful.
    useless: HashMap<IpAddr, usize>,
    pressure: Pressure,
}

#[derive(Debug)]
struct Pressure {
    patience: Duration,
    /// Since when the present patience is thought over.
    since: Instant,
    /// So many connections ended by themselves since, and so many had to go.
    ended: usize,
    evicted: usize,
    last_eviction: Instant,
}

impl Connections {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        let now = Instant::now();
        let pressure =
            Pressure { patience: PATIENCE, since: now, ended: 0, evicted: 0, last_eviction: now };
        let open =
            Open { next: 0, all: HashMap::new(), leaving: 0, useless: HashMap::new(), pressure };
        Arc::new(Self { most: most.max(1), open: Mutex::new(open), ended: Notify::new() })
    }

    /// Lets a connection in, once there is room for it. Returns also how many had to go for it.
    pub(crate) async fn admit(self: &Arc<Self>, address: IpAddr) -> (Admitted, usize) {
        let mut gone = 0;
        loop {
            let mut ended = pin!(self.ended.notified());
            // From here on no end is missed.
            ended.as_mut().enable();
            let think_again = {
                let mut open = self.lock();
                // Those that leave still take a descriptor each.
                let crowded = open.all.len() > self.most + self.most / 8;
                if open.all.len() - open.leaving < self.most && !crowded {
                    open.calm_down();
                    return (self.enter(&mut open, address), gone);
                }
                let patience = open.pressure.patience;
                let evicted = if crowded { 0 } else { open.evict(patience, 1 + self.most / BATCH) };
                gone += evicted;
                if evicted > 0 {
                    continue;
                }
                open.think_over()
            };
            timeout_at(think_again, ended).await.unwrap_or_default();
        }
    }

    /// The system has no room for another connection: makes some. `false` if nobody can go.
    pub(crate) fn make_room(&self) -> bool {
        self.lock().evict(Duration::ZERO, 1 + self.most / BATCH) > 0
    }

    fn enter(self: &Arc<Self>, open: &mut Open, address: IpAddr) -> Admitted {
        let peer = peer(address);
        let id = open.next;
        open.next += 1;
        let activity = Arc::new(Activity::new(address, peer));
        open.all.insert(id, Arc::clone(&activity));
        *open.useless.entry(peer).or_default() += 1;
        Admitted { id, activity, connections: Arc::clone(self) }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // Every change is whole.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Tells those that are needed least to go, at most so many, if they have kept us waiting for so
    /// long. Returns how many.
    fn evict(&mut self, patience: Duration, at_most: usize) -> usize {
        let useless: usize = self.useless.values().sum();
        // Else it is those who were useful that there are too many of. Then a new one is most likely
        // one of them, too, and must not go before it has spoken.
        let is_crowd = useless > self.all.len() / 2;
        let candidates = self.all.iter().filter_map(|(id, activity)| {
            let Waiting { awaited, since, is_useful, is_evicted } = activity.waiting()?;
            // A crowd goes alone, also while all of it is at work for a moment.
            let is_page = matches!(awaited, Awaited::Page | Awaited::Stream);
            let is_least = is_page || awaited == Awaited::Close;
            if is_evicted || (is_useful && is_crowd && !is_least) {
                return None;
            }
            let crowd = self.useless.get(&activity.peer).copied().unwrap_or_default();
            // Whoever has had an answer, or is leaving, loses nothing.
            let has_answer = matches!(awaited, Awaited::Next | Awaited::Close | Awaited::Stream);
            let loses = !has_answer || (is_useful && !is_page);
            let is_closing = awaited == Awaited::Close;
            let needed_least =
                (!is_closing, !is_page, !is_useful || is_page, usize::MAX - crowd, since);
            Some((needed_least, *id, loses))
        });
        let mut candidates: Vec<_> = candidates.collect();
        candidates.sort_unstable();
        let now = Instant::now();
        let go = candidates
            .into_iter()
            .take_while(|((.., since), _, loses)| !loses || now.duration_since(*since) >= patience)
            .take(at_most);
        let mut evicted = 0;
        for (_, id, _) in go {
            evicted += usize::from(self.all.get(&id).is_some_and(|activity| activity.evict()));
        }
        if evicted > 0 {
            self.leaving += evicted;
            self.pressure.evicted += evicted;
            self.pressure.last_eviction = now;
        }
        evicted
    }

    /// Halves the patience where a crowd presses. Returns when to think again.
    fn think_over(&mut self) -> Instant {
        let now = Instant::now();
        let pressure = &mut self.pressure;
        let passed = now.duration_since(pressure.since);
        if passed >= THOUGHT_OVER {
            // If more end by themselves than have to go, there is just much to do. And what is longer
            // ago was no crowd at all; one that comes now gets its time from now.
            if passed < 2 * THOUGHT_OVER && pressure.ended <= pressure.evicted {
                pressure.patience = (pressure.patience / 2).max(LEAST_PATIENCE);
            }
            (pressure.since, pressure.ended, pressure.evicted) = (now, 0, 0);
        }
        now + pressure.patience.min(THOUGHT_OVER)
    }

    fn calm_down(&mut self) {
        if self.pressure.last_eviction.elapsed() > CALM {
            self.pressure.patience = PATIENCE;
        }
    }
}

/// A connection that was let in; its place is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    id: u64,
    pub(crate) activity: Arc<Activity>,
    connections: Arc<Connections>,
}

impl Admitted {
    /// It was told to go when it was no longer waited for, and does not.
    pub(crate) fn stays(&self) {
        let mut open = self.connections.lock();
        if self.activity.is_evicted() {
            self.activity.stays();
            open.leaving -= 1;
        }
    }

    /// Its first good delivery came.
    pub(crate) fn is_useful(&self) {
        self.connections.lock().no_longer_useless(self.activity.peer);
    }
}

impl Open {
    fn no_longer_useless(&mut self, peer: IpAddr) {
        if let Some(count) = self.useless.get_mut(&peer) {
            *count -= 1;
            if *count == 0 {
                self.useless.remove(&peer);
            }
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        open.all.remove(&self.id);
        if self.activity.is_evicted() {
            open.leaving -= 1;
        } else {
            open.pressure.ended += 1;
        }
        if !self.activity.is_useful() {
            open.no_longer_useless(self.activity.peer);
        }
        drop(open);
        self.connections.ended.notify_waiters();
    }
}

/// Whom an address belongs to. Whoever has one IPv6 address usually has 2^64 of them.
fn peer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}
