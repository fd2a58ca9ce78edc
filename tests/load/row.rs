use std::fmt;
use std::sync::Once;
use std::time::Duration;

use hookstead_tests::say;

use crate::books::{Books, Fate, Sent};
use crate::watch::Reading;

const MEBIBYTE: u64 = 1024 * 1024;

/// What bodies may take, as the receiver promises, and a quarter of that for all else.
const MOST_MEMORY: u64 = (256 + 64) * MEBIBYTE;

/// Beside what was resident before, so much may stay for the next crowd.
const MEMORY_KEPT: u64 = 64 * MEBIBYTE;

/// As many descriptors more than before may stay open: connections of the inbox, or of those who
/// have just delivered.
const DESCRIPTORS_KEPT: u64 = 16;

/// Each kind of line once with a count, and again after a while.
const MOST_LINES_A_SECOND: f64 = 20.0;

/// The slowest answer that 99 of 100 good deliveries may get.
const SLOWEST: Duration = Duration::from_secs(1);

/// Whether a server has come back to what it was before.
pub(crate) fn came_back(before: Reading, now: &Reading) -> bool {
    now.resident < 2 * before.resident + MEMORY_KEPT
        && now.descriptors <= before.descriptors + DESCRIPTORS_KEPT
}

/// What a scenario came to: a row of the table.
pub(crate) struct Row {
    pub(crate) name: String,
    /// How many of a crowd were in place.
    pub(crate) in_place: usize,
    pub(crate) sent: Vec<Sent>,
    pub(crate) before: Reading,
    pub(crate) peak: Reading,
    pub(crate) after: Reading,
    pub(crate) log_lines: usize,
    pub(crate) lasted: Duration,
    pub(crate) books: Books,
    pub(crate) demand: Demand,
    /// What the server logged last, for whoever looks for the reason of a fault.
    pub(crate) last_words: String,
}

/// What the good clients are owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Of a hundred, 99 are accepted within a second.
    Prompt,
    /// All are accepted.
    AllAccepted,
}

impl Row {
    fn lines_a_second(&self) -> f64 {
        self.log_lines as f64 / self.lasted.as_secs_f64()
    }

    /// Prints the row, and what is wrong with it.
    pub(crate) fn say(&self) {
        static HEAD: Once = Once::new();
        HEAD.call_once(|| {
            say(&format!(
                "{:<34} {:>8} | {:^29} | {:^29} | {:^16} | {:>7} | {:^14} | {:>6} | {:>6} | books",
                "load of",
                "in place",
                "new: p50 p90 p99 max, ms",
                "kept: p50 p90 p99 max, ms",
                "RSS, MiB",
                "sockets",
                "descriptors",
                "CPU, s",
                "log/s"
            ));
        });
        let resident = |reading: &Reading| reading.resident / MEBIBYTE;
        let memory = [&self.before, &self.peak, &self.after].map(resident);
        let descriptors = [&self.before, &self.peak, &self.after].map(|it| it.descriptors);
        let mut text = format!(
            "{:<34} {:>8} | {:>29} | {:>29} | {:>16} | {:>7} | {:>14} | {:>6.1} | {:>6.1} | {}",
            self.name,
            self.in_place,
            Percentiles::of(&self.sent, true).to_string(),
            Percentiles::of(&self.sent, false).to_string(),
            memory.map(|it| it.to_string()).join(" "),
            self.peak.in_sockets / MEBIBYTE,
            descriptors.map(|it| it.to_string()).join(" "),
            self.peak.worked.saturating_sub(self.before.worked).as_secs_f64(),
            self.lines_a_second(),
            self.books
        );
        let faults = self.faults();
        for fault in &faults {
            text.push_str("\n    RED: ");
            text.push_str(fault);
        }
        if !faults.is_empty() {
            text.push_str("\n    the last words of the log:\n");
            text.push_str(&self.last_words);
        }
        say(&text);
    }

    /// Which bounds do not hold.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |holds: bool, fault: String| {
            if !holds {
                faults.push(fault);
            }
        };
        match self.demand {
            Demand::Prompt => {
                for (on_new, which) in [(true, "new"), (false, "kept")] {
                    let p99 = Percentiles::of(&self.sent, on_new).p99;
                    let shown = shown(p99);
                    check(p99 < SLOWEST, format!("p99 on {which} connections is {shown} ms"));
                }
            }
            Demand::AllAccepted => {
                let Books { refused, broken, too_late, .. } = self.books;
                let lost = refused + broken + too_late;
                check(lost == 0, format!("{lost} good deliveries were not accepted"));
            }
        }
        let Reading { resident, in_sockets, .. } = self.peak;
        let (most, mib) = (MOST_MEMORY / MEBIBYTE, resident / MEBIBYTE);
        check(resident <= MOST_MEMORY, format!("{mib} MiB were resident, over {most}"));
        let mib = in_sockets / MEBIBYTE;
        check(in_sockets <= MOST_MEMORY, format!("{mib} MiB were in its sockets, over {most}"));
        let (before, after) = (self.before, self.after);
        check(came_back(before, &after), "memory or descriptors did not come back".to_owned());
        let lines = self.lines_a_second();
        let most = MOST_LINES_A_SECOND * (self.lasted.as_secs_f64() + 1.0);
        let fault = format!("{} lines were logged, {lines:.0} a second", self.log_lines);
        check(self.log_lines as f64 <= most, fault);
        let wrong = &self.books.wrong;
        let some: Vec<&str> = wrong.iter().take(5).map(String::as_str).collect();
        check(wrong.is_empty(), format!("the books: {} wrong: {}", wrong.len(), some.join("; ")));
        faults
    }
}

/// How long accepted deliveries took. One that was not accepted took for ever.
#[derive(Debug, Default)]
struct Percentiles {
    p50: Duration,
    p90: Duration,
    p99: Duration,
    max: Duration,
    count: usize,
}

impl Percentiles {
    fn of(sent: &[Sent], on_new_connection: bool) -> Self {
        let these = sent.iter().filter(|sent| sent.on_new_connection == on_new_connection);
        let mut times: Vec<Duration> = these
            .map(|sent| if sent.fate == Fate::Accepted { sent.took } else { Duration::MAX })
            .collect();
        times.sort_unstable();
        let count = times.len();
        let at = |portion: usize| {
            let rank = (count * portion).div_ceil(100).max(1);
            times.get(rank - 1).copied().unwrap_or_default()
        };
        Self { p50: at(50), p90: at(90), p99: at(99), max: at(100), count }
    }
}

/// In milliseconds.
fn shown(time: Duration) -> String {
    match time {
        Duration::MAX => "lost".to_owned(),
        time => time.as_millis().to_string(),
    }
}

impl fmt::Display for Percentiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return formatter.write_str("-");
        }
        let Self { p50, p90, p99, max, count } = *self;
        let times = [p50, p90, p99, max].map(shown).join(" ");
        write!(formatter, "{count}: {times}")
    }
}
