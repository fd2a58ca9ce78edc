use anstyle_parse::state::{Action, State, state_change};

/// A sequence has at most so many numbers that count: terminals know no more than 32 either.
const NUMBERS: usize = 32;

/// Follows a terminal's sequences, byte by byte: those that colour text and those that take back what the line
/// says. All others are read over. What it keeps has a fixed size, whatever comes.
#[derive(Debug, Clone)]
pub(super) struct Sequences {
    state: State,
    numbers: [u16; NUMBERS],
    /// So many are there, the one that is being read among them.
    count: usize,
    /// Bit N: number N stands behind a colon, and belongs to the one before it.
    joined: u32,
    /// It is one of a private kind, such as `\x1b[?25l`, which nothing here knows.
    is_private: bool,
}

/// What a byte means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It belongs to a sequence, or ends one that is read over.
    Nothing,
    /// A control character such as a carriage return.
    Control,
    /// A sequence that nothing was cut from ended before it: the byte is text.
    Text,
    /// It ends a sequence for colours.
    Style,
    /// It ends one that erases in the line; the number says what.
    Erase(u16),
    /// It ends one that goes to a column, the first being 1.
    Column(u16),
}

impl Sequences {
    pub(super) fn new() -> Self {
        Self { state: State::Ground, numbers: [0; NUMBERS], count: 0, joined: 0, is_private: false }
    }

    /// Whether what comes next is text.
    pub(super) fn is_ground(&self) -> bool {
        self.state == State::Ground
    }

    /// Gives up a sequence that was cut: none goes over the end of a line.
    pub(super) fn cut(&mut self) {
        self.state = State::Ground;
    }

    pub(super) fn read(&mut self, byte: u8) -> Meaning {
        let is_string = matches!(
            self.state,
            State::OscString
                | State::SosPmApcString
                | State::DcsEntry
                | State::DcsIgnore
                | State::DcsIntermediate
                | State::DcsParam
                | State::DcsPassthrough
        );
        if !is_string && (byte >= 0x80 || (byte == 0x7f && self.is_ground())) {
            // No sequence has such a byte, so it was cut before it.
            self.state = State::Ground;
            return Meaning::Text;
        }
        let (state, action) = state_change(self.state, byte);
        let is_new = state == State::Escape;
        if state != State::Anywhere {
            self.state = state;
        }
        if is_new {
            (self.count, self.joined, self.is_private) = (0, 0, false);
        }
        match action {
            Action::Print => Meaning::Text,
            Action::Execute => Meaning::Control,
            Action::Collect => {
                self.is_private = true;
                Meaning::Nothing
            }
            Action::Param => {
                self.number(byte);
                Meaning::Nothing
            }
            Action::CsiDispatch if !self.is_private => match byte {
                b'm' => Meaning::Style,
                b'K' => Meaning::Erase(self.first()),
                b'G' => Meaning::Column(self.first().max(1)),
                _ => Meaning::Nothing,
            },
            _ => Meaning::Nothing,
        }
    }

    /// What the numbers of a sequence for colours are: those that colons join are one group.
    pub(super) fn groups(&self) -> impl Iterator<Item = &[u16]> {
        let numbers = self.numbers.get(..self.count.min(NUMBERS)).unwrap_or_default();
        // `\x1b[m` is `\x1b[0m`.
        let mut rest = if numbers.is_empty() { &[0] } else { numbers };
        let mut joined = self.joined;
        std::iter::from_fn(move || {
            joined >>= 1;
            let more = joined.trailing_ones();
            joined = joined.checked_shr(more).unwrap_or(0);
            let length = usize::try_from(more).unwrap_or(0) + 1;
            let (group, after) = rest.split_at_checked(length.min(rest.len()))?;
            rest = after;
            (!group.is_empty()).then_some(group)
        })
    }

    fn first(&self) -> u16 {
        if self.count == 0 { 0 } else { self.numbers.first().copied().unwrap_or(0) }
    }

    fn number(&mut self, byte: u8) {
        if self.count == 0 {
            self.begin_number(false);
        }
        match byte {
            b'0'..=b'9' => {
                if let Some(number) = self.numbers.get_mut(self.count - 1) {
                    // `\x1b[99999999999m` is a number that nothing has.
                    *number = number.saturating_mul(10).saturating_add(u16::from(byte - b'0'));
                }
            }
            _ => self.begin_number(byte == b':'),
        }
    }

    fn begin_number(&mut self, is_joined: bool) {
        if let Some(number) = self.numbers.get_mut(self.count) {
            *number = 0;
            self.joined |= u32::from(is_joined) << self.count;
        }
        // One more than there are: what comes then is not kept.
        self.count = (self.count + 1).min(NUMBERS + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(sequence: &[u8]) -> Vec<Vec<u16>> {
        let mut sequences = Sequences::new();
        let mut last = Meaning::Text;
        for byte in sequence {
            last = sequences.read(*byte);
        }
        assert_eq!(last, Meaning::Style);
        sequences.groups().map(<[u16]>::to_vec).collect()
    }

    #[test]
    fn numbers_are_read_in_groups() {
        assert_eq!(groups(b"\x1b[m"), [[0]]);
        assert_eq!(groups(b"\x1b[1;31m"), [[1], [31]]);
        assert_eq!(groups(b"\x1b[;1m"), [[0], [1]]);
        assert_eq!(groups(b"\x1b[38:2::1:2:3;4:3m"), [vec![38, 2, 0, 1, 2, 3], vec![4, 3]]);
        assert_eq!(groups(b"\x1b[99999999999m"), [[u16::MAX]]);
        assert_eq!(
            groups(&[b"\x1b[".as_slice(), &b"1;".repeat(100), b"m"].concat()).len(),
            NUMBERS
        );
        assert_eq!(groups(&[b"\x1b[".as_slice(), &b"1:".repeat(100), b"m"].concat()).len(), 1);
        assert_eq!(groups(b"\x1b[1;2\x1b[3m"), [[3]]);
    }

    #[test]
    fn other_sequences_mean_nothing() {
        for (bytes, end) in [
            (b"\x1b]8;;https://example.com\x1b\\".as_slice(), Meaning::Nothing),
            (b"\x1b]0;title\x07", Meaning::Nothing),
            (b"\x1b[?25l", Meaning::Nothing),
            (b"\x1b[?31m", Meaning::Nothing),
            (b"\x1b[>1m", Meaning::Nothing),
            (b"\x1b[2J", Meaning::Nothing),
            (b"\x1bPq#0\x1b\\", Meaning::Nothing),
            (b"\x1b(B", Meaning::Nothing),
            (b"\x1b[2K", Meaning::Erase(2)),
            (b"\x1b[K", Meaning::Erase(0)),
            (b"\x1b[G", Meaning::Column(1)),
        ] {
            let mut sequences = Sequences::new();
            let (last, before) = bytes.split_last().unwrap();
            for byte in before {
                assert_eq!(sequences.read(*byte), Meaning::Nothing, "{bytes:?}");
            }
            assert_eq!(sequences.read(*last), end, "{bytes:?}");
            assert!(sequences.is_ground(), "{bytes:?}");
        }
    }

    #[test]
    fn letters_beyond_ascii_end_a_sequence_that_was_cut() {
        let mut sequences = Sequences::new();
        assert_eq!(sequences.read(0x1b), Meaning::Nothing);
        assert_eq!(sequences.read(b'['), Meaning::Nothing);
        assert_eq!(sequences.read(0xc3), Meaning::Text);
        assert!(sequences.is_ground());
    }
}
