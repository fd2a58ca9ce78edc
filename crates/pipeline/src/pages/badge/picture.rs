use maud::{Markup, html};

use super::widths::width_of;
use crate::pages::words;

/// So many characters of what it is about are shown.
const LONGEST: usize = 48;

/// On each side of a text, in tenths of a pixel.
const BESIDE: u32 = 60;

/// What it is about, and how that stands. The texts are as wide as is said here, whatever font there is.
pub(super) fn picture(label: &str, word: &str, colour: &str) -> Markup {
    let label: String = words::cut(label, LONGEST).chars().filter(|c| !c.is_control()).collect();
    let (label_text, word_text) = (width_of(&label), width_of(word));
    let (left, right) = (label_text + 2 * BESIDE, word_text + 2 * BESIDE);
    let all = tenths(left + right);
    let text = |start: u32, length: u32, text: &str| {
        html! {
            text x=(tenths(start + BESIDE)) y="14" textLength=(tenths(length)) lengthAdjust="spacingAndGlyphs" { (text) }
        }
    };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(all) height="20" role="img" aria-label={ (label) ": " (word) } {
            title { (label) ": " (word) }
            clipPath id="r" { rect width=(all) height="20" rx="4" {} }
            g clip-path="url(#r)" {
                rect width=(tenths(left)) height="20" fill="#374151" {}
                rect x=(tenths(left)) width=(tenths(right)) height="20" fill=(colour) {}
            }
            g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" {
                (text(0, label_text, &label))
                (text(left, word_text, word))
            }
        }
    }
}

fn tenths(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_wrote_is_no_markup() {
        let picture = picture("a\"><script>&\u{7}\n", "passed", "#1a7f37").into_string();
        assert!(!picture.contains("<script") && !picture.contains('\u{7}'), "{picture}");
        assert!(picture.contains("&lt;script&gt;&amp;"), "{picture}");
        assert!(picture.contains("aria-label=\"a&quot;&gt;"), "{picture}");
    }

    #[test]
    fn both_halves_are_as_wide_as_their_texts() {
        let picture = picture("lib", "failed", "#c4232f").into_string();
        // l, i, b: 3.0, 3.0, 6.9; and 6 pixels on each side.
        assert!(picture.contains("textLength=\"12.9\""), "{picture}");
        assert!(picture.contains("<rect width=\"24.9\""), "{picture}");
        assert!(picture.contains("<rect x=\"24.9\""), "{picture}");
        let long = super::picture(&"x".repeat(500), "passed", "#000").into_string();
        assert!(long.len() < 1_500, "{}", long.len());
    }
}
