use std::fmt;

use bytes::Bytes;
use hookstead_types::{SettingError, SettingSource, SettingText};
use http::HeaderValue;
use zeroize::Zeroizing;

const SCHEME: &str = "Bearer ";

/// A token that GitHub accepts as `Authorization: Bearer`: a personal access token, fine-grained or
/// classic, or the token of a GitHub App's installation.
///
/// It cannot be empty, is wiped from memory when its last copy is dropped, and never shows in a
/// `Debug`. Its length and form are GitHub's business: both have changed before.
///
/// ```
/// use hookstead_client::Token;
///
/// let token = Token::new("ghp_0123456789")?;
/// assert_eq!(format!("{token:?}"), "Token([redacted])");
/// assert!(Token::new("").is_err());
/// assert!(Token::new("ghp_0123456789\n").is_err());
/// # Ok::<(), hookstead_client::InvalidToken>(())
/// ```
#[derive(Clone)]
pub struct Token {
    /// The whole header, marked sensitive. Its bytes are shared by all copies.
    authorization: HeaderValue,
}

impl Token {
    /// A token of this text.
    ///
    /// # Errors
    ///
    /// Fails when the text is empty, or holds anything but visible ASCII characters. White space
    /// counts: the line break at the end of a file is the usual culprit. It is [refused and never cut
    /// off](crate::InvisibleEnd), as with secrets and URLs.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidToken> {
        let text = Zeroizing::new(text.into());
        if text.is_empty() {
            return Err(InvalidToken::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidToken::Malformed);
        }
        // With its whole capacity from the start: growing would leave copies behind.
        let mut header = Zeroizing::new(Vec::with_capacity(SCHEME.len() + text.len()));
        header.extend_from_slice(SCHEME.as_bytes());
        header.extend_from_slice(text.as_bytes());
        let mut authorization = HeaderValue::from_maybe_shared(Bytes::from_owner(header))
            .map_err(|_| InvalidToken::Malformed)?;
        authorization.set_sensitive(true);
        Ok(Self { authorization })
    }

    /// The token in this environment variable; or in the file that the variable `NAME_FILE` names, see
    /// [`SettingText`].
    ///
    /// # Errors
    ///
    /// Fails when neither is set or both are, when the file cannot be read, and when what stands there is
    /// empty or no token. The error names which it is.
    pub fn from_env(variable: &str) -> Result<Self, InvalidToken> {
        let setting = SettingText::read(variable).map_err(InvalidToken::Setting)?;
        let Some(SettingText { text, source }) = setting else {
            return Err(InvalidToken::MissingVariable(variable.to_owned()));
        };
        Self::new(text).map_err(|error| match error {
            InvalidToken::Empty => InvalidToken::EmptySetting(source),
            _ => InvalidToken::MalformedSetting(source),
        })
    }

    /// The token's text, for a program that needs it: a build that calls GitHub itself. Give it one that
    /// was made for that, an installation's [limited to what the build
    /// needs](crate::Client::create_installation_token), and not your own. What prints or logs this text shows
    /// the token. For git there is [`Client::git_credential`](crate::Client::git_credential).
    ///
    /// ```
    /// use hookstead_client::Token;
    ///
    /// let token = Token::new("ghs_0123456789")?;
    /// assert_eq!(token.expose(), "ghs_0123456789");
    /// # Ok::<(), hookstead_client::InvalidToken>(())
    /// ```
    #[must_use]
    pub fn expose(&self) -> &str {
        let text = self.authorization.as_bytes().get(SCHEME.len()..).unwrap_or_default();
        // It is ASCII, or there would be no token.
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// Whether the other is the same token. For a [`TokenProvider`](crate::TokenProvider) that is told
    /// that one was refused; it takes as long as the tokens are alike, so never compare with one
    /// that a stranger sent.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.authorization == other.authorization
    }

    /// The value of the header `Authorization`.
    pub(crate) fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
    }

    /// Takes the token out of a text that came from elsewhere: a proxy's error page may show the
    /// request that it refused.
    pub(crate) fn redact(&self, text: String) -> String {
        let secret = self.expose();
        if text.contains(secret) { text.replace(secret, "[redacted]") } else { text }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token([redacted])")
    }
}

/// Why there is no usable token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidToken {
    /// The token is empty.
    Empty,
    /// The token holds white space or another character that no token has.
    Malformed,
    /// This place is empty.
    EmptySetting(SettingSource),
    /// What stands in this place has white space or another character that no token has.
    MalformedSetting(SettingSource),
    /// This environment variable is not set, nor the one for a file.
    MissingVariable(String),
    /// The environment variable, or the file that it names, cannot be read.
    Setting(SettingError),
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALIEN: &str = "white space or another character that no token has";
        match self {
            Self::Empty => formatter.write_str("the token is empty"),
            Self::Malformed => write!(formatter, "the token holds {ALIEN}"),
            Self::EmptySetting(source) => write!(formatter, "{source} is empty"),
            Self::MalformedSetting(source) => write!(formatter, "{source} holds {ALIEN}"),
            Self::MissingVariable(name) => {
                write!(formatter, "the environment variable {name} is not set")
            }
            Self::Setting(error) => fmt::Display::fmt(error, formatter),
        }
    }
}

impl std::error::Error for InvalidToken {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_ascii_is_a_token() {
        assert_eq!(Token::new("").unwrap_err(), InvalidToken::Empty);
        for bad in [" ", "a b", "a\n", "\ta", "a\0", "tök", "a\u{7f}"] {
            assert_eq!(Token::new(bad).unwrap_err(), InvalidToken::Malformed, "{bad:?}");
        }
        for good in ["a", "ghp_1~!{}", "eyJ.abc-_=.def"] {
            assert_eq!(
                Token::new(good).unwrap().authorization(),
                format!("Bearer {good}").as_str()
            );
            assert_eq!(Token::new(good).unwrap().expose(), good);
        }
    }

    #[test]
    fn the_token_shows_nowhere() {
        let token = Token::new("hunter2hunter2").unwrap();
        assert!(token.authorization().is_sensitive());
        let shown = format!("{token:?} {:?} {:?}", token.authorization(), Token::new("hunter2 "));
        assert!(!shown.contains("hunter2"), "{shown}");
        let page = "you sent Authorization: Bearer hunter2hunter2".to_owned();
        assert_eq!(token.redact(page), "you sent Authorization: Bearer [redacted]");
    }

    #[test]
    fn errors_name_the_variable() {
        let error = Token::from_env("HOOKSTEAD_NO_SUCH_TOKEN").unwrap_err();
        assert_eq!(error, InvalidToken::MissingVariable("HOOKSTEAD_NO_SUCH_TOKEN".to_owned()));
        assert!(error.to_string().contains("HOOKSTEAD_NO_SUCH_TOKEN"));
        // Cargo sets these two for every test: one is empty in this package, one has white space.
        assert_eq!(
            Token::from_env("CARGO_PKG_HOMEPAGE").unwrap_err(),
            InvalidToken::EmptySetting(SettingSource::Variable("CARGO_PKG_HOMEPAGE".to_owned()))
        );
        assert_eq!(
            Token::from_env("CARGO_PKG_DESCRIPTION").unwrap_err(),
            InvalidToken::MalformedSetting(SettingSource::Variable(
                "CARGO_PKG_DESCRIPTION".to_owned()
            ))
        );
        assert!(Token::from_env("CARGO_PKG_NAME").is_ok());
    }
}
