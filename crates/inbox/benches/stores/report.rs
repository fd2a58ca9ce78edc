//! Prints what came out.

use std::time::Duration;

use crate::contender::{Result, Sample, Target, Wait};

/// Prints the two tables: rates, and waits.
pub(crate) fn print(results: &[Result]) {
    let heads = ["deliveries per second, medians", "per second", "lowest to highest"];
    let mut rates = vec![row(heads, ["a call, ms", "p99", "ratio", "target"])];
    let heads = ["from accepting to the handler, ms", "median", "p99"];
    let mut waits = vec![row(heads, ["since accepted", "p99", "", "target"])];
    for result in results {
        match result.samples.first() {
            Some(Sample::Work { .. }) => rates.push(rate_row(result, results)),
            Some(Sample::Waits(_)) => waits.push(wait_row(result)),
            None => {}
        }
    }
    for table in [rates, waits] {
        if table.len() > 1 {
            println!();
            print_table(&table);
        }
    }
}

fn rate_row(result: &Result, results: &[Result]) -> Vec<String> {
    let mut sorted = rates(result);
    sorted.sort_by(f64::total_cmp);
    let spread = format!("{:.0} to {:.0}", sorted[0], sorted[sorted.len() - 1]);
    let calls = result.samples.iter().flat_map(|sample| match sample {
        Sample::Work { calls, .. } => calls.as_slice(),
        Sample::Waits(_) => &[],
    });
    let mut calls: Vec<Duration> = calls.copied().collect();
    let (median_call, slow_call) = (percentile(&mut calls, 50), percentile(&mut calls, 99));
    let (mut ratio, mut target) = (String::new(), String::new());
    let (times, name) = match result.row.target {
        Target::Rate(times, name) => (Some(times), name),
        Target::Beside(name) => (None, name),
        Target::None | Target::Under(_) => (None, ""),
    };
    if !name.is_empty() {
        target = times.map_or("beside ".to_owned(), |times| format!("{times:.2} x ")) + name;
        if let Some(yardstick) = results.iter().find(|other| other.row.name == name) {
            // Of those that ran in the same round.
            let pairs = rates(result).into_iter().zip(rates(yardstick));
            let measured = median(pairs.map(|(rate, yardstick)| rate / yardstick).collect());
            ratio = format!("{measured:.2} x");
            target += times.map_or("", |times| verdict(measured >= times));
        }
    }
    let figures = [milliseconds(median_call), milliseconds(slow_call), ratio, target];
    let name = result.row.name.to_owned();
    [name, format!("{:.0}", median(sorted)), spread].into_iter().chain(figures).collect()
}

fn wait_row(result: &Result) -> Vec<String> {
    let waits: Vec<Wait> = result
        .samples
        .iter()
        .flat_map(|sample| match sample {
            Sample::Waits(waits) => waits.as_slice(),
            Sample::Work { .. } => &[],
        })
        .copied()
        .collect();
    let mut since_start: Vec<Duration> = waits.iter().map(|wait| wait.since_start).collect();
    let mut since_accepted: Vec<Duration> = waits.iter().map(|wait| wait.since_accepted).collect();
    let median = percentile(&mut since_start, 50);
    let mut target = String::new();
    if let Target::Under(limit) = result.row.target {
        target = format!("under {} ms", limit.as_millis());
        target += verdict(median < limit);
    }
    vec![
        result.row.name.to_owned(),
        milliseconds(median),
        milliseconds(percentile(&mut since_start, 99)),
        milliseconds(percentile(&mut since_accepted, 50)),
        milliseconds(percentile(&mut since_accepted, 99)),
        format!("{} waits", waits.len()),
        target,
    ]
}

fn verdict(met: bool) -> &'static str {
    if met { ": met" } else { ": MISSED" }
}

/// Deliveries per second in each round.
fn rates(result: &Result) -> Vec<f64> {
    let rates = result.samples.iter().filter_map(|sample| match sample {
        Sample::Work { deliveries, took, .. } => Some(*deliveries as f64 / took.as_secs_f64()),
        Sample::Waits(_) => None,
    });
    rates.collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn percentile(values: &mut [Duration], percent: usize) -> Duration {
    values.sort();
    values.get(values.len() * percent / 100).copied().unwrap_or_default()
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1e3)
}

fn row(first: [&str; 3], others: [&str; 4]) -> Vec<String> {
    first.into_iter().chain(others).map(str::to_owned).collect()
}

/// The names and the targets are aligned to the left, the figures to the right.
fn print_table(rows: &[Vec<String>]) {
    let columns = rows[0].len();
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            let left = column == 0 || column + 1 == columns;
            if left { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
