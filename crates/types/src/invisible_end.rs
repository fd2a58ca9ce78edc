use std::fmt;

/// A text begins or ends with something that nobody sees: a line break, a space, a byte order mark, a
/// zero-width character.
///
/// It is the usual fault of secrets, tokens, ids and URLs that come out of a file, an environment variable
/// or a web page. One rule holds for all of them, wherever they are read: **they are refused, with an error
/// that says what is wrong, and never changed silently.** Cutting it off would be a guess: a secret that
/// really ends with a space at GitHub would then never fit, and nobody would be told why. The other way
/// round a secret with a line break would be taken, and each delivery be refused later.
///
/// Texts whose own form has line breaks at the end, such as keys and certificates in PEM, are read as
/// that form says.
///
/// ```
/// use hookstead_types::InvisibleEnd;
///
/// assert_eq!(InvisibleEnd::of("It's a Secret to Everybody"), None);
/// let end = InvisibleEnd::of("s3cret\n").expect("a line break");
/// assert_eq!(end.to_string(), "ends with a line break (U+000A)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvisibleEnd {
    character: char,
    is_start: bool,
}

impl InvisibleEnd {
    /// What nobody sees at the beginning of a text, else at its end, if there is anything.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let start = text.chars().next().map(|character| Self { character, is_start: true });
        let end = text.chars().next_back().map(|character| Self { character, is_start: false });
        // What changes the look of a character: none stands before the first, and none of ASCII can be changed.
        let changed = text.chars().rev().find(|it| !is_variation(*it));
        let changes_nothing = changed.is_none_or(|it| it.is_ascii() || is_invisible(it));
        let is_unseen = |it: &Self| {
            let is_variation = is_variation(it.character) && (it.is_start || changes_nothing);
            is_invisible(it.character) || is_variation
        };
        [start, end].into_iter().flatten().find(is_unseen)
    }

    /// As [`of`](Self::of), for bytes that are a text. Others were made by a program, and nobody looks at
    /// them: those that are no UTF-8, or control characters and nothing that is seen. Of them only the byte
    /// order mark of a text in UTF-16 is noticed.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.chars().all(is_invisible) && text.chars().any(is_never_typed) => None,
            Ok(text) => Self::of(text),
            Err(_) if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) => {
                Some(Self { character: '\u{feff}', is_start: true })
            }
            Err(_) => None,
        }
    }
}

/// Whether nobody sees this character: white space of any kind, control characters, zero-width and
/// bidirectional ones, and others that Unicode calls ignorable. So are those that only change the look of
/// the one before, behind which text can be hidden.
///
/// ```
/// use hookstead_types::is_unseen;
///
/// assert!(is_unseen(' ') && is_unseen('\u{200b}') && is_unseen('\u{202e}') && is_unseen('\u{e0041}'));
/// assert!(!is_unseen('a') && !is_unseen('é') && !is_unseen('字'));
/// ```
#[must_use]
pub fn is_unseen(character: char) -> bool {
    is_invisible(character) || is_variation(character)
}

/// Control characters that are no white space of a text's.
fn is_never_typed(character: char) -> bool {
    character.is_ascii_control() && !matches!(character, '\t' | '\n' | '\r')
}

/// What changes the look of the character before it, or with it makes a flag: an emoji may be the end of a
/// secret. Variation selectors, and tags.
fn is_variation(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// White space, control characters, and what Unicode calls ignorable, except for [variations](is_variation).
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e001f}'
                | '\u{e0080}'..='\u{e00ff}'
                | '\u{e01f0}'..='\u{e0fff}'
        )
}

/// To be read after what it is about: `ends with a line break (U+000A)`.
impl fmt::Display for InvisibleEnd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.character {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break",
            '\t' => "a tab",
            ' ' => "a space",
            '\u{feff}' => "a byte order mark",
            '\u{200b}'..='\u{200d}' | '\u{2060}' => "a zero-width character",
            other if other.is_whitespace() => "white space",
            other if other.is_control() => "a control character",
            _ => "an invisible character",
        };
        let verb = if self.is_start { "begins" } else { "ends" };
        write!(formatter, "{verb} with {name} (U+{:04X})", u32::from(self.character))
    }
}

impl std::error::Error for InvisibleEnd {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_found_at_both_ends() {
        for (invisible, name) in [
            ("\n", "a line break (U+000A)"),
            ("\r", "a line break (U+000D)"),
            (" ", "a space (U+0020)"),
            ("\t", "a tab (U+0009)"),
            ("\u{b}", "white space (U+000B)"),
            ("\0", "a control character (U+0000)"),
            ("\u{7f}", "a control character (U+007F)"),
            ("\u{a0}", "white space (U+00A0)"),
            ("\u{3000}", "white space (U+3000)"),
            ("\u{2028}", "a line break (U+2028)"),
            ("\u{feff}", "a byte order mark (U+FEFF)"),
            ("\u{200b}", "a zero-width character (U+200B)"),
            ("\u{200d}", "a zero-width character (U+200D)"),
            ("\u{2060}", "a zero-width character (U+2060)"),
            ("\u{ad}", "an invisible character (U+00AD)"),
            ("\u{200e}", "an invisible character (U+200E)"),
            ("\u{202e}", "an invisible character (U+202E)"),
            ("\u{3164}", "an invisible character (U+3164)"),
            ("\u{e0001}", "an invisible character (U+E0001)"),
            ("\u{e0fff}", "an invisible character (U+E0FFF)"),
            // Without anything whose look they change.
            ("\u{fe0f}", "an invisible character (U+FE0F)"),
            ("\u{fe00}", "an invisible character (U+FE00)"),
            ("\u{e0061}", "an invisible character (U+E0061)"),
            ("\u{e0100}", "an invisible character (U+E0100)"),
        ] {
            let end = InvisibleEnd::of(&format!("s3cret{invisible}")).unwrap();
            assert_eq!(end.to_string(), format!("ends with {name}"));
            let start = InvisibleEnd::of(&format!("{invisible}s3cret")).unwrap();
            assert_eq!(start.to_string(), format!("begins with {name}"));
            assert_eq!(InvisibleEnd::of_bytes(format!("s3cret{invisible}").as_bytes()), Some(end));
            assert_eq!(InvisibleEnd::of(invisible), Some(start));
        }
        assert!(InvisibleEnd::of("s3cret\u{200b}\u{fe0f}").is_some());
        let windows = InvisibleEnd::of("s3cret\r\n").unwrap();
        assert_eq!(windows.to_string(), "ends with a line break (U+000A)");
    }

    #[test]
    fn what_is_seen_and_what_is_inside_stays() {
        for text in [
            "",
            "a",
            "a b",
            "a\u{200d}b",
            "pass\nword",
            "ü",
            "\u{2764}\u{fe0f}",
            "\u{e9}",
            // A flag, and a character that Japanese writes in two ways.
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}",
            "\u{845b}\u{e0100}",
        ] {
            assert_eq!(InvisibleEnd::of(text), None, "{text:?}");
        }
        // Keys that a program has made.
        assert_eq!(InvisibleEnd::of_bytes(b"\x80\xfe\n"), None);
        assert_eq!(InvisibleEnd::of_bytes(&[0x0b; 20]), None);
        assert!(InvisibleEnd::of_bytes(b" \r\n").is_some());
        let utf_16 = InvisibleEnd::of_bytes(b"\xff\xfes\0\x80\xd8").unwrap();
        assert_eq!(utf_16.to_string(), "begins with a byte order mark (U+FEFF)");
    }
}
