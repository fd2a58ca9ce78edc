use std::collections::VecDeque;

use bytes::Bytes;

use super::converter::{Converter, LogLine};
use super::wire::{self, LinesJson};
use crate::journal::BuildNews;

/// So many bytes of lines are kept for those who are slow, or come back: some ten thousand lines. Fifty logs that are
/// watched take 50 MiB at most.
const KEPT: usize = 1024 * 1024;

/// What a line costs beside its text.
const PER_LINE: usize = 64;

/// One event has so many bytes of lines at most: so much each of those who are slow has in memory.
const LONGEST_EVENT: usize = 256 * 1024;

/// The last lines of a log that is watched, made ready once for all who watch.
#[derive(Debug)]
pub(super) struct Ring {
    /// All lines that end behind this byte are here, as far as they were read.
    from: u64,
    lines: VecDeque<Kept>,
    kept: usize,
    /// The line that has not ended: where it begins, its number, what it says.
    to: u64,
    number: u64,
    rest: Option<String>,
    /// So much was read.
    read: u64,
    version: u64,
    /// What the last step brought, from this byte on.
    last: Option<(u64, Bytes)>,
    pub(super) news: BuildNews,
}

#[derive(Debug)]
struct Kept {
    end: u64,
    number: u64,
    json: String,
}

/// How far somebody who watches has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// All lines that end at this byte or before were sent.
    pub(super) at: u64,
    /// So much was read to send them.
    pub(super) read: u64,
    /// What was seen last of the line that has not ended.
    version: u64,
}

impl Place {
    pub(super) fn new(at: u64, read: u64) -> Self {
        Self { at, read, version: 0 }
    }
}

/// What comes next for somebody who watches.
#[derive(Debug)]
pub(super) enum Next {
    Send(Bytes),
    /// Nothing as yet.
    Wait,
    /// It is no longer kept.
    Behind,
    /// Nothing more comes.
    Over,
}

impl Ring {
    /// One that begins at this byte, with a converter that has come so far.
    pub(super) fn new(from: u64, converter: &Converter, news: BuildNews) -> Self {
        let mut ring = Self {
            from,
            lines: VecDeque::new(),
            kept: 0,
            to: from,
            number: converter.number(),
            rest: None,
            read: from,
            version: 1,
            last: None,
            news,
        };
        ring.rest_of(converter);
        ring
    }

    /// One that begins anew at this byte, after another.
    pub(super) fn anew(&mut self, from: u64, converter: &Converter, news: BuildNews) {
        let version = self.version + 1;
        *self = Self::new(from, converter, news);
        self.version = version;
    }

    pub(super) fn from(&self) -> u64 {
        self.from
    }

    /// Takes what a step has brought.
    pub(super) fn add(&mut self, lines: Vec<LogLine>, converter: &Converter, news: BuildNews) {
        let is_new = self.read != converter.at();
        self.news = news;
        if !is_new {
            return;
        }
        self.version += 1;
        let from = self.to;
        let mut event = LinesJson::new(lines.first().map_or(converter.number(), |it| it.number));
        for line in lines.into_iter().filter(|line| line.end > from) {
            let kept = Kept { end: line.end, number: line.number, json: wire::line(&line) };
            event.add(&kept.json);
            self.kept += kept.json.len() + PER_LINE;
            self.lines.push_back(kept);
        }
        while self.kept > KEPT {
            let Some(first) = self.lines.pop_front() else { break };
            self.kept = self.kept.saturating_sub(first.json.len() + PER_LINE);
            self.from = first.end;
        }
        self.rest_of(converter);
        let is_short = event.len() <= LONGEST_EVENT;
        self.last = is_short.then(|| (from, event.event(self.rest.as_deref(), self.to)));
    }

    fn rest_of(&mut self, converter: &Converter) {
        self.to = converter.start().max(self.to);
        self.number = converter.number();
        self.rest = converter.rest().map(|rest| wire::text(&rest.html));
        self.read = converter.at();
    }

    /// What comes next for somebody who is there.
    pub(super) fn next(&self, place: &mut Place) -> Next {
        if place.read < self.from {
            return Next::Behind;
        }
        // It has seen all, or its page is newer than what was read here.
        if place.version == self.version || self.read < place.at {
            return self.nothing();
        }
        if let Some((from, event)) = &self.last
            && place.version + 1 == self.version
            && place.at == *from
        {
            self.reach(place);
            return Next::Send(event.clone());
        }
        let first = self.lines.partition_point(|line| line.end <= place.at);
        let mut lines = self.lines.iter().skip(first).peekable();
        let mut event = LinesJson::new(lines.peek().map_or(self.number, |line| line.number));
        while let Some(line) = lines.next() {
            event.add(&line.json);
            if event.len() > LONGEST_EVENT && lines.peek().is_some() {
                (place.at, place.read) = (line.end, line.end);
                return Next::Send(event.event(None, line.end));
            }
        }
        self.reach(place);
        if event.is_empty() && self.rest.is_none() {
            return self.nothing();
        }
        Next::Send(event.event(self.rest.as_deref(), self.to))
    }

    fn nothing(&self) -> Next {
        if self.is_over() { Next::Over } else { Next::Wait }
    }

    /// Whether the build has ended and all of its log was read.
    fn is_over(&self) -> bool {
        self.news.state.is_final() && self.read >= self.news.log_bytes
    }

    fn reach(&self, place: &mut Place) {
        place.at = self.to.max(place.at);
        place.read = self.read;
        place.version = self.version;
    }
}
