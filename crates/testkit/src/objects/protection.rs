/// What must be so before something gets into a branch: a protection, or a ruleset. It holds for everybody:
/// administrators do not pass by it.
///
/// ```
/// use hookstead_testkit::FakeProtection;
///
/// let both = FakeProtection::new().check("ci/demo").check_of_app("lint", 29_310).strict();
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "it is put into force by `FakeRepository::protect` or `add_ruleset`"]
pub struct FakeProtection {
    pub(crate) checks: Vec<RequiredContext>,
    pub(crate) strict: bool,
    /// How many approving reviews it takes.
    pub(crate) reviews: usize,
    pub(crate) merge_queue: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct RequiredContext {
    pub(crate) context: String,
    /// The number of the App that must have made it.
    pub(crate) app: Option<u64>,
}

impl FakeProtection {
    /// One that requires nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires a status of this context, or a check run of this name, by whomever.
    pub fn check(mut self, context: &str) -> Self {
        self.checks.push(RequiredContext { context: context.to_owned(), app: None });
        self
    }

    /// Requires it of the App of this number.
    pub fn check_of_app(mut self, context: &str, app: u64) -> Self {
        self.checks.push(RequiredContext { context: context.to_owned(), app: Some(app) });
        self
    }

    /// Requires so many approving reviews. Those of accounts [that may write](crate::FakeRepository::set_role)
    /// count, and of each the last; while one of them asks for changes, nothing is merged.
    pub fn reviews(mut self, count: usize) -> Self {
        self.reviews = count;
        self
    }

    /// Requires that pull requests get in by the merge queue. The checks are those of its groups then, too.
    pub fn merge_queue(mut self) -> Self {
        self.merge_queue = true;
        self
    }

    /// Requires that a branch has all commits of the one that it goes into.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }
}
