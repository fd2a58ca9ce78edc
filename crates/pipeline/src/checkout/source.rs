use std::fmt;

use hookstead::client::GitCredential;
use hookstead::types::{RepoName, Sha};

use super::error::{CheckoutError, CheckoutErrorKind};

/// Where code comes from, and which.
#[derive(Debug, Clone)]
pub struct Source {
    pub(super) repo: RepoName,
    pub(super) url: String,
    pub(super) revision: Revision,
    pub(super) fallback: Option<String>,
    pub(super) credential: Option<GitCredential>,
}

impl Source {
    /// This revision of this repository, which lies at this URL. The URL holds no password: it may be shown.
    #[must_use]
    pub fn new(repo: RepoName, url: impl Into<String>, revision: Revision) -> Self {
        Self { repo, url: url.into(), revision, fallback: None, credential: None }
    }

    /// The ref that the commit is on, such as `refs/pull/5/head`. It is fetched where the server gives no
    /// commit by its name alone, as older Enterprise Servers do.
    #[must_use]
    pub fn on_ref(mut self, name: impl Into<String>) -> Self {
        self.fallback = Some(name.into());
        self
    }

    /// Fetches as this credential says. Without one only public repositories can be fetched.
    #[must_use]
    pub fn credential(mut self, credential: GitCredential) -> Self {
        self.credential = Some(credential);
        self
    }

    /// Refuses what git could take for something else than it is.
    pub(super) fn check(&self) -> Result<(), CheckoutError> {
        let invalid = |what: String| Err(CheckoutError::new(CheckoutErrorKind::Invalid, what));
        let sha = self.revision.sha();
        if !sha.is_well_formed() || sha.is_zero() {
            return invalid(format!("{:?} is the name of no commit", sha.as_str()));
        }
        if let Some(name) = &self.fallback
            && !is_ref(name)
        {
            return invalid(format!("{name:?} is the name of no ref"));
        }
        if !self.url.starts_with("https://") && !self.url.starts_with("http://") {
            return invalid("the repository's URL begins with neither https:// nor http://".into());
        }
        Ok(())
    }
}

/// Which code it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// This commit.
    Commit(Sha),
    /// What a pull request would be once it is merged: `refs/pull/N/merge`.
    Merge {
        /// The pull request's number.
        number: u64,
        /// Its last commit. If GitHub has merged another one, there is no such commit.
        head: Sha,
    },
}

impl Revision {
    /// This commit.
    #[must_use]
    pub fn commit(sha: Sha) -> Self {
        Self::Commit(sha)
    }

    /// The commit that somebody pushed.
    #[must_use]
    pub fn sha(&self) -> &Sha {
        match self {
            Self::Commit(sha) | Self::Merge { head: sha, .. } => sha,
        }
    }
}

/// For people: `ec26c3e`, `ec26c3e as merged`.
impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commit(sha) => formatter.write_str(sha.short()),
            Self::Merge { head, .. } => write!(formatter, "{} as merged", head.short()),
        }
    }
}

/// Whether this is the full name of a ref, by git's own rules (`git check-ref-format`), below `refs/`. A part of
/// it may begin with `-`: what begins with `refs/` is no option.
fn is_ref(name: &str) -> bool {
    let is_plain = |c: char| {
        !c.is_ascii_control() && !matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
    };
    let is_part =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    name.strip_prefix("refs/").is_some_and(|rest| rest.contains('/'))
        && name.chars().all(is_plain)
        && name.split('/').all(is_part)
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('.')
        && name.len() <= 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ref_is_no_option_and_no_pattern() {
        for name in [
            "refs/heads/main",
            "refs/pull/5/head",
            "refs/heads/a/b-c",
            "refs/tags/v1.0",
            "refs/heads/-x",
            "refs/heads/--upload-pack=x",
            "refs/heads/@",
            "refs/heads/ä\"{$(id)",
        ] {
            assert!(is_ref(name), "{name}");
        }
        for name in [
            "--upload-pack=touch /tmp/x",
            "main",
            "refs/heads",
            "refs/heads/",
            "refs/heads/.x",
            "refs/heads/a:refs/heads/b",
            "refs/heads/*",
            "+refs/heads/a",
            "refs/heads/a b",
            "refs/heads/../../x",
            "refs/heads/a\n",
            "refs/heads/a@{1}",
            "refs/heads/x.lock",
        ] {
            assert!(!is_ref(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_before_git_sees_it() {
        let sha: Sha = "ec26c3e57ca3a959ca5aad62de7213c562f8c821".parse().unwrap();
        let source =
            |url: &str, sha: Sha| Source::new("o/r".parse().unwrap(), url, Revision::commit(sha));
        assert!(source("https://x/o/r.git", sha.clone()).check().is_ok());
        let odd: Sha = serde_json::from_str("\"--output=/tmp/x\"").unwrap();
        let zero: Sha = "0".repeat(40).parse().unwrap();
        for refused in [
            source("https://x/o/r.git", odd),
            source("https://x/o/r.git", zero),
            source("ext::sh -c true", sha.clone()),
            source("file:///etc", sha.clone()),
            source("--upload-pack=x", sha.clone()),
            source("https://x/o/r.git", sha).on_ref("--exec=x"),
        ] {
            let error = refused.check().unwrap_err();
            assert_eq!(error.kind(), CheckoutErrorKind::Invalid, "{refused:?}");
        }
    }
}
