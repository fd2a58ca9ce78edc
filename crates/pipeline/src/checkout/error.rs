use std::error::Error;
use std::fmt;
use std::io;

use hookstead::types::Outage;

/// Why there is no checkout.
///
/// Where another attempt may succeed, an [`Outage`] is among its sources: a handler that passes it on by `?` is
/// tried again for a day.
#[derive(Debug)]
pub struct CheckoutError {
    kind: CheckoutErrorKind,
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What kind of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckoutErrorKind {
    /// The server has no such commit, or not any more. No later attempt finds it, but for one within seconds:
    /// GitHub tells of a push before all its servers know the commit.
    NoSuchCommit,
    /// The server does not let us in, or says that there is no such repository. Somebody has to mend that.
    Denied,
    /// What was asked for can be given to no git: a name that is none.
    Invalid,
    /// This machine's disk is full. Later there may be room.
    NoSpace,
    /// The server cannot be reached, or did not answer in time.
    Unreachable,
    /// Git failed, or is not there.
    Git,
}

impl CheckoutErrorKind {
    /// Whether no later attempt succeeds by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::NoSuchCommit | Self::Denied | Self::Invalid)
    }
}

impl CheckoutError {
    pub(crate) fn new(kind: CheckoutErrorKind, what: impl Into<String>) -> Self {
        let what = what.into();
        let source = (!kind.is_final()).then(|| Outage::of(what.clone()).into());
        Self { kind, what, source }
    }

    /// Something that has to do with files failed.
    pub(crate) fn io(doing: &str, error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => CheckoutErrorKind::NoSpace,
            _ => CheckoutErrorKind::Git,
        };
        let source = Some(Outage::of(error).into());
        Self { kind, what: format!("cannot {doing}"), source }
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> CheckoutErrorKind {
        self.kind
    }

    /// Whether no later attempt succeeds by itself.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.kind.is_final()
    }
}

impl fmt::Display for CheckoutError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)
    }
}

impl Error for CheckoutError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// How git says that a disk is full.
const FULL: &[&str] = &["No space left on device", "Disk quota exceeded"];

/// What kind of error git's own words tell of, where it asked nobody: they may name the repository's files, so that a
/// word among them means nothing.
pub(crate) fn kind_here(stderr: &str) -> CheckoutErrorKind {
    match FULL.iter().any(|word| stderr.contains(word)) {
        true => CheckoutErrorKind::NoSpace,
        false => CheckoutErrorKind::Git,
    }
}

/// What kind of error git's own words tell of, where it asked a server.
pub(crate) fn kind_of(stderr: &str) -> CheckoutErrorKind {
    use CheckoutErrorKind::{Denied, Git, NoSpace, NoSuchCommit, Unreachable};

    // In the order in which they count: a full disk also breaks the connection.
    let table: [(CheckoutErrorKind, &[&str]); 4] = [
        (NoSpace, FULL),
        (
            NoSuchCommit,
            &[
                "not our ref",
                "couldn't find remote ref",
                "unadvertised object",
                "did not send all necessary objects",
            ],
        ),
        (
            Denied,
            &[
                "Authentication failed",
                "could not read Username",
                "could not read Password",
                "requested URL returned error: 401",
                "requested URL returned error: 403",
                "requested URL returned error: 404",
                "' not found",
                "Repository not found",
                "not allowed",
            ],
        ),
        (
            Unreachable,
            &[
                "Could not resolve host",
                "Failed to connect",
                "Connection",
                "timed out",
                "unable to access",
                "RPC failed",
                "hung up",
                "early EOF",
                "unexpected disconnect",
                "requested URL returned error: 5",
                "requested URL returned error: 429",
            ],
        ),
    ];
    let found = table.iter().find(|(_, words)| words.iter().any(|word| stderr.contains(word)));
    found.map_or(Git, |(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CheckoutErrorKind::{Denied, Git, NoSpace, NoSuchCommit, Unreachable};

    #[test]
    fn git_s_words_tell_what_to_do() {
        for (said, kind) in [
            ("fatal: remote error: upload-pack: not our ref 1234", NoSuchCommit),
            ("fatal: couldn't find remote ref refs/pull/5/merge", NoSuchCommit),
            ("remote: Repository not found.\nfatal: repository 'https://x/' not found", Denied),
            ("fatal: could not read Username for 'https://x': terminal prompts disabled", Denied),
            ("fatal: unable to access 'https://x/': Could not resolve host: x", Unreachable),
            ("fatal: unable to access 'x': The requested URL returned error: 503", Unreachable),
            ("fatal: unable to access 'x': The requested URL returned error: 403", Denied),
            ("error: RPC failed; curl 56\nfatal: write error: No space left on device", NoSpace),
            ("fatal: bad object HEAD", Git),
        ] {
            assert_eq!(kind_of(said), kind, "{said}");
        }
        let full = "error: unable to write file a.txt: No space left on device";
        assert_eq!(kind_here(full), NoSpace);
        let unread = "error: unable to read sha1 file of src/Connection.java (6e9f0da)";
        assert_eq!(kind_here(unread), Git);
    }

    #[test]
    fn what_may_succeed_later_is_an_outage() {
        use CheckoutErrorKind::Invalid;

        for kind in [NoSuchCommit, Denied, Invalid, NoSpace, Unreachable, Git] {
            let error = CheckoutError::new(kind, "it failed");
            assert_eq!(Outage::in_chain(&error), !error.is_final(), "{kind:?}");
        }
        let full = CheckoutError::io("write", io::ErrorKind::StorageFull.into());
        assert_eq!((full.kind(), Outage::in_chain(&full)), (NoSpace, true));
    }
}
