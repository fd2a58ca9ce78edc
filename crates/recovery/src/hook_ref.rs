use std::fmt;

/// Which hook of a repository or an organization: its number, or the address that it delivers to.
///
/// The number stands at the end of the address of the hook's page in GitHub's settings, and in the
/// header `X-GitHub-Hook-ID` of its deliveries. Given by its address, the hook is looked up when it is
/// needed, and again when it is gone: it may have been deleted and made anew.
///
/// ```
/// use hookstead_recovery::HookRef;
///
/// assert_eq!(HookRef::from(4711), HookRef::Id(4711));
/// let by_address = HookRef::from("https://ci.example.com/event_handler");
/// # assert!(matches!(by_address, HookRef::Url(_)));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HookRef {
    /// Its number.
    Id(u64),
    /// The address as GitHub has it, `config.url`; a slash at its end does not matter. With something
    /// [invisible](hookstead_client::InvisibleEnd) at an end, each round fails and says so.
    Url(String),
}

impl HookRef {
    /// Whether this is the address of a hook.
    pub(crate) fn is_url(&self, url: &str) -> bool {
        let same = |own: &String| own.trim_end_matches('/') == url.trim_end_matches('/');
        matches!(self, Self::Url(own) if same(own))
    }
}

impl From<u64> for HookRef {
    fn from(id: u64) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for HookRef {
    fn from(url: &str) -> Self {
        Self::Url(url.to_owned())
    }
}

impl From<String> for HookRef {
    fn from(url: String) -> Self {
        Self::Url(url)
    }
}

/// Leaves the address out: some put a secret into its path.
impl fmt::Debug for HookRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => formatter.debug_tuple("Id").field(id).finish(),
            Self::Url(_) => formatter.debug_tuple("Url").finish_non_exhaustive(),
        }
    }
}
