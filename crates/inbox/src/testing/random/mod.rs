//! Random sequences of everything that can happen, by two processes with different names, with leases
//! that are lost, answers that never arrive and clocks that are set; compared with a [model](model) after
//! each operation.

mod arriving;
mod deciding;
mod leasing;
mod model;
mod operation;
mod play;

use std::time::Duration;

use operation::Sequence;
use play::play;

use crate::testing::test_store::TestStore;

/// How many sequences are played, if it is set.
const CASES: &str = "HOOKSTEAD_RANDOM_CASES";

/// With which sequence that begins, if it is set: the one that failed, say.
const SEED: &str = "HOOKSTEAD_RANDOM_SEED";

/// Enough to find what a rule would not, in some ten seconds on a slow store. They are the same each
/// time, so that what passed once passes again.
const CASES_BY_DEFAULT: u64 = 25;

/// No sequence takes longer, unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// So many shorter sequences are tried, to find the one that says what is wrong.
const MOST_SHRINKING: usize = 300;

/// Plays random sequences, each on a fresh store.
pub(super) async fn random_sequences(make: &impl AsyncFn() -> TestStore) {
    let cases = setting(CASES).unwrap_or(CASES_BY_DEFAULT);
    let first = setting(SEED).unwrap_or(0);
    for seed in first..first.saturating_add(cases) {
        let sequence = Sequence::of_seed(seed);
        if let Err(difference) = played(make, &sequence).await {
            let (sequence, difference) = shrunk(make, sequence, difference).await;
            let lanes = sequence.lanes.iter().enumerate();
            let lanes: Vec<_> = lanes.map(|(at, lanes)| format!("  {at}: {lanes:?}")).collect();
            let operations = sequence.operations.iter().enumerate();
            let operations: Vec<_> =
                operations.map(|(at, operation)| format!("  {at}: {operation:?}")).collect();
            panic!(
                "{difference}\n\nthe lanes of the deliveries, by name:\n{}\n\nthe operations:\n{}\n\n\
                 again with {SEED}={seed} {CASES}=1\n",
                lanes.join("\n"),
                operations.join("\n"),
            );
        }
    }
}

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} should be a number, and is {text:?}")))
}

async fn played(make: &impl AsyncFn() -> TestStore, sequence: &Sequence) -> Result<(), String> {
    let store = make().await;
    match tokio::time::timeout(PATIENCE, play(&store, sequence)).await {
        Ok(played) => played,
        Err(_) => Err("it takes too long".to_owned()),
    }
}

/// Leaves out what is not needed to see the difference.
async fn shrunk(
    make: &impl AsyncFn() -> TestStore,
    mut sequence: Sequence,
    mut difference: String,
) -> (Sequence, String) {
    let mut tries = 0;
    let mut size = sequence.operations.len() / 2;
    while size > 0 && tries < MOST_SHRINKING {
        let (mut start, mut is_shorter) = (0, false);
        while start < sequence.operations.len() && tries < MOST_SHRINKING {
            let mut shorter = sequence.clone();
            let end = (start + size).min(shorter.operations.len());
            shorter.operations.drain(start..end);
            tries += 1;
            match played(make, &shorter).await {
                Err(other) => (sequence, difference, is_shorter) = (shorter, other, true),
                Ok(()) => start += size,
            }
        }
        if !is_shorter || size > 1 {
            size /= 2;
        }
    }
    (sequence, difference)
}
