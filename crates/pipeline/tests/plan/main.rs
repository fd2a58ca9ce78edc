//! What the plan decides, by a table that reads like documentation: the files in `table`.
//!
//! A row begins with its name, at the margin. Below it stand the config, the event, what is known, and what is
//! decided, line by line; `row.rs` says how. [`world`] answers lookups as the journal and GitHub would.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it"
)]

mod any_event;
mod heads;
mod limits;
mod row;
mod world;

use std::fmt::Write as _;

use hookstead_pipeline::config::Config;
use hookstead_pipeline::plan::{Decision, Facts, Occasion, plan};

use crate::row::Row;
use crate::world::World;

const TABLES: [(&str, &str); 6] = [
    ("pull_requests", include_str!("table/pull_requests.txt")),
    ("pushes", include_str!("table/pushes.txt")),
    ("merge_queue", include_str!("table/merge_queue.txt")),
    ("comments", include_str!("table/comments.txt")),
    ("checks", include_str!("table/checks.txt")),
    ("others", include_str!("table/others.txt")),
];

/// Plans until no lookup is left, as every caller does.
pub(crate) fn decide(config: &Config, occasion: &Occasion, world: &World) -> Decision {
    let mut facts = Facts::new();
    for _ in 0..6 {
        let decision = plan(config, occasion, &facts);
        if decision.lookups.is_empty() {
            return decision;
        }
        for lookup in decision.lookups {
            assert!(!facts.has(&lookup), "asked twice: {lookup:?}");
            let answer = world.answer(&lookup);
            facts.answer(lookup, answer);
        }
    }
    panic!("the plan asks and asks");
}

#[test]
fn the_table_holds() {
    let mut wrong = String::new();
    let mut count = 0;
    let mut names = Vec::new();
    for (file, text) in TABLES {
        for row in row::read(text) {
            let Row { name, config, occasion, world, expected } = row;
            let lines = match Config::parse(&config, "pipeline.toml") {
                Ok(config) => decide(&config, &occasion, &world).lines(),
                Err(error) => vec![error.to_string()],
            };
            if lines != expected {
                writeln!(wrong, "\n{file}: {name}").unwrap();
                lines.iter().for_each(|line| writeln!(wrong, "    > {line}").unwrap());
                expected.iter().for_each(|line| writeln!(wrong, "  not {line}").unwrap());
            }
            let name = format!("{file}: {name}");
            assert!(!names.contains(&name), "two rows are called {name:?}");
            names.push(name);
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 110, "only {count} rows");
}
