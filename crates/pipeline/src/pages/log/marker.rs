//! The words in a log that begin and end groups of lines: GitHub's and GitLab's.

/// A section's name is no longer than this: they are words of the config, not of the output.
const LONGEST_NAME: usize = 100;

/// What GitHub's words are: its own, and those that its runner writes.
const BEGINS: [&str; 2] = ["::group::", "##[group]"];
const ENDS: [&str; 2] = ["::endgroup::", "##[endgroup]"];

/// What GitLab's begin with, so that nothing else need be looked at.
pub(super) const SECTION: &str = "section_";

/// The beginning or the end of a section, as GitLab has them: a name that a line ends, or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Section {
    Start { name: String, is_folded: bool },
    End { name: String },
}

impl Section {
    /// What stands before a carriage return: `section_start:TIME:NAME[collapsed=true]` or `section_end:TIME:NAME`.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.strip_prefix(SECTION)?;
        let (kind, text) = text.split_once(':')?;
        let (time, text) = text.split_once(':')?;
        let is_time = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
        let (name, options) = match text.split_once('[') {
            Some((name, options)) => (name, options.strip_suffix(']')?),
            None => (text, ""),
        };
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let is_name = (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_letter);
        if !is_time || !is_name {
            return None;
        }
        let name = name.to_owned();
        match kind {
            "start" => {
                let is_folded = options.split(',').any(|option| option == "collapsed=true");
                Some(Self::Start { name, is_folded })
            }
            "end" => Some(Self::End { name }),
            _ => None,
        }
    }
}

/// How long GitHub's word for the beginning of a group is, if the line is one.
pub(super) fn begin_of_group(starts_with: impl Fn(&str) -> bool) -> Option<usize> {
    BEGINS.into_iter().find(|word| starts_with(word)).map(str::len)
}

/// Whether the line is GitHub's word for the end of a group.
pub(super) fn is_end_of_group(starts_with: impl Fn(&str) -> bool) -> bool {
    ENDS.into_iter().any(starts_with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_as_gitlab_has_them() {
        let start =
            |name: &str, is_folded| Some(Section::Start { name: name.to_owned(), is_folded });
        assert_eq!(Section::of("section_start:1560896352:my_first.1"), start("my_first.1", false));
        assert_eq!(Section::of("section_start:1:a[collapsed=true]"), start("a", true));
        assert_eq!(
            Section::of("section_start:1:a[hide_duration=true,collapsed=true]"),
            start("a", true)
        );
        assert_eq!(Section::of("section_end:1:a"), Some(Section::End { name: "a".to_owned() }));
        for odd in [
            "section_start:x:a",
            "section_start::a",
            "section_start:1:",
            "section_start:1:<b>",
            "section_start:1:a[collapsed=true",
            "section_middle:1:a",
            "section_start",
        ] {
            assert_eq!(Section::of(odd), None, "{odd}");
        }
        assert_eq!(Section::of(&format!("section_end:1:{}", "a".repeat(101))), None);
    }
}
