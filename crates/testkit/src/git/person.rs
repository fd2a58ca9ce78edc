use hookstead_types::Timestamp;

/// Somebody, as git knows people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
}

impl Person {
    pub(crate) fn new(name: &str, email: &str) -> Self {
        Self { name: name.to_owned(), email: email.to_owned() }
    }

    /// The name; git makes no commit by somebody without one, though it may have some.
    pub(super) fn usable_name(&self) -> &str {
        if self.name.trim().is_empty() { "unknown" } else { &self.name }
    }

    /// GitHub itself, which commits what is merged on the website and by the API.
    pub(crate) fn github() -> Self {
        Self::new("GitHub", "noreply@github.com")
    }
}

/// A person at a moment, who is a commit's author or committer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) person: Person,
    pub(crate) date: Timestamp,
}

impl Signature {
    /// `Name <email> seconds zone`, as git writes it.
    pub(super) fn line(&self) -> String {
        let Self { person, .. } = self;
        format!("{} <{}> {}", clean(&person.name), clean(&person.email), self.raw_date())
    }

    /// Seconds since 1970, and the zone.
    pub(super) fn raw_date(&self) -> String {
        let seconds = self.date.instant().map_or(0, |it| it.as_second()).max(0);
        format!("{seconds} +0000")
    }
}

/// Without what git takes for the end of a name.
fn clean(text: &str) -> String {
    text.chars().filter(|it| !matches!(it, '<' | '>') && !it.is_control()).collect()
}
