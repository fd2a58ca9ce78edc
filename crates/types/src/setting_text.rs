use std::env::{self, VarError};
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};

/// A file with a secret, token or URL is at most so many bytes long. A variable could not hold much more,
/// and a device such as `/dev/zero` would never end.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// The text of a setting, and where it was found.
///
/// A setting `NAME` is the environment variable of that name, or stands in the file that the variable
/// `NAME_FILE` names: orchestrators mount secrets as files. The one line break at the end of a file, which
/// editors put there, does not belong to the text.
///
/// ```
/// use hookstead_types::SettingText;
///
/// assert_eq!(SettingText::read("HOOKSTEAD_NO_SUCH_SETTING")?, None);
/// # Ok::<(), hookstead_types::SettingError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SettingText {
    /// The text, which may be secret.
    pub text: String,
    /// Where it was found.
    pub source: SettingSource,
}

/// Where the text of a setting was found. Its own text is to be read in a sentence: `the environment variable
/// NAME`, or `the file that NAME_FILE names`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingSource {
    /// In the environment variable of this name.
    Variable(String),
    /// In the file that the environment variable names whose name is this one's and `_FILE`.
    File(String),
}

impl SettingText {
    /// The text of this setting; `None` if neither the variable nor the one for a file is set.
    ///
    /// # Errors
    ///
    /// Fails when both are set, when one is no Unicode text, and when the file cannot be read, is longer than
    /// 64 KiB or no Unicode text. The error says nothing of what stands in the variables, nor in the file.
    pub fn read(name: &str) -> Result<Option<Self>, SettingError> {
        Self::read_from(name, |variable| env::var(variable))
    }

    fn read_from(
        name: &str,
        variable: impl Fn(&str) -> Result<String, VarError>,
    ) -> Result<Option<Self>, SettingError> {
        let of_file = format!("{name}_FILE");
        let fail = |source, problem| Err(SettingError { source, problem });
        let in_variable = SettingSource::Variable(name.to_owned());
        match (variable(name), variable(&of_file)) {
            (Err(VarError::NotPresent), Err(VarError::NotPresent)) => Ok(None),
            (Ok(text), Err(VarError::NotPresent)) => Ok(Some(Self { text, source: in_variable })),
            (Err(VarError::NotUnicode(_)), Err(VarError::NotPresent)) => {
                fail(in_variable, Problem::NotUnicode)
            }
            (Err(VarError::NotPresent), Ok(path)) => {
                let source = SettingSource::File(name.to_owned());
                match read_file(&path) {
                    Ok(text) => Ok(Some(Self { text, source })),
                    Err(problem) => fail(source, problem),
                }
            }
            (Err(VarError::NotPresent), Err(VarError::NotUnicode(_))) => {
                fail(SettingSource::Variable(of_file), Problem::NotUnicode)
            }
            _ => fail(in_variable, Problem::Both(of_file)),
        }
    }
}

fn read_file(path: &str) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let unreadable = |error: io::Error| Problem::Unreadable(error.kind());
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Problem::TooLong);
    }
    let mut text = String::from_utf8(bytes).map_err(|_| Problem::NotUnicode)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// Leaves the text out.
impl fmt::Debug for SettingText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SettingText").field("source", &self.source).finish_non_exhaustive()
    }
}

impl fmt::Display for SettingSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(formatter, "the environment variable {name}"),
            Self::File(name) => write!(formatter, "the file that {name}_FILE names"),
        }
    }
}

/// Why the text of a setting cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    source: SettingSource,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Both(String),
    NotUnicode,
    TooLong,
    // Not the path: some put the secret itself there.
    Unreadable(io::ErrorKind),
}

impl fmt::Display for SettingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = &self.source;
        match &self.problem {
            Problem::Both(other) => {
                write!(formatter, "{source} and {other} are both set, where one is enough")
            }
            Problem::NotUnicode => write!(formatter, "{source} holds no Unicode text"),
            Problem::TooLong => write!(formatter, "{source} is longer than {MAX_FILE_BYTES} bytes"),
            Problem::Unreadable(kind) => write!(formatter, "{source} cannot be read: {kind}"),
        }
    }
}

impl std::error::Error for SettingError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Option<SettingText>, SettingError> {
        SettingText::read_from("SECRET", |name| {
            let found = set.iter().find(|(it, _)| *it == name);
            found.map(|(_, text)| (*text).to_owned()).ok_or(VarError::NotPresent)
        })
    }

    /// What is read from a file with these bytes.
    fn read_bytes(name: &str, bytes: &[u8]) -> Result<Option<SettingText>, SettingError> {
        let path = std::env::temp_dir().join(format!("hookstead-{name}-{}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        let text = read(&[("SECRET_FILE", path.to_str().unwrap())]);
        std::fs::remove_file(path).unwrap();
        text
    }

    #[test]
    fn a_variable_is_taken_as_it_stands() {
        assert_eq!(read(&[]), Ok(None));
        for text in ["", "hunter2", "hunter2\n"] {
            let found = read(&[("SECRET", text)]).unwrap().unwrap();
            assert_eq!(found.text, text);
            assert_eq!(found.source.to_string(), "the environment variable SECRET");
        }
    }

    #[test]
    fn a_file_loses_one_line_break() {
        for (bytes, text) in
            [("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a\r", " a\r"), ("", "")]
        {
            let found = read_bytes("break", bytes.as_bytes()).unwrap().unwrap();
            assert_eq!(found.text, text, "{bytes:?}");
            assert_eq!(found.source.to_string(), "the file that SECRET_FILE names");
            assert!(!format!("{found:?}").contains("text"), "{found:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_without_the_secret() {
        let both = read(&[("SECRET", "hunter2"), ("SECRET_FILE", "hunter2")]).unwrap_err();
        let missing = read(&[("SECRET_FILE", "/hunter2/hunter2")]).unwrap_err();
        let bytes = read_bytes("bytes", b"hunter2\xff").unwrap_err();
        let long = read_bytes("long", &[b'a'; MAX_FILE_BYTES as usize + 1]).unwrap_err();
        for (error, text) in [
            (
                both,
                "the environment variable SECRET and SECRET_FILE are both set, where one is enough",
            ),
            (missing, "the file that SECRET_FILE names cannot be read: entity not found"),
            (bytes, "the file that SECRET_FILE names holds no Unicode text"),
            (long, "the file that SECRET_FILE names is longer than 65536 bytes"),
        ] {
            assert_eq!(error.to_string(), text);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
        assert!(read_bytes("fits", &[b'a'; MAX_FILE_BYTES as usize]).is_ok());
    }
}
