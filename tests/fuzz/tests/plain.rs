//! Every target over its corpus, and over some seconds of mutations.
//!
//! `HOOKSTEAD_FUZZ_SECONDS` says how many seconds for each target (default: 1), and
//! `HOOKSTEAD_FUZZ_SEED` with which number to begin (default: 0). A failure prints the number of its
//! input: beginning with that one repeats it at once.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a failure says how to repeat it")]

use std::time::{Duration, Instant};

use hookstead_fuzz::{Mutator, TARGETS, Target, seeds, target};

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => default,
    }
}

/// Says which input it was, if the target panics.
struct Input<'a> {
    target: &'a str,
    number: Option<u64>,
    bytes: &'a [u8],
}

impl Drop for Input<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { target, number, bytes } = self;
            match number {
                Some(number) => eprintln!("{target}: repeat it with HOOKSTEAD_FUZZ_SEED={number}"),
                None => eprintln!("{target}: a seed of the corpus"),
            }
            let told = &bytes[..bytes.len().min(4000)];
            eprintln!("{target}: {} bytes: {}", bytes.len(), told.escape_ascii());
        }
    }
}

fn run(name: &str) {
    let target: Target = target(name).unwrap();
    let seeds = seeds(name);
    assert!(!seeds.is_empty(), "a target needs seeds");
    for seed in &seeds {
        let _input = Input { target: name, number: None, bytes: seed };
        target(seed);
    }
    let mutator = Mutator::new(&seeds);
    let end = Instant::now() + Duration::from_secs(number("HOOKSTEAD_FUZZ_SECONDS", 1));
    let mut number = number("HOOKSTEAD_FUZZ_SEED", 0);
    while Instant::now() < end {
        let bytes = mutator.input(number);
        let _input = Input { target: name, number: Some(number), bytes: &bytes };
        target(&bytes);
        number += 1;
    }
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )*

        #[test]
        fn no_target_is_left_out() {
            let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

tests! {
    base_url delivery_id envelope error_body event form head limits link repo_name sha signature
    timestamp
}

#[test]
fn an_input_s_number_repeats_it() {
    let seeds = seeds("head");
    let (one, two) = (Mutator::new(&seeds), Mutator::new(&seeds));
    assert!((0..100).all(|number| one.input(number) == two.input(number)));
    assert!((0..100).any(|number| one.input(number) != one.input(number + 1)));
}
