use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A repository's full name, `owner/name`, parsed once.
///
/// GitHub compares both halves without regard to case, and so does `==` here.
///
/// ```
/// use hookstead_types::RepoName;
///
/// let name: RepoName = "octocat/Hello-World".parse()?;
/// assert_eq!(name.owner(), "octocat");
/// assert_eq!(name.name(), "Hello-World");
/// assert_eq!(name, "Octocat/hello-world".parse()?);
/// assert!("octocat".parse::<RepoName>().is_err());
/// # Ok::<(), hookstead_types::InvalidRepoName>(())
/// ```
#[derive(Clone)]
pub struct RepoName {
    full: Box<str>,
    slash: usize,
}

impl RepoName {
    /// The name of the repository `name` of the account `owner`.
    ///
    /// # Errors
    ///
    /// Fails when a half is empty, contains a slash, white space or a control character, or is
    /// `.` or `..`.
    pub fn new(owner: &str, name: &str) -> Result<Self, InvalidRepoName> {
        format!("{owner}/{name}").parse()
    }

    /// The account that owns the repository: a user's or an organization's login.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.full[..self.slash]
    }

    /// The repository's own name, without its owner.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.full[self.slash + 1..]
    }

    /// Both halves, `owner/name`, in the spelling they came in.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.full
    }
}

fn is_half(half: &str) -> bool {
    !matches!(half, "" | "." | "..")
        && !half.contains(|c: char| c == '/' || c == '\\' || c.is_whitespace() || c.is_control())
}

impl FromStr for RepoName {
    type Err = InvalidRepoName;

    fn from_str(text: &str) -> Result<Self, InvalidRepoName> {
        let (owner, name) = text.split_once('/').ok_or(InvalidRepoName)?;
        if !is_half(owner) || !is_half(name) {
            return Err(InvalidRepoName);
        }
        Ok(Self { full: text.into(), slash: owner.len() })
    }
}

impl PartialEq for RepoName {
    fn eq(&self, other: &Self) -> bool {
        self.full.eq_ignore_ascii_case(&other.full)
    }
}

impl Eq for RepoName {}

impl std::hash::Hash for RepoName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for byte in self.full.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

impl fmt::Debug for RepoName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.full, formatter)
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.full)
    }
}

impl Serialize for RepoName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.full)
    }
}

impl<'de> Deserialize<'de> for RepoName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RepoNameVisitor;

        impl Visitor<'_> for RepoNameVisitor {
            type Value = RepoName;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }

            // Refused here, while the decoder still stands at the string, the error has its place.
            fn visit_str<E: Error>(self, text: &str) -> Result<RepoName, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(RepoNameVisitor)
    }
}

/// The text is no `owner/name`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidRepoName;

impl fmt::Display for InvalidRepoName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("invalid repository name, expected `owner/name`")
    }
}

impl std::error::Error for InvalidRepoName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_owner_slash_name_is_a_name() {
        for good in ["a/b", "octo-org/.github", "o/a.b_c-d", "Ünï/cödé"] {
            assert_eq!(good.parse::<RepoName>().unwrap().as_str(), good);
        }
        for bad in ["", "/", "a", "a/", "/b", "a/b/c", "a b/c", "a/..", "./b", "a/b\n", "a\\b/c"] {
            assert_eq!(bad.parse::<RepoName>(), Err(InvalidRepoName), "{bad:?}");
        }
    }

    #[test]
    fn spelling_survives_json() {
        let name: RepoName = serde_json::from_str(r#""Octo/Hello""#).unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), r#""Octo/Hello""#);
        let error = serde_json::from_str::<RepoName>(r#""s3cret""#).unwrap_err().to_string();
        assert!(!error.contains("s3cret"), "{error}");
    }

    #[test]
    fn equal_names_hash_alike() {
        let names: std::collections::HashSet<RepoName> =
            ["A/b", "a/B", "a/c"].iter().map(|name| name.parse().unwrap()).collect();
        assert_eq!(names.len(), 2);
    }
}
