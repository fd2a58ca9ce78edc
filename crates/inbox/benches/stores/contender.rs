//! What is measured, and in which order: everybody has a turn in every round.

use std::time::{Duration, Instant};

/// One who has turns.
pub(crate) struct Contender<'a> {
    /// The rows of the report that a turn fills.
    pub(crate) rows: Vec<Row>,
    turn: Box<dyn FnMut() -> Vec<Sample> + 'a>,
}

impl<'a> Contender<'a> {
    /// One who fills one row.
    pub(crate) fn new(row: Row, mut turn: impl FnMut() -> Sample + 'a) -> Self {
        Self { rows: vec![row], turn: Box::new(move || vec![turn()]) }
    }

    /// One who fills several.
    pub(crate) fn of_rows(rows: Vec<Row>, turn: impl FnMut() -> Vec<Sample> + 'a) -> Self {
        Self { rows, turn: Box::new(turn) }
    }

    /// The same, with something to do after every turn.
    #[cfg(feature = "postgres")]
    pub(crate) fn after(mut self, tidy: impl Fn() + 'a) -> Self {
        let turn = move || {
            let samples = (self.turn)();
            tidy();
            samples
        };
        Self { rows: self.rows, turn: Box::new(turn) }
    }

    /// Whether a name of it contains one of the words; without words everybody is chosen.
    pub(crate) fn is_chosen(&self, words: &[String]) -> bool {
        let contains = |word: &String| self.rows.iter().any(|row| row.name.contains(word.as_str()));
        words.is_empty() || words.iter().any(contains)
    }
}

/// A row of the report.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) target: Target,
}

/// What is asked of a row.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// Nothing: it is a yardstick.
    None,
    /// At least so many times the rate of the row with this name.
    Rate(f64, &'static str),
    /// Nothing, but it is compared with the row of this name.
    Beside(&'static str),
    /// The median of its spans is under this.
    Under(Duration),
}

impl Row {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, target: Target::None }
    }

    pub(crate) fn at_least(mut self, times: f64, yardstick: &'static str) -> Self {
        self.target = Target::Rate(times, yardstick);
        self
    }

    pub(crate) fn beside(mut self, yardstick: &'static str) -> Self {
        self.target = Target::Beside(yardstick);
        self
    }

    pub(crate) fn under(mut self, limit: Duration) -> Self {
        self.target = Target::Under(limit);
        self
    }
}

/// What one turn brought for one row.
pub(crate) enum Sample {
    /// So many deliveries in this time, and how long each call took.
    Work { deliveries: usize, took: Duration, calls: Vec<Duration> },
    /// How long each delivery waited: from the start of accepting it, and from the end.
    Waits(Vec<Wait>),
}

/// How long a delivery waited for its handler.
#[derive(Clone, Copy)]
pub(crate) struct Wait {
    pub(crate) since_start: Duration,
    pub(crate) since_accepted: Duration,
}

/// How much there is to do.
pub(crate) struct Sizes {
    pub(crate) rounds: usize,
    /// Deliveries in a turn, where each is waited for alone.
    pub(crate) one_by_one: usize,
    /// Deliveries in a turn, where many share a commit.
    pub(crate) together: usize,
    /// Deliveries in a turn that are followed to their handler.
    pub(crate) followed: usize,
    /// Following them ends after this long, however many they are.
    pub(crate) following: Duration,
}

impl Sizes {
    pub(crate) fn from_environment() -> Self {
        if cfg!(debug_assertions) {
            // The figures mean nothing; everything is done once, to see that it can be.
            let following = Duration::from_secs(10);
            return Self { rounds: 1, one_by_one: 4, together: 128, followed: 2, following };
        }
        let rounds = std::env::var("HOOKSTEAD_BENCH_ROUNDS").ok();
        Self {
            rounds: rounds.map_or(7, |rounds| rounds.parse().unwrap()),
            one_by_one: 512,
            together: 2048,
            followed: 40,
            following: Duration::from_secs(2),
        }
    }
}

/// What all turns brought for one row, a sample for each round.
pub(crate) struct Result {
    pub(crate) row: Row,
    pub(crate) samples: Vec<Sample>,
}

/// Has all contenders take turns; what the first round brings is forgotten, as it finds the files
/// empty and the caches cold.
pub(crate) fn take_turns(contenders: &mut [Contender<'_>], sizes: &Sizes) -> Vec<Result> {
    let mut results: Vec<Vec<Result>> = contenders
        .iter_mut()
        .map(|contender| {
            (contender.turn)();
            let rows = contender.rows.drain(..);
            rows.map(|row| Result { row, samples: Vec::new() }).collect()
        })
        .collect();
    let started = Instant::now();
    for round in 0..sizes.rounds {
        let mut turn = |(contender, results): (&mut Contender<'_>, &mut Vec<Result>)| {
            for (sample, result) in (contender.turn)().into_iter().zip(results) {
                result.samples.push(sample);
            }
        };
        // There and back, so that nobody always follows the same neighbour.
        let pairs = contenders.iter_mut().zip(&mut results);
        if round % 2 == 0 { pairs.for_each(&mut turn) } else { pairs.rev().for_each(&mut turn) }
    }
    println!("{} rounds in {:.0} s", sizes.rounds, started.elapsed().as_secs_f64());
    results.into_iter().flatten().collect()
}
