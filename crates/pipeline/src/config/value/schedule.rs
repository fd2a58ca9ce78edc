use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When a job runs by itself: five fields as crontab has them, in UTC.
///
/// The fields are minute (0-59), hour (0-23), day of the month (1-31), month (1-12) and day of the week (0-7,
/// where 0 and 7 are Sunday). A field is `*`, a number, a range `1-5`, either with a step `*/15` or `1-31/2`,
/// or several of them with commas. Months and days may be three letters: `jan`, `mon`. As with cron, where both
/// days are restricted one of them suffices. `@hourly`, `@daily`, `@weekly` and `@monthly` are short for the
/// beginning of each.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use hookstead_pipeline::config::Schedule;
///
/// let nightly: Schedule = "30 2 * * mon-fri".parse()?;
/// // The first of January 1970 was a Thursday.
/// let first = nightly.next_after(UNIX_EPOCH).expect("there is always a next one");
/// assert_eq!(first, UNIX_EPOCH + Duration::from_secs(2 * 3600 + 30 * 60));
/// # Ok::<(), hookstead_pipeline::config::InvalidSchedule>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// As it was written.
    text: String,
    /// Each field as the set of its numbers, a bit for each.
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether a day of the month, and one of the week, is demanded.
    has_day: bool,
    has_weekday: bool,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// What a field may hold.
struct Field {
    name: &'static str,
    first: u8,
    last: u8,
    /// Names of the numbers from `first` on.
    words: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", first: 0, last: 59, words: &[] },
    Field { name: "hour", first: 0, last: 23, words: &[] },
    Field { name: "day of the month", first: 1, last: 31, words: &[] },
    Field { name: "month", first: 1, last: 12, words: &MONTHS },
    Field { name: "day of the week", first: 0, last: 7, words: &WEEKDAYS },
];

/// The short forms.
const SHORT: [(&str, &str); 4] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
];

impl Schedule {
    /// The first moment of the schedule that is later than this one; `None` if the next eight years, which hold
    /// a 29th of February, have none.
    #[must_use]
    pub fn next_after(&self, moment: SystemTime) -> Option<SystemTime> {
        let seconds = moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let start = seconds / 60 + 1;
        let first_day = start / 1_440;
        for day in first_day..first_day + 8 * 366 + 1 {
            if !self.is_day(day) {
                continue;
            }
            let from = if day == first_day { start % 1_440 } else { 0 };
            let is_due =
                |minute: &u64| has(self.hours, minute / 60) && has(self.minutes, minute % 60);
            if let Some(minute) = (from..1_440).find(is_due) {
                return Some(UNIX_EPOCH + Duration::from_secs((day * 1_440 + minute) * 60));
            }
        }
        None
    }

    /// The schedule as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the day matches, counted from the first of January 1970.
    fn is_day(&self, day: u64) -> bool {
        let (month, of_month) = month_and_day(day);
        let is_day = has(self.days, of_month);
        let is_weekday = has(self.weekdays, (day + 4) % 7);
        has(self.months, month)
            && match (self.has_day, self.has_weekday) {
                (true, true) => is_day || is_weekday,
                _ => is_day && is_weekday,
            }
    }
}

fn has(set: u64, number: u64) -> bool {
    number < 64 && set & (1 << number) != 0
}

/// The month and the day of the month, by the days since the first of January 1970: Howard Hinnant's
/// `civil_from_days`, which counts years from March so that the leap day is the last.
fn month_and_day(day: u64) -> (u64, u64) {
    let of_era = (day + 719_468) % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march_based = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * march_based + 2) / 5 + 1;
    (if march_based < 10 { march_based + 3 } else { march_based - 9 }, of_month)
}

impl FromStr for Schedule {
    type Err = InvalidSchedule;

    fn from_str(text: &str) -> Result<Self, InvalidSchedule> {
        let short = SHORT.iter().find(|(short, _)| *short == text);
        let long = short.map_or(text, |(_, long)| long);
        let words: Vec<&str> = long.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = words.as_slice() else {
            return Err(InvalidSchedule(format!(
                "has {} of the five fields minute, hour, day, month, day of the week, as in `30 2 * * mon-fri`",
                words.len()
            )));
        };
        let [minutes, hours, days, months, weekdays] = &FIELDS;
        let schedule = Self {
            text: text.to_owned(),
            minutes: minutes.read(minute)?,
            hours: hours.read(hour)?,
            days: days.read(day)?,
            months: months.read(month)?,
            weekdays: {
                let set = weekdays.read(weekday)?;
                // Seven is Sunday, too.
                if has(set, 7) { (set | 1) & 0x7f } else { set }
            },
            has_day: !day.starts_with('*'),
            has_weekday: !weekday.starts_with('*'),
        };
        if schedule.next_after(UNIX_EPOCH).is_none() {
            return Err(InvalidSchedule("names a day that never comes".to_owned()));
        }
        Ok(schedule)
    }
}

impl Field {
    /// The set of a field's numbers.
    fn read(&self, text: &str) -> Result<u64, InvalidSchedule> {
        let mut set = 0_u64;
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, self.step(part, step)?),
                None => (part, 1),
            };
            let (first, last) = match (range, range.split_once('-')) {
                ("*", _) => (self.first, self.last),
                (_, Some((first, last))) => (self.number(first)?, self.number(last)?),
                (_, None) if step > 1 => return Err(self.fails(part, "has a step without a range")),
                (number, None) => (self.number(number)?, self.number(number)?),
            };
            if first > last {
                return Err(self.fails(part, "goes backwards"));
            }
            for number in (first..=last).step_by(step) {
                set |= 1 << number;
            }
        }
        Ok(set)
    }

    fn step(&self, part: &str, text: &str) -> Result<usize, InvalidSchedule> {
        match digits(text) {
            Some(step) if step > 0 && step <= self.last => Ok(usize::from(step)),
            _ => Err(self.fails(part, "has no step such as `*/15`")),
        }
    }

    fn number(&self, text: &str) -> Result<u8, InvalidSchedule> {
        let is_word = |word: &&str| word.eq_ignore_ascii_case(text);
        let word = self.words.iter().position(is_word);
        let of_word = word.and_then(|at| u8::try_from(at).ok()).map(|at| at + self.first);
        match of_word.or_else(|| digits(text)) {
            Some(number) if (self.first..=self.last).contains(&number) => Ok(number),
            _ => {
                let Self { first, last, .. } = self;
                Err(self.fails(text, &format!("is not one of {first} to {last}")))
            }
        }
    }

    fn fails(&self, part: &str, problem: &str) -> InvalidSchedule {
        InvalidSchedule(format!("has `{part}` as its {}, which {problem}", self.name))
    }
}

fn digits(text: &str) -> Option<u8> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// As it was written.
impl fmt::Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Why a text is no [`Schedule`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSchedule(String);

impl fmt::Display for InvalidSchedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for InvalidSchedule {}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    /// The moments that follow, in seconds since 1970.
    fn next(schedule: &str, after: u64) -> u64 {
        let schedule: Schedule = schedule.parse().unwrap();
        let next = schedule.next_after(UNIX_EPOCH + Duration::from_secs(after)).unwrap();
        next.duration_since(UNIX_EPOCH).unwrap().as_secs()
    }

    #[test]
    fn the_next_moment() {
        // 1,700,000,000 is Tuesday, the 14th of November 2023, 22:13:20.
        const NOW: u64 = 1_700_000_000;
        const MIDNIGHT: u64 = 1_700_006_400;
        for (schedule, expected) in [
            ("* * * * *", NOW + 40),
            ("@hourly", NOW - 800 + 3_600),
            ("@daily", MIDNIGHT),
            ("0 0 * * *", MIDNIGHT),
            ("*/15 * * * *", NOW + 100),
            ("30 2 * * *", MIDNIGHT + 9_000),
            ("0 0 * * wed", MIDNIGHT),
            ("0 0 * * Tue", MIDNIGHT + 6 * DAY),
            ("@weekly", MIDNIGHT + 4 * DAY),
            ("0 0 * * 7", MIDNIGHT + 4 * DAY),
            ("0 0 1 * *", MIDNIGHT + 16 * DAY),
            ("0 0 1 jan *", MIDNIGHT + 47 * DAY),
            // The 29th of February 2024.
            ("0 0 29 2 *", MIDNIGHT + 106 * DAY),
            // Either day: Wednesday the 15th comes before the 20th.
            ("0 0 20 * wed", MIDNIGHT),
            ("5,10 3-4 * * *", MIDNIGHT + 3 * 3_600 + 300),
        ] {
            assert_eq!(next(schedule, NOW), expected, "{schedule}");
        }
        assert_eq!(next("13 22 * * *", NOW - 20), NOW - 20 + DAY, "later, and not the same");
    }

    #[test]
    fn the_leap_day_is_found_over_eight_years() {
        // 2100 has none.
        const MARCH_2096: u64 = 3_981_398_400;
        assert_eq!(next("0 0 29 2 *", MARCH_2096) - MARCH_2096, 2920 * DAY);
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for (text, problem) in [
            ("", "has 0 of the five fields"),
            ("* * * *", "has 4 of the five fields"),
            ("@nightly", "has 1 of the five fields"),
            ("60 * * * *", "has `60` as its minute, which is not one of 0 to 59"),
            ("* 24 * * *", "has `24` as its hour, which is not one of 0 to 23"),
            ("* * 0 * *", "has `0` as its day of the month, which is not one of 1 to 31"),
            ("* * * foo *", "has `foo` as its month, which is not one of 1 to 12"),
            ("* * * * 8", "has `8` as its day of the week, which is not one of 0 to 7"),
            ("*/0 * * * *", "has `*/0` as its minute, which has no step such as `*/15`"),
            ("5/2 * * * *", "has `5/2` as its minute, which has a step without a range"),
            ("9-3 * * * *", "has `9-3` as its minute, which goes backwards"),
            ("1, * * * *", "has `` as its minute, which is not one of 0 to 59"),
            ("-1 * * * *", "has `` as its minute, which is not one of 0 to 59"),
            ("0 0 31 2 *", "names a day that never comes"),
        ] {
            let error = text.parse::<Schedule>().unwrap_err().to_string();
            assert!(error.starts_with(problem), "{text:?}: {error}");
        }
    }
}
