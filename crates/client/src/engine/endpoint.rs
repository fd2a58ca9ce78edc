use http::Method;

/// A call that this crate has a method for. It is declared once, beside that method; requests, tests and
/// the table of [`calls`](crate::calls) are made from the declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The method that makes it: `Repo::create_status`. After a comma stands the case, where one method
    /// has two: `Repo::update_check_run, adding annotations`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// Where the path may begin, with names in braces: `/repos/{owner}/{repo}`. Hooks have several such
    /// places, all others one.
    pub places: &'static [&'static str],
    /// How the path goes on: `/statuses/{sha}`.
    pub path: &'static str,
    /// The permission that the token needs, as GitHub calls it: `*Commit statuses* write`.
    pub permission: &'static str,
    /// Whether it is sent again when GitHub may have processed it already.
    pub repetition: Repetition,
    /// The reason for that.
    pub because: &'static str,
}

/// Whether a call is sent again when GitHub may have processed it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repetition {
    /// It is: it reads.
    Reads,
    /// It is: it has its effect twice then, which does no harm.
    Harmless,
    /// It is: GitHub finds it done the second time, and says so.
    FindsItDone,
    /// It is: GitHub refuses the second one if the first was done, so that is looked up.
    LooksItUp,
    /// It is not: twice would do harm.
    Never,
}

impl Endpoint {
    /// A call that reads. Its permission follows by [`permission`](Self::permission).
    pub(crate) const fn get(
        name: &'static str,
        places: &'static [&'static str],
        path: &'static str,
    ) -> Self {
        Self {
            name,
            method: Method::GET,
            places,
            path,
            permission: "",
            repetition: Repetition::Reads,
            because: "nothing changes",
        }
    }

    /// A call that changes something. Its permission follows by [`permission`](Self::permission), and
    /// whether it is repeated by [`repeated`](Self::repeated). A test finds what lacks one.
    pub(crate) const fn write(
        name: &'static str,
        method: Method,
        places: &'static [&'static str],
        path: &'static str,
    ) -> Self {
        let repetition = Repetition::Never;
        Self { name, method, places, path, permission: "", repetition, because: "" }
    }

    pub(crate) const fn permission(mut self, permission: &'static str) -> Self {
        self.permission = permission;
        self
    }

    pub(crate) const fn repeated(mut self, how: Repetition, because: &'static str) -> Self {
        self.repetition = how;
        self.because = because;
        self
    }

    /// Its whole paths, one for each place.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        self.places.iter().map(|place| format!("{place}{}", self.path))
    }

    /// Whether doing it twice does no more harm than doing it once.
    pub(crate) fn is_harmless(&self) -> bool {
        self.repetition != Repetition::Never
    }
}
