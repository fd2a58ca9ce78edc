/// The words by which a commit asks that nothing runs for it, in lower case.
///
/// `[skip actions]` and `[actions skip]`, which GitHub knows as well, are meant for GitHub's own runner.
const WORDS: [&str; 3] = ["[skip ci]", "[ci skip]", "[no ci]"];

/// The words in a commit's message that ask for no builds, as they stand there: anywhere in it, as at GitHub, or
/// the trailer `skip-checks: true` at its end.
pub(super) fn skip_words(message: &str) -> Option<String> {
    // Only ASCII changes, so the places stay.
    let lower = message.to_ascii_lowercase();
    let found = WORDS.into_iter().filter_map(|word| Some((lower.find(word)?, word.len()))).min();
    if let Some((at, length)) = found {
        return message.get(at..at + length).map(str::to_owned);
    }
    // Trailers are the last paragraph, and not the first.
    let (_, last) = lower.trim_end().rsplit_once("\n\n").or_else(|| {
        // As Windows writes lines.
        lower.trim_end().rsplit_once("\n\r\n")
    })?;
    let is_trailer = |line: &str| {
        let value = line.trim().strip_prefix("skip-checks:");
        value.is_some_and(|value| value.trim() == "true")
    };
    last.lines().any(is_trailer).then(|| "skip-checks: true".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_trailers() {
        for (message, words) in [
            ("Fix a word [skip ci]", Some("[skip ci]")),
            ("[CI Skip] Fix a word", Some("[CI Skip]")),
            ("Fix\n\nNothing to test.\n[no ci]", Some("[no ci]")),
            ("Ünïcödé [skip ci] é", Some("[skip ci]")),
            ("[no ci] and [skip ci]", Some("[no ci]")),
            ("Fix\n\nText.\n\nskip-checks: true", Some("skip-checks: true")),
            ("Fix\r\n\r\nSkip-Checks:true\r\n", Some("skip-checks: true")),
            ("Fix\n\nskip-checks: true\nSigned-off-by: Anna", Some("skip-checks: true")),
            ("Fix\n\nskip-checks: true\n\nBut then this.", None),
            ("skip-checks: true", None),
            ("Fix\n\nskip-checks: false", None),
            ("Fix [skip actions]", None),
            ("Fix skip ci", None),
            ("Fix [skip-ci]", None),
            ("", None),
        ] {
            assert_eq!(skip_words(message).as_deref(), words, "{message:?}");
        }
    }
}
