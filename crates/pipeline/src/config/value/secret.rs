use std::env::{self, VarError};
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use hookstead::types::InvisibleEnd;
use zeroize::Zeroizing;

/// A file with a secret is at most so many bytes long. A variable could not hold much more, and a device such
/// as `/dev/zero` would never end.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Where a secret stands. A config never holds one itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretSource {
    /// In the environment variable of this name: `{ env = "NAME" }`.
    Env(String),
    /// In the file of this path: `{ file = "PATH" }`.
    File(PathBuf),
}

impl SecretSource {
    /// Reads the secret. The one line break at the end of a file, which editors put there, does not belong to it.
    ///
    /// # Errors
    ///
    /// Fails when it is not there, empty, or no Unicode text, and when a file is longer than 64 KiB. Fails as well
    /// when it begins or ends with characters that nobody sees: they are a mistake of whoever wrote it down. The
    /// error says nothing of the secret, and names no path, as some put the secret itself there.
    pub fn read(&self) -> Result<SecretText, SecretError> {
        let text = self.text()?;
        match InvisibleEnd::of(&text) {
            Some(end) => Err(self.fails(Problem::Invisible(end))),
            None => Ok(SecretText(text)),
        }
    }

    /// Reads a key in the form of PEM. Line breaks around it belong to the form, and are no mistake.
    ///
    /// # Errors
    ///
    /// Fails as [`read`](Self::read) does, but for what stands around the key.
    pub fn read_key(&self) -> Result<SecretText, SecretError> {
        self.text().map(SecretText)
    }

    fn text(&self) -> Result<Zeroizing<String>, SecretError> {
        let text = match self {
            Self::Env(name) => env::var(name).map(Zeroizing::new).map_err(|error| match error {
                VarError::NotPresent => Problem::NotSet,
                VarError::NotUnicode(_) => Problem::NotUnicode,
            }),
            Self::File(path) => read_file(path),
        };
        match text {
            Ok(text) if text.is_empty() => Err(self.fails(Problem::Empty)),
            Ok(text) => Ok(text),
            Err(problem) => Err(self.fails(problem)),
        }
    }

    fn fails(&self, problem: Problem) -> SecretError {
        let variable = match self {
            Self::Env(name) => Some(name.clone()),
            Self::File(_) => None,
        };
        SecretError { variable, problem }
    }
}

fn read_file(path: &Path) -> Result<Zeroizing<String>, Problem> {
    let unreadable = |error: io::Error| Problem::Unreadable(error.kind());
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Problem::TooLong);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Problem::NotUnicode)?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    Ok(Zeroizing::new(text.to_owned()))
}

/// A secret that was read. It never shows in a `Debug`, and is wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The secret itself. Give it only to what needs it, and never to a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Leaves the secret out.
impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretText([redacted])")
    }
}

/// Why a secret cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretError {
    /// The environment variable; a file has none.
    variable: Option<String>,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    NotSet,
    Empty,
    NotUnicode,
    TooLong,
    Invisible(InvisibleEnd),
    Unreadable(io::ErrorKind),
}

impl fmt::Display for SecretError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variable {
            Some(name) => write!(formatter, "the environment variable {name} ")?,
            None => formatter.write_str("its file ")?,
        }
        match &self.problem {
            Problem::NotSet => formatter.write_str("is not set"),
            Problem::Empty => formatter.write_str("is empty"),
            Problem::NotUnicode => formatter.write_str("holds no Unicode text"),
            Problem::TooLong => write!(formatter, "is longer than {MAX_FILE_BYTES} bytes"),
            Problem::Invisible(end) => end.fmt(formatter),
            Problem::Unreadable(io::ErrorKind::NotFound) => formatter.write_str("is not there"),
            Problem::Unreadable(kind) => write!(formatter, "cannot be read: {kind}"),
        }
    }
}

impl Error for SecretError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read from a file with these bytes.
    fn read(bytes: &[u8]) -> Result<SecretText, SecretError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        SecretSource::File(file.path().to_owned()).read()
    }

    #[test]
    fn a_file_loses_one_line_break() {
        for bytes in ["hunter2", "hunter2\n", "hunter2\r\n"] {
            assert_eq!(read(bytes.as_bytes()).unwrap().expose(), "hunter2");
        }
        assert_eq!(read(b"a\nb\n").unwrap().expose(), "a\nb");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        for (bytes, text) in [
            (&b""[..], "its file is empty"),
            (b"\n", "its file is empty"),
            (b"hunter2\xff", "its file holds no Unicode text"),
            (&[b'a'; 65_537], "its file is longer than 65536 bytes"),
        ] {
            let error = read(bytes).unwrap_err();
            assert_eq!(error.to_string(), text);
            assert!(!format!("{error:?}").contains("hunter2"));
        }
        let error = read(b"hunter2\n\n").unwrap_err().to_string();
        assert!(error.starts_with("its file ends with"), "{error}");
        let missing = SecretSource::File("/hunter2/hunter2".into()).read().unwrap_err();
        assert_eq!(missing.to_string(), "its file is not there");
        let unset = SecretSource::Env("HOOKSTEAD_NO_SUCH_SETTING".to_owned()).read().unwrap_err();
        assert_eq!(
            unset.to_string(),
            "the environment variable HOOKSTEAD_NO_SUCH_SETTING is not set"
        );
    }

    #[test]
    fn a_key_keeps_the_line_breaks_around_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "\n-----BEGIN\n\n").unwrap();
        let source = SecretSource::File(file.path().to_owned());
        assert_eq!(source.read_key().unwrap().expose(), "\n-----BEGIN\n");
        assert!(source.read().is_err());
    }

    #[test]
    fn a_secret_shows_nowhere() {
        let secret = read(b"hunter2").unwrap();
        assert_eq!(format!("{secret:?}"), "SecretText([redacted])");
    }
}
