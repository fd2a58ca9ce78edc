use fastrand::Rng;
use hookstead_handler::{End, Heads, LaneMode};

use crate::store::accept::TaskLane;
use crate::store::settlement::Because;
use crate::testing::support::free;

/// The handlers of the game: the first process has the first two, the other one the last two.
pub(super) const NAMES: usize = 3;

/// So many deliveries come, some of them again and again.
pub(super) const DELIVERIES: usize = 7;

/// One thing that happens. What it is about is a number that is taken modulo of what there is then, so
/// that a sequence makes sense without some of its parts, too.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    /// A delivery comes in, for the first time or again.
    Accept {
        process: usize,
        delivery: usize,
        hand_over: Option<Length>,
        answer: Answer,
    },
    /// A process leases for its names, beginning with this one.
    Lease {
        process: usize,
        first: usize,
        limit: usize,
        fresh: usize,
        suspects: usize,
        most_tried: usize,
        length: Length,
        answer: Answer,
    },
    /// A lease is prolonged.
    Renew {
        token: usize,
        length: Length,
    },
    /// A lease is settled. `token` may be one that was lost.
    Settle {
        token: usize,
        how: How,
    },
    /// A step is kept.
    Keep {
        token: usize,
        step: usize,
    },
    /// Leases that have ended are taken back.
    Expire,
    /// What has no place yet gets one by this process.
    Place {
        process: usize,
    },
    /// Somebody changes a task.
    TaskChange {
        task: usize,
        what: What,
    },
    /// What is settled is forgotten: bodies, or all of it.
    Purge {
        is_all: bool,
    },
    /// The second process stops, or says that it lives.
    Leave,
    Beat,
    /// The clock is set back by an hour, where that can be.
    ClockBack,
}

/// How long a lease or a pause is: over before the next operation, or for longer than the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Brief,
    Long,
}

/// Whether the answer arrives. Whoever asked may have crashed meanwhile, and its leases are held by nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Arrives,
    IsLost,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    Done,
    Again(Because, Length),
    Release,
    End(End),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Rerun,
    Revive(Option<usize>, Length),
    Cancel,
    Wake,
}

/// One game: the lanes of the tasks of each delivery, and what happens.
#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub(super) lanes: Vec<[Option<TaskLane>; NAMES]>,
    pub(super) operations: Vec<Operation>,
}

impl Sequence {
    /// The same for the same seed.
    pub(super) fn of_seed(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let lanes = (0..DELIVERIES).map(|_| std::array::from_fn(|name| lane(&mut rng, name)));
        let lanes = lanes.collect();
        let length = rng.usize(10..60);
        // It takes a second until a clock that was set is noticed.
        let is_clock_set = rng.u8(0..8) == 0;
        let mut operations: Vec<_> = (0..length).map(|_| operation(&mut rng)).collect();
        if is_clock_set {
            operations.insert(rng.usize(0..length), Operation::ClockBack);
        }
        Self { lanes, operations }
    }
}

/// Keys of one mode each. The first two names share some.
fn lane(rng: &mut Rng, name: usize) -> Option<TaskLane> {
    let owner = match name {
        0 | 1 if rng.bool() => "@group".to_owned(),
        _ => name.to_string(),
    };
    let (version, heads) = (rng.i64(0..3), heads(rng));
    let (mode, word) = match rng.u8(0..6) {
        0 => return None,
        1 => return Some(free(&format!("{owner}:free"))),
        2 => (LaneMode::InOrder { halts: false }, "order"),
        3 => (LaneMode::InOrder { halts: true }, "halts"),
        _ => (LaneMode::Latest { version, heads }, "latest"),
    };
    Some(TaskLane::new(format!("{owner}:{word}"), mode))
}

fn heads(rng: &mut Rng) -> Option<Heads> {
    const COMMITS: [&str; 3] = ["a", "b", "c"];
    let at = rng.usize(0..3);
    let before = rng.bool().then(|| COMMITS[(at + 2) % 3].to_owned());
    rng.bool().then(|| Heads::from_names(before, COMMITS[at].to_owned()))
}

fn length(rng: &mut Rng) -> Length {
    if rng.u8(0..4) == 0 { Length::Long } else { Length::Brief }
}

fn answer(rng: &mut Rng) -> Answer {
    if rng.u8(0..8) == 0 { Answer::IsLost } else { Answer::Arrives }
}

fn operation(rng: &mut Rng) -> Operation {
    let any = rng.usize(0..1000);
    match rng.u8(0..100) {
        0..22 => Operation::Accept {
            process: rng.usize(0..2),
            delivery: rng.usize(0..DELIVERIES),
            hand_over: (rng.u8(0..4) == 0).then(|| length(rng)),
            answer: answer(rng),
        },
        22..44 => Operation::Lease {
            process: rng.usize(0..2),
            first: rng.usize(0..2),
            limit: rng.usize(1..6),
            fresh: rng.usize(0..3),
            suspects: rng.usize(0..3),
            most_tried: rng.usize(0..4),
            length: length(rng),
            answer: answer(rng),
        },
        44..48 => Operation::Renew { token: any, length: length(rng) },
        48..70 => Operation::Settle { token: any, how: how(rng) },
        70..73 => Operation::Keep { token: any, step: rng.usize(0..2) },
        73..81 => Operation::Expire,
        81..84 => Operation::Place { process: rng.usize(0..2) },
        84..95 => Operation::TaskChange { task: any, what: what(rng) },
        95..97 => Operation::Purge { is_all: rng.bool() },
        97 => Operation::Leave,
        _ => Operation::Beat,
    }
}

fn how(rng: &mut Rng) -> How {
    let because = [Because::Failure, Because::Outage, Because::Wait][rng.usize(0..3)];
    match rng.u8(0..10) {
        0..4 => How::Done,
        4..7 => How::Again(because, length(rng)),
        7 => How::Release,
        _ => How::End([End::Dead, End::Dead, End::Superseded, End::Canceled][rng.usize(0..4)]),
    }
}

fn what(rng: &mut Rng) -> What {
    match rng.u8(0..8) {
        0..2 => What::Rerun,
        2..4 => What::Revive(rng.bool().then(|| rng.usize(0..2)), length(rng)),
        4..6 => What::Cancel,
        _ => What::Wake,
    }
}
