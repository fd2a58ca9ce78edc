/// The longest description that GitHub takes of a status, a deployment or a deployment status. It
/// refuses a longer one with 422, so a longer one is cut here: that a status arrives is worth more
/// than the end of its description.
pub const DESCRIPTION_MAX_CHARACTERS: usize = 140;

/// Cuts a text to [`DESCRIPTION_MAX_CHARACTERS`], the ellipsis counted in.
pub(crate) fn cut(text: impl Into<String>) -> String {
    cut_to(text, DESCRIPTION_MAX_CHARACTERS)
}

/// Cuts a text to so many characters, the ellipsis counted in.
pub(crate) fn cut_to(text: impl Into<String>, characters: usize) -> String {
    let mut text = text.into();
    let mut boundaries = text.char_indices().skip(characters.saturating_sub(1));
    if let (Some((end, _)), Some(_)) = (boundaries.next(), boundaries.next()) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_counts_characters_not_bytes() {
        for character in ["a", "ü", "☃", "🚀"] {
            let fits = character.repeat(140);
            assert_eq!(cut(fits.as_str()), fits);
            let long = cut(character.repeat(141));
            assert_eq!(long, character.repeat(139) + "…");
            assert_eq!(long.chars().count(), DESCRIPTION_MAX_CHARACTERS);
        }
        assert_eq!(cut(""), "");
    }
}
