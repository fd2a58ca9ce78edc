use hookstead_types::Sha;

use super::error::GitError;
use super::repository::GitRepository;

/// A branch or a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ref {
    /// In full: `refs/heads/main`.
    pub(crate) name: String,
    /// What it points to: a commit, or the object of an annotated tag.
    pub(crate) object: Sha,
    /// The commit; an odd tag has none.
    pub(crate) commit: Option<Sha>,
}

/// A ref that is to be moved, made or deleted.
#[derive(Debug)]
pub(crate) struct RefChange<'a> {
    pub(crate) name: &'a str,
    /// `None` deletes it.
    pub(crate) to: Option<&'a Sha>,
    /// Where it must be now, if that matters.
    pub(crate) from: Option<&'a Sha>,
}

impl GitRepository {
    /// The branches and the tags, by name.
    pub(crate) fn refs(&self) -> Result<Vec<Ref>, GitError> {
        const FORMAT: &str = "--format=%(objectname) %(objecttype) %(*objectname) %(*objecttype) \
                              %(refname)";
        let listed = self.run(&["for-each-ref", FORMAT, "refs/heads", "refs/tags"], b"")?;
        Ok(String::from_utf8_lossy(&listed).lines().filter_map(parse).collect())
    }

    /// Changes refs, all of them or none.
    pub(crate) fn change_refs(&self, changes: &[RefChange<'_>]) -> Result<(), GitError> {
        let mut input = String::new();
        for RefChange { name, to, from } in changes {
            let from = from.map_or("", |sha| sha.as_str());
            input += &match to {
                Some(to) => format!("update {name}\0{to}\0{from}\0"),
                None => format!("delete {name}\0{from}\0"),
            };
        }
        self.run(&["update-ref", "--no-deref", "-z", "--stdin"], input.as_bytes()).map(|_| ())
    }
}

/// Reads `object type peeled-object peeled-type name`; the middle ones are empty but for annotated tags.
fn parse(line: &str) -> Option<Ref> {
    let mut parts = line.splitn(5, ' ');
    let object: Sha = parts.next()?.parse().ok()?;
    let kind = parts.next()?;
    let peeled = parts.next()?;
    let peeled_kind = parts.next()?;
    let commit = match (kind, peeled_kind) {
        ("commit", _) => Some(object.clone()),
        (_, "commit") => peeled.parse().ok(),
        _ => None,
    };
    Some(Ref { name: parts.next()?.to_owned(), object, commit })
}

/// Whether git allows a branch of this name. An `@{` or a `..` has a meaning of its own to git, for instance.
pub(crate) fn is_branch_name(name: &str) -> bool {
    let bad = |it: char| it.is_control() || it == ' ' || "~^:?*[\\".contains(it);
    let good_part =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    !name.contains(bad)
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('.')
        && !name.starts_with('-')
        && name != "@"
        && name != "HEAD"
        && name.split('/').all(good_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_branches() {
        for good in ["main", "topic/a", "v1.0", "a@b", "ä", "a-b"] {
            assert!(is_branch_name(good), "{good}");
        }
        for bad in [
            "", "-a", "a b", "a..b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.", "a@{0}",
            "@", "a:b", "a\nb", "a~1", "a^", "a\\b", "HEAD",
        ] {
            assert!(!is_branch_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_line_of_a_ref() {
        let (one, two) = ("a".repeat(40), "b".repeat(40));
        let branch = parse(&format!("{one} commit   refs/heads/main")).unwrap();
        assert_eq!(branch.commit, Some(branch.object));
        let tag = parse(&format!("{one} tag {two} commit refs/tags/v1")).unwrap();
        assert_eq!(
            (tag.object.as_str(), tag.commit.unwrap().as_str()),
            (one.as_str(), two.as_str())
        );
        let odd = parse(&format!("{one} blob   refs/tags/file")).unwrap();
        assert_eq!((odd.name.as_str(), odd.commit), ("refs/tags/file", None));
    }
}
