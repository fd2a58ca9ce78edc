use std::collections::VecDeque;
use std::fs::File;
use std::io::{ErrorKind, Write as _};

/// So much of the end of a log is kept beyond its cap: where the error stands that people look for.
const TAIL: u64 = 256 * 1024;

/// The log of a run, which grows to a cap and no further.
///
/// Who follows it reads a file that only grows, so an offset means the same byte for ever:
///
/// 1. The beginning is written as it comes, up to the cap less the tail (256 KiB; for small caps half of it).
/// 2. What follows is held in memory. While all of it fits into the tail nothing is lost, and it is written at
///    the end. When it does not fit any more, a line says so, and the file rests.
/// 3. At the end a line says how many bytes were left out, and the tail follows.
///
/// A disk that is full ends the first part early; the rest goes as if the cap had been reached.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    cap: u64,
    /// How much of the beginning may be written.
    head: u64,
    /// How many bytes the file has.
    written: u64,
    tail: VecDeque<u8>,
    tail_size: u64,
    left_out: u64,
    /// Whether the last byte that came ends a line.
    at_line_start: bool,
}

impl Log {
    pub(super) fn new(file: File, cap: u64) -> Self {
        let tail_size = TAIL.min(cap / 2);
        Self {
            file,
            cap,
            head: cap - tail_size,
            written: 0,
            tail: VecDeque::new(),
            tail_size,
            left_out: 0,
            at_line_start: true,
        }
    }

    /// Appends what a command wrote.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        self.at_line_start = *last == b'\n';
        let room = self.head.saturating_sub(self.written);
        let (begins, mut rest) = bytes.split_at(bytes.len().min(room as usize));
        let kept = self.write(begins);
        if kept < begins.len() {
            // No more is written, so that what stands in the file is one piece.
            self.head = self.written;
            rest = &bytes[kept..];
        }
        self.hold(rest);
    }

    /// Appends a line of the runner's own.
    pub(super) fn note(&mut self, text: &str) {
        let start = if self.at_line_start { "" } else { "\n" };
        self.append(format!("{start}hookstead: {text}\n").as_bytes());
    }

    /// Writes the tail. Returns how long the log is, and how many bytes were left out.
    pub(super) fn end(mut self) -> (u64, u64) {
        if self.left_out > 0 {
            let line = format!("\nhookstead: {} bytes left out\n", self.left_out);
            self.write(line.as_bytes());
        }
        let tail = std::mem::take(&mut self.tail);
        let kept = self.write(tail.as_slices().0) + self.write(tail.as_slices().1);
        self.left_out += (tail.len() - kept) as u64;
        (self.written, self.left_out)
    }

    fn hold(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let newest = &bytes[bytes.len().saturating_sub(self.tail_size as usize)..];
        let too_many = (self.tail.len() + newest.len()).saturating_sub(self.tail_size as usize);
        let skipped = (bytes.len() - newest.len() + too_many) as u64;
        self.tail.drain(..too_many);
        self.tail.extend(newest);
        if skipped > 0 && self.left_out == 0 {
            let line = format!(
                "\nhookstead: the log has reached its cap of {} bytes; of what follows the last {} are kept\n",
                self.cap, self.tail_size
            );
            self.write(line.as_bytes());
        }
        self.left_out += skipped;
    }

    /// Writes to the file as much as it takes.
    fn write(&mut self, bytes: &[u8]) -> usize {
        let mut kept = 0;
        while kept < bytes.len() {
            match self.file.write(&bytes[kept..]) {
                Ok(0) => break,
                Ok(count) => kept += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.written += kept as u64;
        kept
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;

    fn log(cap: u64, chunks: &[&[u8]]) -> (String, u64, u64) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = Log::new(File::create(&path).unwrap(), cap);
        chunks.iter().for_each(|chunk| log.append(chunk));
        let (bytes, left_out) = log.end();
        let text = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
        assert_eq!(text.len() as u64, bytes);
        (text, bytes, left_out)
    }

    #[test]
    fn up_to_the_cap_nothing_is_left_out() {
        let (text, bytes, left_out) = log(10, &[b"0123", b"4567", b"89"]);
        assert_eq!((text.as_str(), bytes, left_out), ("0123456789", 10, 0));
    }

    #[test]
    fn beyond_the_cap_head_and_tail_are_kept() {
        let chunks: [&[u8]; 3] = [b"01234", b"56789a", b"bcdef"];
        let whole = chunks.concat();
        for chunks in [&chunks[..], &[&whole], &whole.chunks(1).collect::<Vec<_>>()] {
            let (text, _, left_out) = log(10, chunks);
            assert_eq!(left_out, 6);
            assert!(
                text.starts_with("01234\nhookstead: the log has reached its cap of 10 bytes"),
                "{text}"
            );
            assert!(text.ends_with("\nhookstead: 6 bytes left out\nbcdef"), "{text}");
        }
    }

    #[test]
    fn a_note_begins_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = Log::new(File::create(&path).unwrap(), 1000);
        log.note("one");
        log.append(b"text");
        log.note("two");
        log.end();
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            "hookstead: one\ntext\nhookstead: two\n"
        );
    }

    #[test]
    fn a_full_disk_is_counted() {
        let mut log = Log::new(OpenOptions::new().write(true).open("/dev/full").unwrap(), 1000);
        log.append(b"0123456789");
        assert_eq!(log.end(), (0, 10));
    }
}
