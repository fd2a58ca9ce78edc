use std::{fs, io};

/// What `/proc/PID/stat` says of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProcStat {
    pub(super) pid: i32,
    pub(super) state: u8,
    pub(super) parent: i32,
    pub(super) group: i32,
    /// When it began, in clock ticks since the machine did.
    pub(super) start: u64,
}

impl ProcStat {
    pub(super) fn read(pid: i32) -> io::Result<Self> {
        let text = fs::read(format!("/proc/{pid}/stat"))?;
        Self::parse(pid, &text)
            .ok_or_else(|| io::Error::other(format!("/proc/{pid}/stat is malformed")))
    }

    /// All processes of this machine that can be seen. One that ends meanwhile may be missing.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter_map(|entry| Self::read(entry.file_name().to_str()?.parse().ok()?).ok())
    }

    /// Whether it has ended and only waits to be asked for its exit code.
    pub(super) fn is_dead(&self) -> bool {
        matches!(self.state, b'Z' | b'X')
    }

    /// Whether a signal has stopped it, until another one lets it go on.
    pub(super) fn is_stopped(&self) -> bool {
        self.state == b'T'
    }

    fn parse(pid: i32, text: &[u8]) -> Option<Self> {
        // The name may hold anything, also spaces and brackets; the last bracket ends it.
        let after = text.iter().rposition(|byte| *byte == b')')?;
        let rest = std::str::from_utf8(text.get(after + 1..)?).ok()?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        Some(Self {
            pid,
            state: *fields.first()?.as_bytes().first()?,
            parent: fields.get(1)?.parse().ok()?,
            group: fields.get(2)?.parse().ok()?,
            start: fields.get(19)?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets() {
        let text = b"7 (a) b) S 1 5 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0\n";
        let expected = ProcStat { pid: 7, state: b'S', parent: 1, group: 5, start: 4711 };
        assert_eq!(ProcStat::parse(7, text), Some(expected));
    }

    #[test]
    fn this_process_is_among_all() {
        let own = std::process::id() as i32;
        assert!(ProcStat::all().any(|stat| stat.pid == own));
    }
}
