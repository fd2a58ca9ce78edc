/// More characters of a foreign text are not repeated in a message.
const MAX_SHOWN: usize = 60;

/// A text of the file as a message repeats it: in quotes, cut where it is long, and with nothing that could
/// command a terminal.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown = String::from("\"");
    for (count, character) in text.chars().enumerate() {
        if count == MAX_SHOWN {
            shown.push_str("...");
            break;
        }
        shown.extend(character.escape_debug());
    }
    shown.push('"');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_harmless_and_short() {
        assert_eq!(quoted("a\u{1b}[31m\n\u{202e}é"), r#""a\u{1b}[31m\n\u{202e}é""#);
        assert_eq!(quoted(&"a".repeat(61)), format!("\"{}...\"", "a".repeat(60)));
        assert_eq!(quoted(&"a".repeat(60)), format!("\"{}\"", "a".repeat(60)));
    }
}
