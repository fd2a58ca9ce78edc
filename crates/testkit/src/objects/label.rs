use std::fmt;

/// A label of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedLabel {
    /// Its name, which is compared without regard to case.
    pub name: String,
    /// Its color, as six hex digits.
    pub color: String,
    /// A few words about it.
    pub description: Option<String>,
    /// Whether GitHub gave it to the repository when that was made.
    pub default: bool,
}

/// The labels that GitHub gives to a new repository.
const DEFAULTS: [(&str, &str, &str); 9] = [
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
];

/// The color of a label that nobody gave one.
const PLAIN: &str = "ededed";

impl RecordedLabel {
    pub(crate) fn defaults() -> Vec<Self> {
        let one = |(name, color, description): (&str, &str, &str)| Self {
            description: Some(description.to_owned()),
            default: true,
            ..Self::new(name, Some(color))
        };
        DEFAULTS.into_iter().map(one).collect()
    }

    pub(crate) fn new(name: &str, color: Option<&str>) -> Self {
        let color = color.unwrap_or(PLAIN).to_ascii_lowercase();
        Self { name: name.to_owned(), color, description: None, default: false }
    }
}

impl fmt::Display for RecordedLabel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (#{})", self.name, self.color)
    }
}
