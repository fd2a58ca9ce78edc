//! The lines of logs: which line a byte is in, and where a line begins. Each chunk says how many lines have ended
//! before it, so one chunk is read for an answer, however long the log is.

use super::database::{Problem, Row, Session};
use super::error::JournalError;
use super::journal::Journal;
use super::logs::{count, unpack};

impl Journal {
    /// The number of the line that this byte of a build's log is in, and how many bytes the log has. The first line is 1;
    /// a line ends with `\n`, which is its last byte. A byte behind the end is in the line that comes next.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, when the log is unreadable or forgotten, and when the database fails.
    pub async fn line_of_byte(&self, number: i64, byte: u64) -> Result<(u64, u64), JournalError> {
        let work = move |session: &mut Session<'_>| line_of(session, number, byte);
        self.read("number the lines of a log", work).await
    }

    /// Where a line of a build's log begins, in bytes; the log's end if it has fewer lines.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, when the log is unreadable or forgotten, and when the database fails.
    pub async fn byte_of_line(&self, number: i64, line: u64) -> Result<u64, JournalError> {
        let work = move |session: &mut Session<'_>| byte_of(session, number, line);
        self.read("find a line of a log", work).await
    }
}

fn lengths(session: &mut Session<'_>, number: i64) -> Result<(u64, u64), Problem> {
    let sql = "SELECT log_bytes, log_lines FROM pipeline_builds WHERE number = $1";
    let row = session.first(sql, &[number.into()])?;
    let mut row = row.ok_or_else(|| Problem::no_build(number))?;
    Ok((row.next()?, row.next()?))
}

fn line_of(session: &mut Session<'_>, number: i64, byte: u64) -> Result<(u64, u64), Problem> {
    let (log_bytes, log_lines) = lengths(session, number)?;
    if byte >= log_bytes {
        return Ok((log_lines.saturating_add(1), log_bytes));
    }
    let sql = "SELECT start, length, lines_before, is_packed, bytes FROM pipeline_log_chunks
               WHERE build = $1 AND start <= $2 ORDER BY start DESC LIMIT 1";
    let row = session.first(sql, &[number.into(), count(byte)?.into()])?;
    let chunk = LinedChunk::read(row, number)?;
    let before = byte.checked_sub(chunk.start).and_then(|it| usize::try_from(it).ok());
    let before = before.and_then(|length| chunk.bytes.get(..length));
    let before = before.ok_or_else(|| unreadable(number))?;
    let lines = chunk.lines_before.saturating_add(super::logs::lines_in(before));
    Ok((lines.saturating_add(1), log_bytes))
}

fn byte_of(session: &mut Session<'_>, number: i64, line: u64) -> Result<u64, Problem> {
    let (log_bytes, log_lines) = lengths(session, number)?;
    // The lines that end before it.
    let ended = line.saturating_sub(1);
    if ended == 0 {
        return Ok(0);
    }
    if ended > log_lines {
        return Ok(log_bytes);
    }
    // The end of the line before it is in the last chunk before which fewer lines have ended.
    let sql = "SELECT start, length, lines_before, is_packed, bytes FROM pipeline_log_chunks
               WHERE build = $1 AND lines_before < $2
               ORDER BY lines_before DESC, start DESC LIMIT 1";
    let row = session.first(sql, &[number.into(), count(ended)?.into()])?;
    let chunk = LinedChunk::read(row, number)?;
    let nth = ended.saturating_sub(chunk.lines_before).saturating_sub(1);
    let nth = usize::try_from(nth).map_err(|_| unreadable(number))?;
    let mut ends = chunk.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let (at, _) = ends.nth(nth).ok_or_else(|| unreadable(number))?;
    Ok(chunk.start.saturating_add(at as u64).saturating_add(1))
}

struct LinedChunk {
    start: u64,
    lines_before: u64,
    bytes: Vec<u8>,
}

impl LinedChunk {
    fn read(row: Option<Row>, number: i64) -> Result<Self, Problem> {
        let mut row = row.ok_or_else(|| unreadable(number))?;
        let (start, length, lines_before): (u64, u64, u64) =
            (row.next()?, row.next()?, row.next()?);
        let (is_packed, packed): (bool, Vec<u8>) = (row.next()?, row.next()?);
        let bytes = unpack(packed, is_packed, length).ok_or_else(|| unreadable(number))?;
        Ok(Self { start, lines_before, bytes })
    }
}

fn unreadable(number: i64) -> Problem {
    Problem::unreadable(format!("the log of build {number} is unreadable"))
}
