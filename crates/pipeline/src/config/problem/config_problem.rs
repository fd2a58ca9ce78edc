use std::fmt;

/// Something that is wrong with a config, or that this version cannot do, and its place.
///
/// Nothing in it repeats a secret, also not one that stands in the file by mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigProblem {
    /// How bad it is.
    pub severity: Severity,
    /// The line, from 1 on.
    pub line: usize,
    /// The column in characters, from 1 on.
    pub column: usize,
    /// The key, as `projects.blog.jobs.test.timeout`. Empty for a file that is no TOML.
    pub key: String,
    /// What is wrong, in words that go on after the key.
    pub text: String,
    /// The line of the file, without secrets, and cut if it is long.
    pub excerpt: String,
    /// How many characters of the excerpt stand before what is meant.
    pub offset: usize,
    /// How many characters are meant, at least 1.
    pub width: usize,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The config cannot be used.
    Error,
    /// The config can be used, and this version leaves a part of it out.
    Notice,
}

impl ConfigProblem {
    /// The problem as a compiler shows it: with the line and what of it is meant.
    ///
    /// ```text
    /// error: `projects.blog.jobs.test.timeuot` is no key; did you mean `timeout`?
    ///   --> pipeline.toml:12:1
    ///    |
    /// 12 | timeuot = "20m"
    ///    | ^^^^^^^
    /// ```
    #[must_use]
    pub fn render(&self, file: &str) -> String {
        let Self { line, column, excerpt, offset, width, .. } = self;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Notice => "notice",
        };
        let marks = format!("{}{}", " ".repeat(*offset), "^".repeat(*width));
        format!(
            "{word}: {}\n{margin}--> {file}:{line}:{column}\n{margin} |\n{number} | {excerpt}\n{margin} | {marks}\n",
            self.sentence()
        )
    }

    fn sentence(&self) -> String {
        if self.key.is_empty() {
            self.text.clone()
        } else {
            format!("`{}` {}", self.key, self.text)
        }
    }
}

/// In one line, with the place: ``12:1: `projects.blog.jobs.test.timeuot` is no key``.
impl fmt::Display for ConfigProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.line, self.column, self.sentence())
    }
}
