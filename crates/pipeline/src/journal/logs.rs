//! The logs of builds: written in pieces as they come, read from any byte on.

use std::fmt;

use bytes::{Bytes, BytesMut};
use lz4_flex::block;

use super::changing::BuildHold;
use super::database::{Kind, Problem, Session};
use super::error::JournalError;
use super::journal::{Journal, Shared};
use crate::record::BuildState;

/// A chunk has at most so many bytes: reading from any byte unpacks one chunk in vain at most, and a log of 100 MiB
/// has 1,600 of them.
const CHUNK: usize = 64 * 1024;

/// So many bytes are written in one transaction at most: with SQLite the inbox waits as long.
const AT_ONCE: usize = 512 * 1024;

/// One read returns at most so many bytes, whatever was asked for.
pub(super) const MOST_READ: u32 = 1024 * 1024;

/// What became of [appending](Journal::append) to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogWrite {
    /// What comes next begins at this byte of the runner's log. It is where the call began, or before, if something
    /// is missing between: then nothing was written, and it goes on from there.
    Next(u64),
    /// The build is another attempt's, or has ended. Nothing was written.
    Lost,
}

/// A part of a log.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogPart {
    /// Where it begins, in bytes.
    pub start: u64,
    /// The bytes as the command wrote them: UTF-8 or not. There are none at the end, and where it is forgotten.
    pub bytes: Bytes,
    /// How long the whole log is by now, in bytes.
    pub log_bytes: u64,
    /// Where the build stands: nothing is added to the log of one that has ended.
    pub state: BuildState,
    /// Whether the log was removed, as it was old.
    pub is_forgotten: bool,
}

impl LogPart {
    pub(super) fn new(start: u64, bytes: Bytes, log_bytes: u64, state: BuildState) -> Self {
        Self { start, bytes, log_bytes, state, is_forgotten: false }
    }

    /// Where the next part begins.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }

    /// Whether nothing comes after it, now or later.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_forgotten || (self.state.is_final() && self.end() >= self.log_bytes)
    }
}

/// How much it is, but not what it says: that may be long and private.
impl fmt::Debug for LogPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LogPart")
            .field("start", &self.start)
            .field("length", &self.bytes.len())
            .field("log_bytes", &self.log_bytes)
            .field("state", &self.state)
            .field("is_forgotten", &self.is_forgotten)
            .finish()
    }
}

struct Chunk {
    length: usize,
    /// So many lines end in it.
    lines: u64,
    is_packed: bool,
    bytes: Vec<u8>,
}

impl Chunk {
    /// Packs these bytes, unless they become longer by it.
    fn of(bytes: &[u8]) -> Self {
        let packed = block::compress(bytes);
        let is_packed = packed.len() < bytes.len();
        let kept = if is_packed { packed } else { bytes.to_vec() };
        Self { length: bytes.len(), lines: lines_in(bytes), is_packed, bytes: kept }
    }
}

impl Journal {
    /// Adds bytes to the log of a build that runs. They begin at `offset` of the runner's own log, which
    /// [begins](BuildHold::log_base) somewhere in the build's. What is there already is not written again, so it does
    /// no harm to begin too early.
    ///
    /// Everybody sees them when this returns. A power cut may take some of the last seconds, but leaves no hole; a
    /// crash of the process takes nothing.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, when the disk is [full](JournalError::is_full), and when the database fails.
    pub async fn append(
        &self,
        hold: &BuildHold,
        offset: u64,
        bytes: impl Into<Bytes>,
    ) -> Result<LogWrite, JournalError> {
        let (hold, mut bytes) = (*hold, bytes.into());
        let mut offset = offset;
        loop {
            let part = bytes.split_to(bytes.len().min(AT_ONCE));
            let end = offset.saturating_add(part.len() as u64);
            let work = {
                let part = part.clone();
                // Packed before the transaction begins, for what nearly always is: nothing is there already.
                let chunks: Vec<Chunk> = part.chunks(CHUNK).map(Chunk::of).collect();
                move |session: &mut Session<'_>| write(session, hold, offset, &part, &chunks)
            };
            let written = self.write_lightly("write a log", work).await?;
            self.shared.hubs.poke(Some(hold.number));
            if bytes.is_empty() || written != LogWrite::Next(end) {
                return Ok(written);
            }
            offset = end;
        }
    }

    /// A part of a build's log: from this byte on, at most so many, and never more than 1 MiB. While it is written, all
    /// that is there so far can be read.
    ///
    /// # Errors
    ///
    /// Fails when there is no such build, when the log is unreadable, and when the database fails.
    pub async fn log(&self, number: i64, from: u64, at_most: u32) -> Result<LogPart, JournalError> {
        self.shared.log(number, from, at_most).await
    }
}

impl Shared {
    pub(super) async fn log(
        &self,
        number: i64,
        from: u64,
        at_most: u32,
    ) -> Result<LogPart, JournalError> {
        let at_most = at_most.min(MOST_READ);
        self.read("read a log", move |session| read(session, number, from, at_most)).await
    }
}

fn write(
    session: &mut Session<'_>,
    hold: BuildHold,
    offset: u64,
    bytes: &[u8],
    chunks: &[Chunk],
) -> Result<LogWrite, Problem> {
    let sql = "SELECT log_bytes, log_lines, holder, state FROM pipeline_builds WHERE number = $1";
    let row = session.first(sql, &[hold.number.into()])?;
    let mut row = row.ok_or_else(|| Problem::no_build(hold.number))?;
    let (log_bytes, log_lines): (u64, u64) = (row.next()?, row.next()?);
    let (holder, state): (i64, String) = (row.next()?, row.next()?);
    if holder != hold.holder || state != BuildState::Running.as_str() {
        return Ok(LogWrite::Lost);
    }
    let start = hold.log_base.saturating_add(offset);
    let next = |end: u64| LogWrite::Next(end.saturating_sub(hold.log_base));
    let end = start.saturating_add(bytes.len() as u64);
    if start > log_bytes || end <= log_bytes {
        return Ok(next(log_bytes));
    }
    // Guarded again: with PostgreSQL others may write since this was read.
    let packed_again;
    let chunks = if start == log_bytes {
        chunks
    } else {
        let known = usize::try_from(log_bytes - start).unwrap_or(usize::MAX);
        let new = bytes.get(known..).unwrap_or_default();
        packed_again = new.chunks(CHUNK).map(Chunk::of).collect::<Vec<_>>();
        &packed_again
    };
    let lines = chunks.iter().fold(log_lines, |sum, chunk| sum.saturating_add(chunk.lines));
    let sql = "UPDATE pipeline_builds SET log_bytes = $4, log_lines = $5, has_log = 1
               WHERE number = $1 AND holder = $2 AND state = 'running' AND log_bytes = $3";
    let values = [
        hold.number.into(),
        holder.into(),
        count(log_bytes)?.into(),
        count(end)?.into(),
        count(lines)?.into(),
    ];
    if session.execute(sql, &values)? == 0 {
        return Err(Problem::new(Kind::Undone, "somebody else wrote to the same log"));
    }
    write_chunks(session, hold.number, (log_bytes, log_lines), chunks)?;
    Ok(next(end))
}

fn write_chunks(
    session: &mut Session<'_>,
    number: i64,
    (mut start, mut lines_before): (u64, u64),
    chunks: &[Chunk],
) -> Result<(), Problem> {
    for chunk in chunks {
        let length = chunk.length as u64;
        let values = [
            number.into(),
            count(start)?.into(),
            count(length)?.into(),
            count(lines_before)?.into(),
            chunk.is_packed.into(),
            chunk.bytes.as_slice().into(),
        ];
        let sql = "INSERT INTO pipeline_log_chunks
                       (build, start, length, lines_before, is_packed, bytes)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        session.execute(sql, &values)?;
        start = start.saturating_add(length);
        lines_before = lines_before.saturating_add(chunk.lines);
    }
    Ok(())
}

fn read(
    session: &mut Session<'_>,
    number: i64,
    from: u64,
    at_most: u32,
) -> Result<LogPart, Problem> {
    let sql = "SELECT log_bytes, state, has_log FROM pipeline_builds WHERE number = $1";
    let row = session.first(sql, &[number.into()])?;
    let mut row = row.ok_or_else(|| Problem::no_build(number))?;
    let (log_bytes, state, has_log): (u64, String, u64) = (row.next()?, row.next()?, row.next()?);
    let unreadable =
        |what: &str| Problem::unreadable(format!("{what} of build {number} is unreadable"));
    let state = state.parse().map_err(|_| unreadable("the state"))?;
    let is_forgotten = log_bytes > 0 && has_log != 1;
    let start = from.min(log_bytes);
    let mut part = LogPart { start, bytes: Bytes::new(), log_bytes, state, is_forgotten };
    let end = log_bytes.min(start.saturating_add(u64::from(at_most)));
    if is_forgotten || start == end {
        return Ok(part);
    }
    // The chunk that holds the first byte: the last one that does not begin after it.
    let sql = "SELECT start FROM pipeline_log_chunks WHERE build = $1 AND start <= $2
               ORDER BY start DESC LIMIT 1";
    let first = session.first(sql, &[number.into(), count(start)?.into()])?;
    let first: i64 = first.ok_or_else(|| unreadable("the log"))?.next()?;
    let mut bytes = BytesMut::new();
    let mut at = u64::try_from(first).map_err(|_| unreadable("the log"))?;
    // A few at a time: where chunks are small there are many, where they are large few are needed.
    while at < end {
        let sql = "SELECT start, length, is_packed, bytes FROM pipeline_log_chunks
                   WHERE build = $1 AND start >= $2 AND start < $3 ORDER BY start LIMIT 64";
        let rows = session.rows(sql, &[number.into(), count(at)?.into(), count(end)?.into()])?;
        if rows.is_empty() {
            return Err(unreadable("the log"));
        }
        for mut row in rows {
            let (begins, length): (u64, u64) = (row.next()?, row.next()?);
            let (is_packed, packed): (bool, Vec<u8>) = (row.next()?, row.next()?);
            let unpacked =
                unpack(packed, is_packed, length).ok_or_else(|| unreadable("the log"))?;
            if begins != at {
                return Err(unreadable("the log"));
            }
            let skipped = usize::try_from(start.saturating_sub(at)).unwrap_or(usize::MAX);
            let wanted = usize::try_from(end - at).unwrap_or(usize::MAX).min(unpacked.len());
            bytes.extend_from_slice(unpacked.get(skipped..wanted).unwrap_or_default());
            at = at.saturating_add(length);
        }
    }
    part.bytes = bytes.freeze();
    Ok(part)
}

/// So many lines end in these bytes.
pub(super) fn lines_in(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The bytes of a chunk, if they are what it says.
pub(super) fn unpack(bytes: Vec<u8>, is_packed: bool, length: u64) -> Option<Vec<u8>> {
    let length = usize::try_from(length).ok().filter(|length| (1..=CHUNK).contains(length))?;
    let unpacked = if is_packed { block::decompress(&bytes, length).ok()? } else { bytes };
    (unpacked.len() == length).then_some(unpacked)
}

/// A length as databases have it.
pub(super) fn count(number: u64) -> Result<i64, Problem> {
    let counted = i64::try_from(number);
    counted.map_err(|_| Problem::new(Kind::Refused, format!("{number} bytes are too many")))
}
