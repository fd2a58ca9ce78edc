use std::error::Error;
use std::fmt;

use regex_lite::Regex;

/// Finds in the lines of a log what is wrong with which line of the code: a regular expression whose groups are
/// called `file`, `line`, `column`, `message` and `severity`.
///
/// The first two and the message are needed. `severity` is what the tool calls it: a word that begins with
/// `warn` is a warning, one that begins with `note`, `info`, `help` or `hint` is a notice, and anything else a failure.
///
/// ```
/// use hookstead_pipeline::config::ProblemMatcher;
///
/// let matcher = ProblemMatcher::new("^(?<file>[^:]+):(?<line>[0-9]+): (?<severity>[a-z]+): (?<message>.*)$")?;
/// let found = matcher.find("main.c:12: warning: unused variable").expect("it matches");
/// assert_eq!((found.file.as_str(), found.line), ("main.c", 12));
/// # Ok::<(), hookstead_pipeline::config::InvalidMatcher>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProblemMatcher(Regex);

/// A longer line of a log is not looked at: no tool writes one for people, and matching takes time.
const MAX_LINE_BYTES: usize = 4096;

impl ProblemMatcher {
    /// A matcher of this regular expression.
    ///
    /// # Errors
    ///
    /// Fails when it is no regular expression, is too large, or lacks a group.
    pub fn new(pattern: &str) -> Result<Self, InvalidMatcher> {
        let regex = Regex::new(pattern)
            .map_err(|error| InvalidMatcher(format!("is no regular expression: {error}")))?;
        for name in ["file", "line", "message"] {
            if !regex.capture_names().flatten().any(|it| it == name) {
                return Err(InvalidMatcher(format!("has no group `(?<{name}>..)`")));
            }
        }
        let known = ["file", "line", "column", "message", "severity"];
        if let Some(name) = regex.capture_names().flatten().find(|name| !known.contains(name)) {
            let known = known.join("`, `");
            return Err(InvalidMatcher(format!("has a group `{name}`, where `{known}` are known")));
        }
        if regex.is_match("") {
            return Err(InvalidMatcher(
                "matches an empty line, so it would match everywhere".to_owned(),
            ));
        }
        Ok(Self(regex))
    }

    /// What this line of a log says of the code, if it matches. Give it a line without its end and without colours.
    #[must_use]
    pub fn find(&self, line: &str) -> Option<FoundProblem> {
        if line.len() > MAX_LINE_BYTES {
            return None;
        }
        let captures = self.0.captures(line)?;
        let group = |name| captures.name(name).map(|it| it.as_str());
        let (file, message) = (group("file")?.trim(), group("message")?.trim());
        if file.is_empty() || message.is_empty() {
            return None;
        }
        Some(FoundProblem {
            file: file.to_owned(),
            line: group("line")?.parse().ok()?,
            column: group("column").and_then(|text| text.parse().ok()),
            message: message.to_owned(),
            severity: group("severity").map(str::to_owned),
        })
    }

    /// The regular expression.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// By the regular expression.
impl PartialEq for ProblemMatcher {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ProblemMatcher {}

/// What a line of a log says of a line of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProblem {
    /// The file, as the tool writes it.
    pub file: String,
    /// The line, from 1 on.
    pub line: u64,
    /// The column, from 1 on.
    pub column: Option<u64>,
    /// What is wrong.
    pub message: String,
    /// How bad it is, in the tool's word.
    pub severity: Option<String>,
}

/// Why a text is no [`ProblemMatcher`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMatcher(String);

impl fmt::Display for InvalidMatcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for InvalidMatcher {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart() {
        let gcc = r"^(?<file>[^:]+):(?<line>\d+):(?<column>\d+): (?<severity>\w+): (?<message>.+)$";
        let matcher = ProblemMatcher::new(gcc).unwrap();
        let found = matcher.find("src/main.c:12:5: warning: unused variable 'x'").unwrap();
        assert_eq!(
            found,
            FoundProblem {
                file: "src/main.c".to_owned(),
                line: 12,
                column: Some(5),
                message: "unused variable 'x'".to_owned(),
                severity: Some("warning".to_owned()),
            }
        );
        assert_eq!(matcher.find("make: *** [all] Error 1"), None);
        assert_eq!(matcher.find("a:99999999999999999999:1: error: x"), None);
        assert_eq!(matcher.find(&format!("a:1:1: error: {}", "x".repeat(5000))), None);
        let without =
            ProblemMatcher::new(r"^(?P<file>\S+) (?P<line>\d+) (?P<message>.+)$").unwrap();
        assert_eq!(without.find("a.py 3 bad").unwrap().column, None);
    }

    #[test]
    fn what_finds_nothing_is_refused() {
        for (pattern, problem) in [
            ("(", "is no regular expression: "),
            ("(?<file>a)(?<line>1)", "has no group `(?<message>..)`"),
            ("(?<line>1)(?<message>1)", "has no group `(?<file>..)`"),
            ("(?<file>a)(?<line>1)(?<message>1)(?<code>1)", "has a group `code`, where "),
            ("(?<file>.*)(?<line>.*)(?<message>.*)", "matches an empty line"),
        ] {
            let error = ProblemMatcher::new(pattern).unwrap_err().to_string();
            assert!(error.starts_with(problem), "{pattern}: {error}");
        }
    }
}
