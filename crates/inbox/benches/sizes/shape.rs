use hookstead_handler::LaneMode;
use hookstead_inbox::TaskLane;

use crate::place::Kind;

/// What lies in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Tasks that are due, without a lane.
    Waiting,
    /// Tasks of a name that nobody takes any more.
    Untaken,
    /// Tasks in one lane. What is measured is in the same lane.
    Lane,
    /// The same, in order.
    OrderedLane,
    /// What was handled of one lane in which only the latest counts. What is measured is in that lane.
    History,
    /// What was handled long ago: its bodies are gone.
    Settled,
    /// What was handled since another session began to hold a snapshot.
    Snapshot,
}

impl Shape {
    pub(crate) const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Untaken,
        Self::Lane,
        Self::OrderedLane,
        Self::History,
        Self::Settled,
        Self::Snapshot,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Untaken => "of a name that nobody takes",
            Self::Lane => "in one lane",
            Self::OrderedLane => "in one lane in order",
            Self::History => "settled in one lane where the latest counts",
            Self::Settled => "settled",
            Self::Snapshot => "handled beside a snapshot",
        }
    }

    pub(crate) fn count(self, sizes: &Sizes) -> u64 {
        match self {
            Self::Waiting | Self::Untaken | Self::Lane | Self::OrderedLane => sizes.rows,
            Self::History | Self::Snapshot => sizes.rows / 10,
            Self::Settled => sizes.settled,
        }
    }

    /// Whether a store of this kind can have it: memory keeps no millions that are settled, and has no
    /// snapshots.
    pub(crate) fn is_of(self, kind: Kind) -> bool {
        kind != Kind::Memory || !matches!(self, Self::Settled | Self::Snapshot)
    }

    /// The lane of a task; of several, each has the next version.
    pub(crate) fn lane(self, version: i64) -> Option<TaskLane> {
        let mode = match self {
            Self::Lane => LaneMode::Free,
            Self::OrderedLane => LaneMode::InOrder { halts: false },
            Self::History => LaneMode::Latest { version, heads: None },
            Self::Waiting | Self::Untaken | Self::Settled | Self::Snapshot => return None,
        };
        Some(TaskLane::new("bench.build main", mode))
    }
}

/// How much there is to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) rows: u64,
    pub(crate) settled: u64,
    pub(crate) rounds: usize,
    /// So many are accepted, and so many leased and settled, in a round.
    pub(crate) calls: usize,
    /// So many probes in a round.
    pub(crate) probes: usize,
}

impl Sizes {
    pub(crate) fn from_environment() -> Self {
        if cfg!(debug_assertions) {
            return Self { rows: 200, settled: 200, rounds: 1, calls: 8, probes: 1 };
        }
        let number = |name: &str, default: u64| {
            std::env::var(name).map_or(default, |number| number.parse().unwrap())
        };
        Self {
            rows: number("HOOKSTEAD_BENCH_ROWS", 1_000_000),
            settled: number("HOOKSTEAD_BENCH_SETTLED", 1_000_000),
            rounds: usize::try_from(number("HOOKSTEAD_BENCH_ROUNDS", 5)).unwrap(),
            calls: 64,
            probes: 16,
        }
    }
}
