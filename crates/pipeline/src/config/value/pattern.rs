use std::error::Error;
use std::fmt;

/// Patterns that a name of a branch, a tag or a file has to match.
///
/// `*` stands for any characters but `/`, `**` for any characters, `?` for one that is not `/`; everything else
/// stands for itself. A pattern that begins with `!` takes out what those before it let in: the last one that
/// matches decides. If all begin with `!`, everything else matches.
///
/// ```
/// use hookstead_pipeline::config::Patterns;
///
/// let patterns = Patterns::new(["docs/**", "!docs/drafts/**"])?;
/// assert!(patterns.matches("docs/guide/start.md"));
/// assert!(!patterns.matches("docs/drafts/later.md"));
/// # Ok::<(), hookstead_pipeline::config::InvalidPattern>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patterns(Vec<String>);

/// A longer pattern is refused: GitHub has no name of a branch or a file that long.
const MAX_PATTERN_BYTES: usize = 1024;

impl Patterns {
    /// These patterns.
    ///
    /// # Errors
    ///
    /// Fails when a pattern is empty, too long, or such that it can match nothing.
    pub fn new<T: Into<String>>(
        patterns: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidPattern> {
        let patterns: Vec<String> = patterns.into_iter().map(Into::into).collect();
        for pattern in &patterns {
            check(pattern)?;
        }
        Ok(Self(patterns))
    }

    /// Whether the name matches. No patterns match nothing.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let is_out = |pattern: &String| pattern.starts_with('!');
        let mut is_in = !self.0.is_empty() && self.0.iter().all(is_out);
        for pattern in &self.0 {
            let (body, lets_in) = match pattern.strip_prefix('!') {
                Some(body) => (body, false),
                None => (pattern.as_str(), true),
            };
            if lets_in != is_in && is_match(body.as_bytes(), name.as_bytes()) {
                is_in = lets_in;
            }
        }
        is_in
    }

    /// The patterns, as they were written.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

/// As people read them, with commas between.
impl fmt::Display for Patterns {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pattern) in self.0.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(formatter, "{comma}{pattern}")?;
        }
        Ok(())
    }
}

fn check(pattern: &str) -> Result<(), InvalidPattern> {
    let body = pattern.strip_prefix('!').unwrap_or(pattern);
    if body.is_empty() {
        return Err(InvalidPattern::Empty);
    }
    if body.len() > MAX_PATTERN_BYTES {
        return Err(InvalidPattern::TooLong);
    }
    if body.starts_with('!') {
        return Err(InvalidPattern::NotTwice);
    }
    if body.starts_with('/') || body.starts_with("./") {
        return Err(InvalidPattern::Rooted);
    }
    if body.ends_with('/') {
        return Err(InvalidPattern::Folder);
    }
    if body.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(InvalidPattern::NoPart);
    }
    if body.starts_with("refs/heads/") || body.starts_with("refs/tags/") {
        return Err(InvalidPattern::WholeRef);
    }
    if body.contains(['[', ']', '{', '}', '\\']) {
        return Err(InvalidPattern::NotOurs);
    }
    if body.contains(char::is_control) {
        return Err(InvalidPattern::Control);
    }
    Ok(())
}

/// What a pattern is made of.
#[derive(Clone, Copy)]
enum Part {
    /// Any bytes.
    Everything,
    /// Nothing, or any bytes that end with a slash.
    Folders,
    /// Any bytes but a slash.
    Segment,
    /// One character that is no slash.
    One,
    /// This byte.
    Byte(u8),
}

/// Whether a name matches one pattern; in time of the product of their lengths, whatever they are.
fn is_match(pattern: &[u8], name: &[u8]) -> bool {
    let mut parts = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.iter().peekable();
    while let Some(byte) = bytes.next() {
        parts.push(match byte {
            b'*' if bytes.next_if_eq(&&b'*').is_some() => {
                // `a/**/b` is to match `a/b` as well: the slash behind goes with the stars.
                let is_segment = matches!(parts.last(), None | Some(Part::Byte(b'/')));
                if is_segment && bytes.next_if_eq(&&b'/').is_some() {
                    parts.push(Part::Folders);
                    continue;
                }
                Part::Everything
            }
            b'*' => Part::Segment,
            b'?' => Part::One,
            byte => Part::Byte(*byte),
        });
    }
    // `reached[n]`: whether the parts so far match the first n bytes of the name.
    let mut reached = vec![false; name.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for part in parts {
        reached = step(part, &reached, name);
    }
    reached.last().copied().unwrap_or(false)
}

fn step(part: Part, reached: &[bool], name: &[u8]) -> Vec<bool> {
    let mut next = vec![false; reached.len()];
    let mut is_open = false;
    for (at, is_reached) in reached.iter().enumerate() {
        let byte = at.checked_sub(1).and_then(|before| name.get(before)).copied();
        let before = at.checked_sub(1).and_then(|before| reached.get(before)) == Some(&true);
        let now = match part {
            Part::Everything => {
                is_open |= *is_reached;
                is_open
            }
            Part::Folders => {
                let ends = is_open && byte == Some(b'/');
                is_open |= *is_reached;
                *is_reached || ends
            }
            Part::Segment => {
                is_open = (is_open && byte != Some(b'/')) || *is_reached;
                is_open
            }
            Part::One => {
                // A character of several bytes is one: it goes on while bytes continue it.
                let is_continued = byte.is_some_and(|byte| byte & 0xc0 == 0x80);
                is_open = (before && byte.is_some_and(|byte| byte != b'/') && !is_continued)
                    || (is_open && is_continued);
                is_open && name.get(at).is_none_or(|byte| byte & 0xc0 != 0x80)
            }
            Part::Byte(wanted) => before && byte == Some(wanted),
        };
        if let Some(slot) = next.get_mut(at) {
            *slot = now;
        }
    }
    next
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPattern {
    /// It is empty.
    Empty,
    /// It is longer than 1,024 bytes.
    TooLong,
    /// It begins with `!!`.
    NotTwice,
    /// It begins with `/` or `./`, which no name does.
    Rooted,
    /// It ends with `/`, which no name does: what is in a folder is `docs/**`.
    Folder,
    /// Between two slashes it has nothing, `.` or `..`, as no name has.
    NoPart,
    /// It begins with `refs/heads/` or `refs/tags/`, where names go without.
    WholeRef,
    /// It has characters that mean something in other languages of patterns, and nothing here.
    NotOurs,
    /// It has a control character.
    Control,
}

impl fmt::Display for InvalidPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "is empty, so it matches nothing",
            Self::TooLong => "is longer than 1,024 bytes",
            Self::NotTwice => "begins with two `!`, where one says \"not\"",
            Self::Rooted => "begins with `/` or `./`, and no name does",
            Self::Folder => "ends with `/`, and no name does: what is in a folder is `docs/**`",
            Self::NoPart => "has `//`, `.` or `..` as a part, and no name has",
            Self::WholeRef => "begins with `refs/`, where a name goes without: `main`",
            Self::NotOurs => {
                "has one of `[ ] { } \\`: here only `*`, `**`, `?` and a `!` at the beginning mean something"
            }
            Self::Control => "has a control character",
        })
    }
}

impl Error for InvalidPattern {}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(pattern: &str, name: &str) -> bool {
        Patterns::new([pattern]).unwrap().matches(name)
    }

    #[test]
    fn stars_and_marks() {
        for (pattern, name, expected) in [
            ("main", "main", true),
            ("main", "main2", false),
            ("main", "xmain", false),
            ("release/*", "release/1", true),
            ("release/*", "release/", true),
            ("release/*", "release/1/2", false),
            ("release/*", "release", false),
            ("**", "a/b/c", true),
            ("**", "", true),
            ("*", "a/b", false),
            ("docs/**", "docs/a/b.md", true),
            ("docs/**", "docs", false),
            ("**/*.md", "README.md", true),
            ("**/*.md", "a/b/README.md", true),
            ("**/*.md", "a/b/README.mdx", false),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("a/**/b", "a/xb", false),
            ("v?.?", "v1.2", true),
            ("v?.?", "v1.22", false),
            ("a?b", "a/b", false),
            ("a?b", "aéb", true),
            ("a??b", "aéb", false),
            ("?", "é", true),
            ("*.rs", ".rs", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXbY", false),
            ("a**c", "a/b/c", true),
            ("a.b", "axb", false),
        ] {
            assert_eq!(is_one(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn the_last_that_matches_decides() {
        let patterns = Patterns::new(["**", "!docs/**", "docs/build.rs"]).unwrap();
        assert!(patterns.matches("src/lib.rs"));
        assert!(!patterns.matches("docs/a.md"));
        assert!(patterns.matches("docs/build.rs"));
        let not = Patterns::new(["!gh-pages"]).unwrap();
        assert!(not.matches("main"));
        assert!(!not.matches("gh-pages"));
        assert!(!Patterns::default().matches("main"));
    }

    #[test]
    fn what_could_never_match_is_refused() {
        use InvalidPattern::{
            Control, Empty, Folder, NoPart, NotOurs, NotTwice, Rooted, TooLong, WholeRef,
        };
        let long = "a".repeat(1025);
        for (pattern, error) in [
            ("", Empty),
            ("!", Empty),
            ("!!a", NotTwice),
            ("/docs", Rooted),
            ("./docs", Rooted),
            ("docs/", Folder),
            ("!docs/", Folder),
            ("**/", Folder),
            ("a//b", NoPart),
            ("../docs", NoPart),
            ("docs/./a", NoPart),
            ("docs/..", NoPart),
            ("refs/heads/main", WholeRef),
            ("v[0-9]", NotOurs),
            ("*.{js,ts}", NotOurs),
            ("a\\*", NotOurs),
            ("a\n", Control),
            (&long, TooLong),
        ] {
            assert_eq!(Patterns::new([pattern]), Err(error), "{pattern}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let patterns = Patterns::new(["*a".repeat(500)]).unwrap();
        assert!(!patterns.matches(&"a".repeat(400)));
        assert!(patterns.matches(&"a".repeat(500)));
    }
}
