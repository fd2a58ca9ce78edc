//! Texts that name something, made to fit a limit.

/// A text of at most so many bytes without control characters. Where it had to be changed, a number that
/// is made of the whole stands at its end, so that two names stay two; it is always the same for the same
/// text.
pub(crate) fn distinct(text: &str, longest: usize) -> String {
    if text.len() <= longest && !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    // FNV-1a: the same on every machine and in every version.
    let number = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let suffix = format!("…{number:016x}");
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    let end = text.floor_char_boundary(longest.saturating_sub(suffix.len()));
    text[..end].to_owned() + &suffix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_and_stay_distinct() {
        assert_eq!(distinct("ci/demo", 90), "ci/demo");
        let long = |end: &str| distinct(&("ü".repeat(100) + end), 90);
        assert!(long("a").len() <= 90);
        assert_eq!(long("a"), long("a"));
        assert_ne!(long("a"), long("b"));
        assert!(!distinct("a\0b", 90).contains('\0'));
        assert_ne!(distinct("a\0b", 90), distinct("ab\0", 90));
    }
}
