use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::limits::SignInLimits;

/// At most so many addresses are remembered. Beyond that only the limit of all together counts.
const MOST_PEERS: usize = 1_024;

/// At most so many addresses are remembered that gave the right token.
const MOST_TRUSTED: usize = 64;

/// Counts who was wrong about the admin's token.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    /// Until when the wrong tokens of an address weigh.
    peers: HashMap<IpAddr, Instant>,
    /// And those of all.
    all: Option<Instant>,
    /// Addresses that gave the right token, and when.
    trusted: HashMap<IpAddr, Instant>,
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The token is right.
    Right,
    /// It is wrong.
    Wrong,
    /// It was not looked at: another may be made after this time.
    TooMany(Duration),
}

impl Attempts {
    /// Looks at a token, if this address may still try. While it is looked at nobody else tries, so that many attempts at once
    /// are not more than many in a row.
    pub(super) fn make(
        &self,
        limits: &SignInLimits,
        peer: IpAddr,
        now: Instant,
        is_right: impl FnOnce() -> bool,
    ) -> Attempt {
        let peer = network_of(peer);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let Counted { peers, all, trusted } = &mut *counted;
        trusted.retain(|_, since| now.duration_since(*since) < limits.lifetime);
        let is_trusted = trusted.contains_key(&peer);
        let of_peer =
            wait(peers.get(&peer).copied(), now, limits.wrong_of_peer, limits.pause_of_peer);
        let of_all = match is_trusted {
            true => Duration::ZERO,
            false => wait(*all, now, limits.wrong_of_all, limits.pause_of_all),
        };
        let wait = of_peer.max(of_all);
        if !wait.is_zero() {
            return Attempt::TooMany(wait);
        }
        if is_right() {
            peers.remove(&peer);
            if trusted.len() < MOST_TRUSTED || is_trusted {
                trusted.insert(peer, now);
            }
            return Attempt::Right;
        }
        if peers.len() >= MOST_PEERS {
            peers.retain(|_, until| *until > now);
        }
        if peers.len() < MOST_PEERS || peers.contains_key(&peer) {
            let until = peers.get(&peer).copied().unwrap_or(now).max(now);
            peers.insert(peer, later(until, limits.pause_of_peer));
        }
        if !is_trusted {
            *all = Some(later(all.unwrap_or(now).max(now), limits.pause_of_all));
        }
        Attempt::Wrong
    }
}

/// How long one waits, of whom wrong tokens weigh until then: each weighs as long as a pause.
fn wait(until: Option<Instant>, now: Instant, most: u32, pause: Duration) -> Duration {
    let weight = until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
    // One more has to have room.
    weight.saturating_sub(pause.saturating_mul(most.saturating_sub(1)))
}

fn later(at: Instant, span: Duration) -> Instant {
    at.checked_add(span).unwrap_or(at)
}

/// Who has one address of the newer kind has all of its network.
fn network_of(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "192.0.2.1";
    const B: &str = "192.0.2.2";

    fn limits() -> SignInLimits {
        SignInLimits {
            lifetime: Duration::from_secs(1_000),
            wrong_of_peer: 3,
            pause_of_peer: Duration::from_secs(30),
            wrong_of_all: 5,
            pause_of_all: Duration::from_secs(4),
        }
    }

    struct Bench(Attempts, Instant);

    impl Bench {
        fn new() -> Self {
            Self(Attempts::default(), Instant::now())
        }

        fn at(&self, seconds: u64, peer: &str, is_right: bool) -> Attempt {
            let now = self.1 + Duration::from_secs(seconds);
            self.0.make(&limits(), peer.parse().unwrap(), now, || is_right)
        }
    }

    fn after(seconds: u64) -> Attempt {
        Attempt::TooMany(Duration::from_secs(seconds))
    }

    #[test]
    fn who_is_wrong_too_often_waits_also_with_the_right_token() {
        let bench = Bench::new();
        for _ in 0..3 {
            assert_eq!(bench.at(0, A, false), Attempt::Wrong);
        }
        assert_eq!(bench.at(0, A, true), after(30));
        assert_eq!(bench.at(10, A, false), after(20));
        // What was not looked at does not count.
        assert_eq!(bench.at(30, A, false), Attempt::Wrong);
        assert_eq!(bench.at(30, A, false), after(30));
        // Others do not wait.
        assert_eq!(bench.at(30, B, true), Attempt::Right);
        assert_eq!(bench.at(60, A, true), Attempt::Right);
        // The right one makes up for the wrong ones.
        for _ in 0..3 {
            assert_eq!(bench.at(60, A, false), Attempt::Wrong);
        }
    }

    #[test]
    fn all_together_have_a_limit_but_who_was_right_before() {
        let bench = Bench::new();
        assert_eq!(bench.at(0, B, true), Attempt::Right);
        for last in 0..5 {
            assert_eq!(bench.at(0, &format!("198.51.100.{last}"), false), Attempt::Wrong);
        }
        assert_eq!(bench.at(0, "198.51.100.9", true), after(4));
        assert_eq!(bench.at(0, B, true), Attempt::Right);
        assert_eq!(bench.at(4, "198.51.100.9", true), Attempt::Right);
    }

    #[test]
    fn a_network_is_one_peer_and_the_memory_is_bounded() {
        let bench = Bench::new();
        for last in 0..3 {
            assert_eq!(bench.at(0, &format!("2001:db8::{last}"), false), Attempt::Wrong);
        }
        assert_eq!(bench.at(0, "2001:db8::ffff", true), after(30));
        assert_eq!(bench.at(0, "2001:db8:0:1::1", true), Attempt::Right);
        assert_eq!(network_of("::ffff:192.0.2.1".parse().unwrap()), A.parse::<IpAddr>().unwrap());

        let many = SignInLimits { wrong_of_all: u32::MAX, ..limits() };
        let attempts = Attempts::default();
        for number in 0..3_000_u32 {
            let peer = IpAddr::from(number.to_be_bytes());
            assert_eq!(attempts.make(&many, peer, bench.1, || false), Attempt::Wrong);
        }
        assert_eq!(attempts.counted.lock().unwrap().peers.len(), MOST_PEERS);
    }
}
