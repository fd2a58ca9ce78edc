use super::converter::{Converter, LogLine};
use super::lines_html::LinesHtml;
use crate::journal::{Journal, JournalError};

/// A page holds so many lines of a log: some forty screens, which a browser lays out at once.
pub(super) const SHOWN_LINES: u64 = 1000;

/// A page is made of so many bytes of a log at most: 512 for each line, five times what lines have.
pub(super) const SHOWN_BYTES: u64 = 512 * 1024;

/// So much before the first line that is wanted is read for its colours, and not shown: what began before that
/// is not known.
const WARM_UP: u64 = 64 * 1024;

/// So much is read at once.
const AT_ONCE: u32 = 256 * 1024;

/// So many lines before the one that is asked for are shown with it.
const LINES_BEFORE: u64 = 100;

/// A part of a log, as a page shows it.
#[derive(Debug)]
pub(super) struct Window {
    /// An element for each line.
    pub(super) html: String,
    /// The number of its first line, and of the line behind its last.
    pub(super) first: u64,
    pub(super) next: u64,
    /// Where the line begins that has not ended: the live part goes on there.
    pub(super) to: u64,
    /// How long the log was.
    pub(super) log_bytes: u64,
    /// Whether it holds the end of the log.
    pub(super) is_end: bool,
}

impl Window {
    /// The last lines.
    pub(super) async fn at_end(
        journal: &Journal,
        number: i64,
        shows_last: bool,
    ) -> Result<Self, JournalError> {
        let (last, log_bytes) = journal.line_of_byte(number, u64::MAX).await?;
        let first = last.saturating_sub(SHOWN_LINES).max(1);
        let start = journal.byte_of_line(number, first).await?;
        let start = start.max(log_bytes.saturating_sub(SHOWN_BYTES));
        Self::read(journal, number, (start, log_bytes), log_bytes, shows_last).await
    }

    /// The lines around this one.
    pub(super) async fn around(
        journal: &Journal,
        number: i64,
        line: u64,
        shows_last: bool,
    ) -> Result<Self, JournalError> {
        let (last, log_bytes) = journal.line_of_byte(number, u64::MAX).await?;
        let line = line.clamp(1, last);
        let first = line.saturating_sub(LINES_BEFORE).max(1);
        let mut start = journal.byte_of_line(number, first).await?;
        let at = journal.byte_of_line(number, line).await?;
        let mut first = first;
        if at.saturating_sub(start) > SHOWN_BYTES / 2 {
            (start, first) = (at, line);
        }
        let end = journal.byte_of_line(number, first.saturating_add(SHOWN_LINES)).await?;
        let end = end.min(start.saturating_add(SHOWN_BYTES)).min(log_bytes.max(start));
        Self::read(journal, number, (start, end), log_bytes, shows_last).await
    }

    async fn read(
        journal: &Journal,
        number: i64,
        (start, end): (u64, u64),
        log_bytes: u64,
        shows_last: bool,
    ) -> Result<Self, JournalError> {
        let mut converter = warm(journal, number, start).await?;
        let mut lines = LinesHtml::default();
        let mut first = None;
        let mut add = |line: LogLine, lines: &mut LinesHtml| {
            if line.end > start {
                first.get_or_insert(line.number);
                lines.add(&line);
            }
        };
        while converter.at() < end {
            let at_most = u32::try_from(end - converter.at()).unwrap_or(u32::MAX).min(AT_ONCE);
            let part = journal.log(number, converter.at(), at_most).await?;
            if part.bytes.is_empty() {
                break;
            }
            converter.read(&part.bytes, |line| add(line, &mut lines));
        }
        let rest = converter.rest();
        if let Some(rest) = &rest {
            lines.rest(rest);
        }
        Ok(Self {
            html: lines.finish(shows_last),
            first: first.unwrap_or(converter.number()),
            next: converter.number().saturating_add(u64::from(rest.is_some())),
            to: converter.start(),
            log_bytes,
            is_end: end >= log_bytes,
        })
    }
}

/// A converter that begins a bit before this byte: it gives lines before it, too, but those that end behind it have
/// their colours.
pub(super) async fn warm(
    journal: &Journal,
    number: i64,
    start: u64,
) -> Result<Converter, JournalError> {
    let at = start.saturating_sub(WARM_UP);
    let (line, _) = journal.line_of_byte(number, at).await?;
    let is_inside = at > 0 && journal.byte_of_line(number, line).await? != at;
    let mut converter = Converter::new(at, line, is_inside);
    while converter.at() < start {
        let at_most = u32::try_from(start - converter.at()).unwrap_or(u32::MAX).min(AT_ONCE);
        let part = journal.log(number, converter.at(), at_most).await?;
        if part.bytes.is_empty() {
            break;
        }
        converter.read(&part.bytes, |_| {});
    }
    Ok(converter)
}
