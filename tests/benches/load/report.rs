use std::io::{self, Write};

use crate::client::Figures;
use crate::contender::Contender;

/// The figures of all rounds.
#[derive(Debug)]
pub(crate) struct Report {
    rows: Vec<(Contender, Vec<Figures>)>,
}

impl Report {
    pub(crate) fn new(contenders: &[Contender]) -> Self {
        Self { rows: contenders.iter().map(|contender| (*contender, Vec::new())).collect() }
    }

    pub(crate) fn add(&mut self, contender: Contender, figures: Figures) {
        if let Some((_, row)) = self.rows.iter_mut().find(|(it, _)| *it == contender) {
            row.push(figures);
        }
    }

    #[expect(clippy::unused_self, reason = "a report says how far it is")]
    pub(crate) fn say_round(&self, round: usize, rounds: usize) -> io::Result<()> {
        writeln!(io::stderr(), "round {round} of {rounds}")
    }

    /// The table, in Markdown.
    pub(crate) fn print(&self, count: usize) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let floor = self.rows.iter().find(|(it, _)| *it == Contender::Verifies);
        let floor = floor.map(|(_, row)| row.as_slice()).unwrap_or_default();
        writeln!(out, "\n{count} deliveries a round, medians of {} rounds\n", floor.len())?;
        writeln!(out, "| server | CPU each | to verifying | resident at most | deliveries/s |")?;
        writeln!(out, "|---|---|---|---|---|")?;
        for (contender, row) in &self.rows {
            let processor = median(row.iter().map(|it| it.processor.as_secs_f64() * 1e6));
            let pairs = row.iter().zip(floor);
            let ratio = median(
                pairs.map(|(it, floor)| it.processor.as_secs_f64() / floor.processor.as_secs_f64()),
            );
            let memory = median(row.iter().map(|it| it.memory as f64 / 1024.0));
            let rate = median(row.iter().map(|it| it.rate));
            let name = contender.name();
            writeln!(
                out,
                "| {name} | {processor:.1} µs | {ratio:.2} x | {memory:.0} MiB | {rate:.0} |"
            )?;
        }
        Ok(())
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
