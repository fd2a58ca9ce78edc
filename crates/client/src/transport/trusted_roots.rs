/// Whom a client believes that a server is who it says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustedRoots {
    /// The machine's own list of certificate authorities, and the
    /// [extra ones](crate::ClientBuilder::extra_root).
    #[default]
    Platform,
    /// Mozilla's list, built in, and the extra ones: for containers that have no list. It is as old as
    /// the program.
    #[cfg(feature = "webpki-roots")]
    Mozilla,
    /// The extra ones only.
    OnlyExtra,
}
