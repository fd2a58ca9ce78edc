/// What is wanted of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// From this byte on, and up to before that one.
    Part(u64, u64),
    /// Something beyond its end.
    Nothing,
}

/// What a header `Range` wants of a file of this size. One that asks for several parts, or is none, is no wish.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let part = header.and_then(|header| header.trim().strip_prefix("bytes="));
    let Some((first, last)) = part.and_then(|part| part.split_once('-')) else {
        return Wanted::Whole;
    };
    let number = |text: &str| {
        let text = text.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (start, end) = match (number(first), number(last)) {
        (Some(start), Some(last)) if start <= last => (start, last.saturating_add(1).min(size)),
        (Some(start), None) if last.trim().is_empty() => (start, size),
        (None, Some(length)) if first.trim().is_empty() => (size.saturating_sub(length), size),
        _ => return Wanted::Whole,
    };
    if start < end { Wanted::Part(start, end) } else { Wanted::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_the_standard_says() {
        for (header, expected) in [
            ("bytes=0-3", Wanted::Part(0, 4)),
            ("bytes=2-", Wanted::Part(2, 10)),
            ("bytes=-3", Wanted::Part(7, 10)),
            ("bytes=-30", Wanted::Part(0, 10)),
            ("bytes=5-99999999999999999999999", Wanted::Part(5, 10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=3-2", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("lines=0-3", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(wanted(Some(header), 10), expected, "{header}");
        }
        assert_eq!(wanted(None, 10), Wanted::Whole);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }
}
