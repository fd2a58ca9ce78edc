use std::fmt;

use hmac::{Hmac, KeyInit as _};
use hookstead_types::{InvisibleEnd, SettingError, SettingSource, SettingText};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The secret of a webhook: the text typed into the hook's settings, byte for byte.
///
/// It cannot be empty, is wiped from memory when dropped and never shows in a `Debug`. One that begins or ends
/// with something [invisible](InvisibleEnd) is refused, and never changed: the line break at the end of a
/// file is the usual culprit. If a secret at GitHub really ends so, choose another one there.
///
/// ```
/// use hookstead_signature::WebhookSecret;
///
/// let secret = WebhookSecret::new("It's a Secret to Everybody")?;
/// assert_eq!(format!("{secret:?}"), "WebhookSecret([redacted])");
/// assert!(WebhookSecret::new("").is_err());
/// assert!(WebhookSecret::new("It's a Secret to Everybody\n").is_err());
/// # Ok::<(), hookstead_signature::InvalidSecret>(())
/// ```
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl WebhookSecret {
    /// A secret of these bytes; a text counts as UTF-8.
    ///
    /// # Errors
    ///
    /// Fails when the secret is empty: GitHub signs nothing for a hook without a secret, and
    /// whoever could choose the empty key could sign anything. Fails also when it begins or ends with
    /// something [invisible](InvisibleEnd).
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self, InvalidSecret> {
        let secret = Zeroizing::new(secret.into());
        if secret.is_empty() {
            return Err(InvalidSecret::Empty);
        }
        match InvisibleEnd::of_bytes(&secret) {
            Some(end) => Err(InvalidSecret::Invisible(end)),
            None => Ok(Self(secret)),
        }
    }

    /// The secret in this environment variable, exactly as it stands there; or in the file that the variable
    /// `NAME_FILE` names, see [`SettingText`].
    ///
    /// # Errors
    ///
    /// Fails when neither is set or both are, when the file cannot be read, and when the secret is empty, no
    /// Unicode, or begins or ends with something [invisible](InvisibleEnd). The error names which it is.
    pub fn from_env(variable: &str) -> Result<Self, InvalidSecret> {
        let setting = SettingText::read(variable).map_err(InvalidSecret::Setting)?;
        let Some(SettingText { text, source }) = setting else {
            return Err(InvalidSecret::MissingVariable(variable.to_owned()));
        };
        Self::new(text).map_err(|error| match error {
            InvalidSecret::Invisible(end) => InvalidSecret::InvisibleSetting(source, end),
            _ => InvalidSecret::EmptySetting(source),
        })
    }

    #[cfg(feature = "sha1")]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The HMAC state after the key, before any message.
    pub(crate) fn keyed(&self) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC is defined for keys of every length")]
        Hmac::new_from_slice(&self.0).expect("HMAC takes keys of every length")
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret([redacted])")
    }
}

/// Why there is no usable secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSecret {
    /// The secret is empty.
    Empty,
    /// The secret begins or ends with something invisible.
    Invisible(InvisibleEnd),
    /// What stands in this place begins or ends with something invisible.
    InvisibleSetting(SettingSource, InvisibleEnd),
    /// This place is empty.
    EmptySetting(SettingSource),
    /// This environment variable is not set, nor the one for a file.
    MissingVariable(String),
    /// The environment variable, or the file that it names, cannot be read.
    Setting(SettingError),
}

impl fmt::Display for InvalidSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("the webhook secret is empty"),
            Self::Invisible(end) => write!(formatter, "the webhook secret {end}"),
            Self::InvisibleSetting(source, end) => write!(formatter, "{source} {end}"),
            Self::EmptySetting(source) => write!(formatter, "{source} is empty"),
            Self::MissingVariable(name) => {
                write!(formatter, "the environment variable {name} is not set")
            }
            Self::Setting(error) => fmt::Display::fmt(error, formatter),
        }
    }
}

impl std::error::Error for InvalidSecret {}
