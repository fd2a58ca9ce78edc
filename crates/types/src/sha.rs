use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// The name of a git object, nearly always a commit, in lower-case hex.
///
/// Parsing is strict: 40 digits (SHA-1) or 64 (SHA-256). Decoding a payload is not: whatever text
/// GitHub put there is kept, so that an oddity never makes a delivery unreadable;
/// [`is_well_formed`](Self::is_well_formed) tells.
///
/// ```
/// use hookstead_types::Sha;
///
/// let head: Sha = "ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse()?;
/// assert_eq!(head.short(), "ec26c3e");
/// assert!(!head.is_zero());
/// assert!("not a sha".parse::<Sha>().is_err());
/// # Ok::<(), hookstead_types::InvalidSha>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Sha(Box<str>);

impl Sha {
    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, as git and GitHub show a commit to people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }

    /// Whether all digits are zero. A push of a new branch has such a `before`, the deletion of
    /// one such an `after`.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.is_well_formed() && self.0.bytes().all(|digit| digit == b'0')
    }

    /// Whether this is 40 or 64 hex digits.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        is_sha(&self.0)
    }
}

fn is_sha(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl FromStr for Sha {
    type Err = InvalidSha;

    fn from_str(text: &str) -> Result<Self, InvalidSha> {
        if !is_sha(text) {
            return Err(InvalidSha);
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }
}

impl<'de> Deserialize<'de> for Sha {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Kept(Box<str>);
        impl From<&str> for Kept {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
        crate::decode::text::<D, Kept>(deserializer).map(|kept| Self(kept.0))
    }
}

impl AsRef<str> for Sha {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Sha {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Sha {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Debug for Sha {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The text is no git object name: not 40 or 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidSha;

impl fmt::Display for InvalidSha {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("invalid sha, expected 40 or 64 hex digits")
    }
}

impl std::error::Error for InvalidSha {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing_is_strict_and_decoding_is_not() {
        let upper = "EC26C3E57CA3A959CA5AAD62DE7213C562F8C821";
        assert_eq!(upper.parse::<Sha>().unwrap(), upper.to_lowercase().as_str());
        for bad in ["", "ec26c3e", &"g".repeat(40), &"é".repeat(20)] {
            assert_eq!(bad.parse::<Sha>(), Err(InvalidSha), "{bad:?}");
        }
        let odd: Sha = serde_json::from_str(r#""abc""#).unwrap();
        assert!(!odd.is_well_formed());
        assert_eq!(odd.short(), "abc");
        assert_eq!(serde_json::to_string(&odd).unwrap(), r#""abc""#);
    }

    #[test]
    fn zero_is_recognised() {
        assert!("0".repeat(40).parse::<Sha>().unwrap().is_zero());
        assert!("0".repeat(64).parse::<Sha>().unwrap().is_zero());
        assert!(!format!("{}1", "0".repeat(39)).parse::<Sha>().unwrap().is_zero());
    }
}
