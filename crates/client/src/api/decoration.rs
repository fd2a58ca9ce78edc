//! What decorates: words and links that people see, and that nothing else depends on. GitHub refuses a
//! whole status for a fault in one of them, so they are made to fit: that a state arrives is worth more
//! than the end of its description. Each change is in the log, by the name of the field.

use std::borrow::Cow;

use url::Url;

/// The longest description that GitHub takes of a status, a deployment or a deployment status. It
/// refuses a longer one with 422, so a longer one is cut.
pub const DESCRIPTION_MAX_CHARACTERS: usize = 140;

/// The longest context that GitHub takes of a status. It refuses a longer one with 422, so a longer one is
/// cut; see [`NewStatus::context`](crate::NewStatus::context).
pub const CONTEXT_MAX_CHARACTERS: usize = 255;

/// The longest summary, and the longest text, that GitHub takes of a check run, in bytes of UTF-8. Its
/// documentation speaks of characters. A longer one is cut.
pub const CHECK_TEXT_MAX_BYTES: usize = 65_535;

/// The longest comment that GitHub takes. It refuses a longer one with 422, so a longer one is cut.
pub const COMMENT_MAX_CHARACTERS: usize = 65_536;

/// The context that GitHub takes when none is given.
pub(crate) const DEFAULT_CONTEXT: &str = "default";

/// What stands for a character that GitHub refuses.
const REPLACEMENT: char = '\u{FFFD}';

/// What GitHub takes in a field.
pub(crate) struct Text {
    field: &'static str,
    limit: Limit,
    /// Whether it refuses characters above U+FFFF, most emoji among them.
    is_narrow: bool,
}

enum Limit {
    None,
    Characters(usize),
    /// Of UTF-8.
    Bytes(usize),
}

/// The rules, one for each field with words.
impl Text {
    /// Of a status, a deployment, a deployment status. Only the first is known to refuse characters, and
    /// the others are treated alike.
    pub(crate) const DESCRIPTION: Self =
        Self::new("description", Limit::Characters(DESCRIPTION_MAX_CHARACTERS)).narrow();
    pub(crate) const CHECK_TITLE: Self = Self::new("output.title", Limit::Characters(255));
    pub(crate) const CHECK_SUMMARY: Self =
        Self::new("output.summary", Limit::Bytes(CHECK_TEXT_MAX_BYTES));
    pub(crate) const CHECK_TEXT: Self =
        Self::new("output.text", Limit::Bytes(CHECK_TEXT_MAX_BYTES));
    pub(crate) const ANNOTATION_TITLE: Self =
        Self::new("output.annotations.title", Limit::Characters(255));
    /// GitHub says 64 KB, and for its other texts it means one byte less.
    pub(crate) const ANNOTATION_MESSAGE: Self =
        Self::new("output.annotations.message", Limit::Bytes(CHECK_TEXT_MAX_BYTES));
    pub(crate) const ACTION_LABEL: Self = Self::new("actions.label", Limit::Characters(20));
    pub(crate) const ACTION_DESCRIPTION: Self =
        Self::new("actions.description", Limit::Characters(40));
    /// Of an issue or a pull request.
    pub(crate) const COMMENT: Self = Self::new("body", Limit::Characters(COMMENT_MAX_CHARACTERS));
    pub(crate) const LABEL_DESCRIPTION: Self =
        Self::new("description", Limit::Characters(100)).narrow();
    /// Git takes any length, and no NUL.
    pub(crate) const COMMIT_TITLE: Self = Self::new("commit_title", Limit::None);
    pub(crate) const COMMIT_MESSAGE: Self = Self::new("commit_message", Limit::None);

    const fn new(field: &'static str, limit: Limit) -> Self {
        Self { field, limit, is_narrow: false }
    }

    const fn narrow(mut self) -> Self {
        self.is_narrow = true;
        self
    }

    /// Makes a text fit.
    pub(crate) fn fit(&self, text: impl Into<String>) -> String {
        let mut text = text.into();
        if let Cow::Owned(replaced) = replaced(&text, self.is_narrow) {
            tracing::info!(field = self.field, "GitHub refuses some characters, replacing them");
            text = replaced;
        }
        let end = match self.limit {
            Limit::None => None,
            Limit::Characters(limit) => end_by_characters(&text, limit),
            Limit::Bytes(limit) => end_by_bytes(&text, limit),
        };
        if let Some(end) = end {
            tracing::info!(field = self.field, "the text is too long for GitHub, cutting it");
            text.truncate(end);
            text.push('…');
        }
        text
    }
}

/// Where a text is to be cut, so that it has so many characters with an ellipsis.
fn end_by_characters(text: &str, limit: usize) -> Option<usize> {
    let mut boundaries = text.char_indices().skip(limit.saturating_sub(1));
    match (boundaries.next(), boundaries.next()) {
        (Some((end, _)), Some(_)) => Some(end),
        _ => None,
    }
}

/// Where a text is to be cut, so that it has at most so many bytes with an ellipsis.
fn end_by_bytes(text: &str, limit: usize) -> Option<usize> {
    let room = limit.saturating_sub('…'.len_utf8());
    (text.len() > limit).then(|| text.floor_char_boundary(room))
}

/// Replaces control characters, but for those that white space is made of, and what is above U+FFFF where
/// that is refused. What only joins or varies such a character goes with it.
fn replaced(text: &str, is_narrow: bool) -> Cow<'_, str> {
    let is_refused = |character: char| {
        let is_space = matches!(character, '\n' | '\r' | '\t');
        (character.is_control() && !is_space) || (is_narrow && character > '\u{FFFF}')
    };
    if !text.contains(is_refused) {
        return Cow::Borrowed(text);
    }
    let mut replaced = String::with_capacity(text.len());
    let mut was_refused = false;
    for character in text.chars() {
        if is_refused(character) {
            replaced.push(REPLACEMENT);
            was_refused = true;
        } else if !(was_refused && matches!(character, '\u{200D}' | '\u{FE0E}' | '\u{FE0F}')) {
            replaced.push(character);
            was_refused = false;
        }
    }
    Cow::Owned(replaced)
}

/// Makes a status' context fit; `None` for a blank one, which GitHub refuses.
///
/// A context names the status, so two of them must not become one: where one is cut, a number that is
/// made of the whole stands at its end, always the same for the same context.
pub(crate) fn context(text: impl Into<String>) -> Option<String> {
    let text = text.into();
    match fitting_context(&text) {
        None => {
            tracing::warn!(field = "context", "the context is blank, GitHub takes its default");
            None
        }
        Some(Cow::Borrowed(_)) => Some(text),
        Some(Cow::Owned(changed)) => {
            tracing::warn!(
                field = "context",
                context = changed,
                "GitHub refuses such a context, changing it"
            );
            Some(changed)
        }
    }
}

/// The same without a word in the log.
pub(crate) fn fitting_context(text: &str) -> Option<Cow<'_, str>> {
    if text.trim().is_empty() {
        return None;
    }
    match replaced(text, false) {
        Cow::Borrowed(_) if text.chars().count() <= CONTEXT_MAX_CHARACTERS => {
            Some(Cow::Borrowed(text))
        }
        replaced => Some(Cow::Owned(distinct(&replaced, text))),
    }
}

/// A context without characters above U+FFFF, if it has any.
pub(crate) fn narrow_context(text: &str) -> Option<String> {
    match replaced(text, true) {
        Cow::Borrowed(_) => None,
        Cow::Owned(narrow) => Some(distinct(&narrow, text)),
    }
}

/// A context that differs from that of every other original.
fn distinct(changed: &str, original: &str) -> String {
    // FNV-1a: the same on every machine and in every version. GitHub compares without regard to case.
    let number = original.to_lowercase().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let suffix = format!("…{number:016x}");
    let room = CONTEXT_MAX_CHARACTERS - suffix.chars().count();
    changed.chars().take(room).collect::<String>() + &suffix
}

/// Makes a link fit; `None` for one that GitHub refuses, because it leads to no website.
pub(crate) fn link(field: &'static str, link: impl Into<String>) -> Option<String> {
    let link = link.into();
    let trimmed = link.trim();
    if trimmed.is_empty() {
        return None;
    }
    let url = Url::parse(trimmed).ok();
    let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    else {
        tracing::warn!(
            field,
            "the link does not begin with `http://` or `https://`, leaving it out"
        );
        return None;
    };
    // As it was written, if it can be. GitHub's rule names schemes in lower case.
    let rest = trimmed.split_once("://").filter(|(it, _)| it.eq_ignore_ascii_case(url.scheme()));
    Some(match rest {
        Some((_, rest)) if rest.bytes().all(may_stand_in_url) => {
            format!("{}://{rest}", url.scheme())
        }
        _ => url.into(),
    })
}

/// What RFC 3986 lets stand in a URL. Others forgive more, and who checks a link may not.
fn may_stand_in_url(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(text: impl Into<String>) -> String {
        Text::DESCRIPTION.fit(text)
    }

    #[test]
    fn descriptions_are_cut_by_characters_not_bytes() {
        for character in ["a", "ü", "☃", "\u{FFFF}"] {
            let fits = character.repeat(140);
            assert_eq!(description(fits.as_str()), fits);
            let long = description(character.repeat(141));
            assert_eq!(long, character.repeat(139) + "…");
            assert_eq!(long.chars().count(), DESCRIPTION_MAX_CHARACTERS);
        }
        assert_eq!(description(""), "");
    }

    #[test]
    fn descriptions_have_no_characters_that_are_refused() {
        for (text, expected) in [
            ("2 tests failed 🐛", "2 tests failed \u{FFFD}"),
            ("🚀🚀 up", "\u{FFFD}\u{FFFD} up"),
            // One picture made of three, with what joins them.
            ("👩\u{200D}🚀\u{FE0F}!", "\u{FFFD}\u{FFFD}!"),
            ("\u{10000}\u{10FFFF}\u{FFFF}", "\u{FFFD}\u{FFFD}\u{FFFF}"),
            ("a\0b\u{1B}[31mc\u{7F}\u{85}", "a\u{FFFD}b\u{FFFD}[31mc\u{FFFD}\u{FFFD}"),
            ("two\nlines\tand\r\nmore", "two\nlines\tand\r\nmore"),
            ("✅ ☃️ e\u{301}", "✅ ☃️ e\u{301}"),
        ] {
            assert_eq!(description(text), expected);
        }
        // What is replaced counts once.
        assert_eq!(description("🐛".repeat(140)), "\u{FFFD}".repeat(140));
        assert_eq!(description("🐛".repeat(141)), "\u{FFFD}".repeat(139) + "…");
    }

    #[test]
    fn check_texts_are_cut_by_bytes_between_characters() {
        for rule in [Text::CHECK_SUMMARY, Text::CHECK_TEXT, Text::ANNOTATION_MESSAGE] {
            for (character, most) in [("a", 65_535), ("ü", 32_767), ("☃", 21_845), ("🚀", 16_383)]
            {
                let fits = character.repeat(most);
                assert_eq!(rule.fit(fits.as_str()), fits, "{}", rule.field);
                let long = rule.fit(character.repeat(most + 1));
                assert!(
                    long.len() <= CHECK_TEXT_MAX_BYTES && long.len() > CHECK_TEXT_MAX_BYTES - 7
                );
                assert!(long.ends_with(&format!("{character}…")));
            }
        }
        // These may have pictures.
        assert_eq!(Text::CHECK_TITLE.fit("🚀"), "🚀");
        assert_eq!(Text::CHECK_TITLE.fit("ü".repeat(256)), "ü".repeat(254) + "…");
        assert_eq!(Text::COMMIT_MESSAGE.fit("a\0🚀".repeat(999)), "a\u{FFFD}🚀".repeat(999));
    }

    #[test]
    fn contexts_stay_distinct_and_the_same() {
        let long = |end: &str| context("ü".repeat(300) + end).unwrap();
        assert_eq!(long("a").chars().count(), CONTEXT_MAX_CHARACTERS);
        assert_eq!(long("a"), long("a"));
        assert_ne!(long("a"), long("b"));
        // Forever: a branch protection may name it.
        assert_eq!(context("a".repeat(256)).unwrap(), "a".repeat(238) + "…fd2916200943d825");
        assert_eq!(long("A").to_lowercase(), long("a").to_lowercase(), "GitHub ignores case");
        for fits in ["ci/demo", "🚀", &"☃".repeat(255), &long("a")] {
            assert_eq!(context(fits).as_deref(), Some(fits));
        }
        for blank in ["", " \n"] {
            assert_eq!(context(blank), None);
        }
        assert_eq!(narrow_context("ci/demo"), None);
        let [rocket, bug] = ["🚀 ci", "🐛 ci"].map(|it| narrow_context(it).unwrap());
        assert!(rocket.starts_with("\u{FFFD} ci…") && rocket != bug, "{rocket}");
    }

    #[test]
    fn links_lead_to_websites() {
        for (written, expected) in [
            ("https://ci.example.com/17", Some("https://ci.example.com/17")),
            ("HTTP://CI.example.com:80?a=b#c", Some("http://CI.example.com:80?a=b#c")),
            ("hTTpS://ci.example.com/A%20b", Some("https://ci.example.com/A%20b")),
            ("https://ci.example.com/\na\tb", Some("https://ci.example.com/ab")),
            ("https://ci.example.com\\a\"<b>", Some("https://ci.example.com/a%22%3Cb%3E")),
            (" http://127.0.0.1:8080/\n", Some("http://127.0.0.1:8080/")),
            ("https://ci.example.com/a b/🚀", Some("https://ci.example.com/a%20b/%F0%9F%9A%80")),
            ("https:/ci.example.com", Some("https://ci.example.com/")),
            ("ci.example.com/17", None),
            ("//ci.example.com/17", None),
            ("/builds/17", None),
            ("nulljob/x/7/", None),
            ("ftp://ci.example.com", None),
            ("javascript:alert(1)", None),
            ("localhost:8080/17", None),
            ("https://", None),
            ("{{url}}", None),
            ("", None),
        ] {
            assert_eq!(link("target_url", written).as_deref(), expected, "{written}");
        }
    }
}
