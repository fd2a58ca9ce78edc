//! Walks over a JSON text without making anything of it.
//!
//! serde_json can skip values too. This walk is there because a receiver does it with every body,
//! and because its cost hardly depends on what the text is made of: it looks at each byte about
//! once, and allocates nothing but one bit for each level of nesting beyond 64. It takes exactly
//! the texts that serde_json takes when it skips a value, and its errors have serde_json's words.

/// Where a text stopped being JSON, and what was expected there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    at: usize,
    what: &'static str,
}

const VALUE: &str = "expected value";
const NUMBER: &str = "invalid number";
const EOF_VALUE: &str = "EOF while parsing a value";
const EOF_STRING: &str = "EOF while parsing a string";
const EOF_LIST: &str = "EOF while parsing a list";
const EOF_OBJECT: &str = "EOF while parsing an object";
const CONTROL: &str = "control character (\\u0000-\\u001F) found while parsing a string";

impl Fault {
    #[cold]
    fn new(at: usize, what: &'static str) -> Self {
        Self { at, what }
    }

    /// Nothing but an object will do.
    #[cold]
    pub(crate) fn no_object(text: &[u8], at: usize) -> Self {
        Self::new(at, if at < text.len() { "expected a JSON object" } else { EOF_VALUE })
    }

    /// Nothing may follow.
    #[cold]
    pub(crate) fn trailing(at: usize) -> Self {
        Self::new(at, "trailing characters")
    }

    /// The fault in words, with its line and column, which count from 1.
    #[cold]
    pub(crate) fn in_words(self, text: &[u8]) -> String {
        // At the end of the text its last byte is named.
        let end = (self.at + 1).min(text.len());
        let before = text.get(..end.saturating_sub(1)).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        // Looked for piece by piece: a whole piece is searched much faster than byte by byte.
        let mut start = before.len();
        for piece in before.rchunks(4096) {
            start -= piece.len();
            if piece.contains(&b'\n') {
                start += piece.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                break;
            }
        }
        let column = end - start;
        format!("{} at line {line} column {column}", self.what)
    }
}

/// The byte at this position; behind the end of the text a zero, which nothing in JSON begins with.
#[inline(always)]
fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The position of the first byte from `at` on that is no white space.
#[inline(always)]
pub(crate) fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(byte(text, at), b' ' | b'\n' | b'\t' | b'\r') {
        at += 1;
    }
    at
}

/// Walks over the object whose `{` stands at `at`. Returns the position behind its `}`.
///
/// `member` gets each key as it is written, without its quotes, and the position at which the
/// member's value begins. It returns the position behind that value.
#[inline]
pub(crate) fn members<'a>(
    text: &'a [u8],
    at: usize,
    mut member: impl FnMut(&'a [u8], usize) -> Result<usize, Fault>,
) -> Result<usize, Fault> {
    let mut at = skip_space(text, at + 1);
    if byte(text, at) == b'}' {
        return Ok(at + 1);
    }
    loop {
        let end = key(text, at)?;
        let written = text.get(at + 1..end - 1).unwrap_or_default();
        at = skip_space(text, member(written, colon(text, end)?)?);
        match byte(text, at) {
            b',' => at = skip_space(text, at + 1),
            b'}' => return Ok(at + 1),
            _ => return Err(no_comma(text, at, OBJECT)),
        }
    }
}

/// Walks over the value that begins at `at`. Returns the position behind it.
#[inline]
pub(crate) fn skip_value(text: &[u8], at: usize) -> Result<usize, Fault> {
    match byte(text, at) {
        b'[' | b'{' => skip_nested(text, at),
        _ => scalar(text, at),
    }
}

/// Walks over a list or an object.
fn skip_nested(text: &[u8], mut at: usize) -> Result<usize, Fault> {
    let mut open = Nesting::default();
    loop {
        // A value begins here.
        match byte(text, at) {
            b'[' => {
                at = skip_space(text, at + 1);
                if byte(text, at) != b']' {
                    open.push(LIST);
                    continue;
                }
                at += 1;
            }
            b'{' => {
                at = skip_space(text, at + 1);
                if byte(text, at) != b'}' {
                    open.push(OBJECT);
                    at = colon(text, key(text, at)?)?;
                    continue;
                }
                at += 1;
            }
            // Numbers of one digit, of which the most fit into a text, are taken here.
            b'0'..=b'9' if matches!(byte(text, at + 1), b',' | b']' | b'}') => at += 1,
            _ => at = scalar(text, at)?,
        }
        // A value has ended.
        loop {
            if open.is_empty() {
                return Ok(at);
            }
            at = skip_space(text, at);
            let found = byte(text, at);
            if found == b',' {
                at = skip_space(text, at + 1);
                if open.innermost() == OBJECT {
                    at = colon(text, key(text, at)?)?;
                }
                break;
            }
            if found != open.end() {
                return Err(no_comma(text, at, open.innermost()));
            }
            open.pop();
            at += 1;
        }
    }
}

#[cold]
fn no_comma(text: &[u8], at: usize, innermost: u64) -> Fault {
    let what = match (innermost, at < text.len()) {
        (OBJECT, true) => "expected `,` or `}`",
        (OBJECT, false) => EOF_OBJECT,
        (_, true) => "expected `,` or `]`",
        (_, false) => EOF_LIST,
    };
    Fault::new(at, what)
}

/// A value that is neither a list nor an object. Returns the position behind it.
#[inline(always)]
fn scalar(text: &[u8], at: usize) -> Result<usize, Fault> {
    match byte(text, at) {
        b'"' => string(text, at),
        b'-' | b'0'..=b'9' => number(text, at),
        b't' => word(text, at, b"true"),
        b'f' => word(text, at, b"false"),
        b'n' => word(text, at, b"null"),
        _ => Err(Fault::new(at, if at < text.len() { VALUE } else { EOF_VALUE })),
    }
}

/// A key that must begin at `at`. Returns the position behind its closing quote.
#[inline(always)]
fn key(text: &[u8], at: usize) -> Result<usize, Fault> {
    if byte(text, at) == b'"' {
        return string(text, at);
    }
    Err(Fault::new(at, if at < text.len() { "key must be a string" } else { EOF_OBJECT }))
}

/// The colon behind a key. Returns the position of the value.
#[inline(always)]
fn colon(text: &[u8], at: usize) -> Result<usize, Fault> {
    let at = skip_space(text, at);
    if byte(text, at) == b':' {
        return Ok(skip_space(text, at + 1));
    }
    Err(Fault::new(at, if at < text.len() { "expected `:`" } else { EOF_OBJECT }))
}

/// A string whose opening quote stands at `at`. Returns the position behind its closing quote.
#[inline(always)]
fn string(text: &[u8], at: usize) -> Result<usize, Fault> {
    if byte(text, at + 1) == b'"' {
        return Ok(at + 2);
    }
    rest_of_string(text, at + 1)
}

fn rest_of_string(text: &[u8], mut at: usize) -> Result<usize, Fault> {
    loop {
        match text.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = escape(text, at + 1)?,
            // serde_json names the byte before.
            Some(..=0x1f) => return Err(Fault::new(at - 1, CONTROL)),
            Some(_) => at = plain(text, at + 1),
            None => return Err(Fault::new(at, EOF_STRING)),
        }
    }
}

/// The first position from `at` on that may hold a quote, a backslash or a control character.
#[inline]
fn plain(text: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    /// Has the highest bit of each byte that is zero. Above the first such it may have more.
    const fn zeros(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    while let Some(Ok(eight)) = text.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(eight);
        let quote = zeros(word ^ (ONES * b'"' as u64));
        let backslash = zeros(word ^ (ONES * b'\\' as u64));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (quote | backslash | control) & (ONES << 7);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

/// What follows a backslash, at `at`. Returns the position behind it.
#[inline]
fn escape(text: &[u8], at: usize) -> Result<usize, Fault> {
    match text.get(at) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 1),
        Some(b'u') => match text.get(at + 1..at + 5) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(at + 5),
            Some(_) => Err(Fault::new(at + 4, "invalid escape")),
            None => Err(Fault::new(text.len(), EOF_STRING)),
        },
        Some(_) => Err(Fault::new(at, "invalid escape")),
        None => Err(Fault::new(at, EOF_STRING)),
    }
}

/// A number that begins at `at`. Returns the position behind it.
#[inline(always)]
fn number(text: &[u8], at: usize) -> Result<usize, Fault> {
    let first = at + usize::from(byte(text, at) == b'-');
    let end = digits(text, first);
    // A zero begins no longer number.
    if end != first + 1 && (end == first || byte(text, first) == b'0') {
        return Err(Fault::new(end.min(first + 1), NUMBER));
    }
    match byte(text, end) {
        b'.' | b'e' | b'E' => rest_of_number(text, end),
        _ => Ok(end),
    }
}

fn rest_of_number(text: &[u8], mut at: usize) -> Result<usize, Fault> {
    if byte(text, at) == b'.' {
        at = some_digits(text, at + 1)?;
    }
    if let b'e' | b'E' = byte(text, at) {
        let is_signed = matches!(byte(text, at + 1), b'+' | b'-');
        at = some_digits(text, at + 1 + usize::from(is_signed))?;
    }
    Ok(at)
}

fn some_digits(text: &[u8], at: usize) -> Result<usize, Fault> {
    let end = digits(text, at);
    if end > at { Ok(end) } else { Err(Fault::new(at, NUMBER)) }
}

#[inline(always)]
fn digits(text: &[u8], mut at: usize) -> usize {
    while byte(text, at).is_ascii_digit() {
        at += 1;
    }
    at
}

/// One of JSON's three words. Returns the position behind it.
#[inline(always)]
fn word(text: &[u8], at: usize, word: &'static [u8]) -> Result<usize, Fault> {
    match text.get(at..at + word.len()) {
        Some(found) if found == word => Ok(at + word.len()),
        _ => Err(no_word(text, at, word)),
    }
}

#[cold]
fn no_word(text: &[u8], at: usize, word: &[u8]) -> Fault {
    let found = text.get(at..).unwrap_or_default();
    let at = at + found.iter().zip(word).take_while(|(found, letter)| found == letter).count();
    Fault::new(at, if at < text.len() { "expected ident" } else { EOF_VALUE })
}

const LIST: u64 = 0;
const OBJECT: u64 = 1;

/// Which lists and objects are open: a bit for each.
struct Nesting {
    /// The innermost ones below a bit that marks their end; the lowest is the innermost.
    near: u64,
    /// The others, 63 in each.
    far: Vec<u64>,
}

impl Default for Nesting {
    fn default() -> Self {
        Self { near: 1, far: Vec::new() }
    }
}

impl Nesting {
    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.near == 1
    }

    #[inline(always)]
    fn innermost(&self) -> u64 {
        self.near & 1
    }

    /// What closes the innermost. The two brackets differ in one bit.
    #[inline(always)]
    fn end(&self) -> u8 {
        b']' | (self.near as u8 & 1) << 5
    }

    #[inline(always)]
    fn push(&mut self, kind: u64) {
        if self.near >> 63 == 1 {
            self.far.push(self.near);
            self.near = 1;
        }
        self.near = self.near << 1 | kind;
    }

    #[inline(always)]
    fn pop(&mut self) {
        self.near >>= 1;
        if self.near == 1 {
            self.near = self.far.pop().unwrap_or(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    /// What serde_json says of the same text.
    fn theirs(text: &str) -> Option<String> {
        serde_json::from_str::<IgnoredAny>(text).err().map(|error| error.to_string())
    }

    fn ours(text: &str) -> Option<String> {
        let text = text.as_bytes();
        let end = skip_value(text, skip_space(text, 0)).and_then(|end| {
            let end = skip_space(text, end);
            if end < text.len() { Err(Fault::trailing(end)) } else { Ok(()) }
        });
        end.err().map(|fault| fault.in_words(text))
    }

    #[test]
    fn it_takes_what_serde_json_takes() {
        for good in [
            "0",
            "-0",
            "10",
            "-1.5e+9",
            "1E9",
            "1e999999",
            "true",
            "false",
            "null",
            "\"\"",
            "[]",
            "{}",
            " [ 1 , [ ] , { } ] ",
            "{\"a\":{\"b\":[1,{\"c\":null}]},\"a\":2}",
            "\"\\ud800\"",
            "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9é \u{7f}\"",
            "[[[[[]]]],[{\"\":{}}]]",
        ] {
            assert_eq!((ours(good), theirs(good)), (None, None), "{good}");
        }
    }

    #[test]
    fn it_refuses_what_serde_json_refuses_and_says_the_same() {
        for bad in [
            "",
            " ",
            "{",
            "[1",
            "[1,",
            "[1,]",
            "[,",
            "]",
            "}",
            "{,",
            "{1",
            "{\"a\"",
            "{\"a\":",
            "{\"a\" 1",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1]",
            "[1}",
            "[1 2]",
            "{} {}",
            "[]]",
            "01",
            "-",
            "-x",
            "1.",
            "1.x",
            "1e",
            "1e+",
            "+1",
            ".5",
            "nan",
            "nulx",
            "t",
            "nul",
            "truth",
            "\"",
            "\"a",
            "\"\\",
            "\"\\x\"",
            "\"\u{1}\"",
            "\"a\nb\"",
            "\n\n [\n1,\n x]",
            "\"abcdefghijk\u{1f}lmnop\"",
            "'a'",
        ] {
            assert_eq!(ours(bad), theirs(bad), "{bad:?}");
        }
        // What these end in is told in one way or another.
        for bad in ["[", "\"\\u12\"", "\"\\u12g4\"", "\"\\u1"] {
            assert!(ours(bad).is_some() && theirs(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn the_innermost_is_known_at_any_depth() {
        for depth in [1, 63, 64, 65, 127, 128, 129, 1000] {
            // An object within a list within an object ...
            let open: String = (0..depth).map(|at| ["[", "{\"\":"][at % 2]).collect();
            let close: String = (0..depth).rev().map(|at| ["]", "}"][at % 2]).collect();
            assert_eq!(ours(&format!("{open}0{close}")), None);
            assert!(ours(&format!("{open}0{}", close.replacen([']', '}'], "x", 1))).is_some());
            let swapped = close.replace(']', "x").replace('}', "]").replace('x', "}");
            assert!(ours(&format!("{open}0{swapped}")).is_some());
        }
    }
}
