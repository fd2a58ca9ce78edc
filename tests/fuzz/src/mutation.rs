//! Changes inputs at random. What cargo-fuzz finds by looking at the code that an input reaches, this
//! finds by chance; but it runs everywhere.

use fastrand::Rng;

use crate::events::SECRET;

/// Pieces that parsers stumble over.
const PIECES: &[&str] = &[
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "\\u0000",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "{}",
    "[]",
    "-",
    "0",
    "1e999999",
    "-0",
    "18446744073709551616",
    "9223372036854775808",
    "1.5",
    "\"\"",
    " ",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u{1}",
    "é",
    "😀",
    "\u{2028}",
    "\u{feff}",
    "%",
    "%7",
    "%7B",
    "%00",
    "%ff",
    "%70",
    "+",
    "&",
    "=",
    "payload=",
    "&payload=",
    "<",
    ">",
    ";",
    "rel=next",
    "; rel=\"next\"",
    "..",
    "/",
    "//",
    "\\",
    "@",
    "?",
    "#",
    "sha256=",
    "2019-05-15T15:20:33Z",
    "+23:59",
    ":60Z",
    "\"action\":",
    "\"installation\":{\"id\":",
    "retry-after: ",
    "x-ratelimit-remaining: 0",
    "\"message\":",
    "GMT",
    "https://",
    "http://",
    "localhost",
    "[::1]",
    "-9999-01-01T00:00:00Z",
];

/// The longest input that grows further.
const LONGEST: usize = 64 * 1024;

/// Makes inputs out of seeds.
#[derive(Debug)]
pub struct Mutator<'a> {
    seeds: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    /// A mutator of these seeds.
    #[must_use]
    pub fn new(seeds: &'a [Vec<u8>]) -> Self {
        Self { seeds }
    }

    /// The input that this number stands for: always the same for the same seeds.
    #[must_use]
    pub fn input(&self, number: u64) -> Vec<u8> {
        let mut rng = Rng::with_seed(number);
        let mut input = rng.choice(self.seeds).cloned().unwrap_or_default();
        for _ in 0..rng.usize(1..=6) {
            self.change(&mut input, &mut rng);
        }
        input
    }

    fn change(&self, input: &mut Vec<u8>, rng: &mut Rng) {
        let (start, end) = range(input.len(), rng);
        match rng.u8(0..10) {
            0 if !input.is_empty() => {
                let at = rng.usize(..input.len());
                input[at] ^= 1 << rng.u8(0..8);
            }
            1 if !input.is_empty() => {
                let at = rng.usize(..input.len());
                input[at] = rng.u8(..);
            }
            2 => drop(input.drain(start..end)),
            3 => input.truncate(start),
            4 if input.len() < LONGEST => {
                let again = input[start..end].to_vec();
                input.splice(end..end, again);
            }
            // A part of another seed in the place of one of this.
            5 if input.len() < LONGEST => {
                if let Some(other) = rng.choice(self.seeds) {
                    let (from, to) = range(other.len(), rng);
                    input.splice(start..end, other[from..to].iter().copied());
                }
            }
            // The contents of a string, or a whole value, of JSON.
            6 => {
                let quotes: Vec<usize> = (0..input.len()).filter(|at| input[*at] == b'"').collect();
                if let Some(quote) = rng.choice(&quotes) {
                    input.splice(quote + 1..quote + 1, SECRET.bytes());
                }
            }
            _ => {
                let piece = rng.choice(PIECES).copied().unwrap_or_default();
                let times = if rng.u8(..) < 8 { 300 } else { 1 };
                let end = if rng.bool() { end.min(start + piece.len()) } else { start };
                input.splice(start..end, piece.repeat(times).into_bytes());
            }
        }
    }
}

/// Some part of something so long; mostly a short one.
fn range(length: usize, rng: &mut Rng) -> (usize, usize) {
    let start = rng.usize(0..=length);
    let longest = if rng.u8(0..4) == 0 { length } else { 16 };
    (start, start + rng.usize(0..=longest.min(length - start)))
}
