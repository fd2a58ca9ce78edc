use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

/// The full name of a handler, `program.name`: what operators see, and by which the inbox knows whose
/// a task is.
///
/// The program is the server that the handler belongs to ([`Router::program`](crate::Router::program)),
/// the name is its own among the handlers there ([`Registration::name`](crate::Registration::name)).
///
/// ```
/// use hookstead_handler::HandlerName;
///
/// let name: HandlerName = "ci_server.pull_request".parse()?;
/// assert_eq!(name.as_str(), "ci_server.pull_request");
/// assert!("CI server.build".parse::<HandlerName>().is_err());
/// # Ok::<(), hookstead_handler::InvalidHandlerName>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HandlerName(Arc<str>);

impl HandlerName {
    /// The longest full name, in bytes: more than a person wants to read, and little for an index of
    /// millions of tasks.
    pub const MAX_LENGTH: usize = 100;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full name of these two. What is not allowed is replaced, so that there is a name in any
    /// case; [`Router::check`](crate::Router::check) says what is wrong.
    pub(crate) fn full(program: &str, name: &str) -> Self {
        let mut full = format!("{}.{}", allowed(program), allowed(name));
        full.truncate(Self::MAX_LENGTH);
        Self(full.into())
    }
}

impl FromStr for HandlerName {
    type Err = InvalidHandlerName;

    /// Takes 1 to [`MAX_LENGTH`](Self::MAX_LENGTH) of the characters `a-z`, `0-9`, `_`, `.`, `/` and
    /// `-`.
    fn from_str(text: &str) -> Result<Self, InvalidHandlerName> {
        if is_valid_part(text) { Ok(Self(text.into())) } else { Err(InvalidHandlerName) }
    }
}

impl Borrow<str> for HandlerName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HandlerName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl fmt::Display for HandlerName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The text is no name of a handler: empty, too long, or with other characters than `a-z`, `0-9`,
/// `_`, `.`, `/` and `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidHandlerName;

impl fmt::Display for InvalidHandlerName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = HandlerName::MAX_LENGTH;
        write!(formatter, "invalid handler name, expected 1 to {longest} of {ALLOWED}")
    }
}

impl std::error::Error for InvalidHandlerName {}

/// The characters of a name, in words.
pub(crate) const ALLOWED: &str = "a-z, 0-9, `_`, `.`, `/` and `-`";

/// Whether the text may be the program, the name, or another word that a registration gives: not
/// empty, not too long, and only of [`ALLOWED`].
pub(crate) fn is_valid_part(text: &str) -> bool {
    (1..=HandlerName::MAX_LENGTH).contains(&text.len()) && text.chars().all(is_allowed)
}

fn is_allowed(character: char) -> bool {
    matches!(character, 'a'..='z' | '0'..='9' | '_' | '.' | '/' | '-')
}

/// The text in lower case, with `_` for what is not allowed.
fn allowed(text: &str) -> String {
    let lower = text.chars().map(|character| character.to_ascii_lowercase());
    lower.map(|character| if is_allowed(character) { character } else { '_' }).collect()
}

/// The program's name where none is given: that of the executable.
pub(crate) fn program_by_default() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let path = std::env::current_exe().ok();
        let file =
            path.as_deref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
        program_of_file(&file.unwrap_or_default())
    })
}

/// So much of a long executable's name is taken, so that half of a full name is left for the handler's
/// own.
const MAX_PROGRAM_LENGTH: usize = HandlerName::MAX_LENGTH / 2;

fn program_of_file(file: &str) -> String {
    // Linux adds this when the file was replaced under the running program: an upgrade.
    let file = file.strip_suffix(" (deleted)").unwrap_or(file);
    let file = file.strip_suffix(std::env::consts::EXE_SUFFIX).unwrap_or(file);
    let mut program = allowed(file);
    program.truncate(MAX_PROGRAM_LENGTH);
    if program.is_empty() { "program".to_owned() } else { program }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_to_a_hundred_plain_characters() {
        let longest = "a".repeat(100);
        for good in ["a", "ci_server.pull_request", "x/y-z.0", &longest] {
            assert_eq!(good.parse::<HandlerName>().unwrap().to_string(), good);
        }
        let too_long = "a".repeat(101);
        for bad in ["", "A", "a b", "a:b", "é", "a\0", "a\n", &too_long] {
            assert!(bad.parse::<HandlerName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_program_is_the_executables_file_name() {
        let long = "x".repeat(80);
        for (file, program) in [
            ("ci_server", "ci_server"),
            ("CI Server", "ci_server"),
            ("ci-server.v2", "ci-server.v2"),
            ("ci_server (deleted)", "ci_server"),
            ("sérver", "s_rver"),
            ("", "program"),
            (&long, &long[..50]),
        ] {
            assert_eq!(program_of_file(file), program);
        }
        assert!(is_valid_part(program_by_default()));
    }

    #[test]
    fn a_full_name_is_always_a_name() {
        assert_eq!(HandlerName::full("ci", "audit").as_str(), "ci.audit");
        assert_eq!(HandlerName::full("C I", "").as_str(), "c_i.");
        let full = HandlerName::full(&"é".repeat(90), &"b".repeat(90));
        assert_eq!(full.as_str().parse(), Ok(full));
    }
}
