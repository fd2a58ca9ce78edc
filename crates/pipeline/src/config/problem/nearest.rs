/// A longer word is not compared: it is no misspelling of a key.
const MAX_CHARACTERS: usize = 40;

/// The word of a list that somebody may have meant, if one is near enough: a third of it may differ, or one is
/// the beginning of the other.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > MAX_CHARACTERS {
        return None;
    }
    let begins = |candidate: &str| {
        let shorter = length.min(candidate.chars().count());
        shorter >= 3 && (word.starts_with(candidate) || candidate.starts_with(word))
    };
    let near = known.into_iter().filter_map(|candidate| {
        let distance = distance(word, candidate);
        let allowed = (candidate.chars().count() / 3).max(1);
        let is_near = distance <= allowed && distance < length.max(2);
        // A beginning comes behind all that are near by letters.
        let rank = if is_near { distance } else { MAX_CHARACTERS };
        (is_near || begins(candidate)).then_some((rank, candidate))
    });
    near.min_by_key(|(rank, _)| *rank).map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, left out, replaced, or exchanged with their neighbour. Case does not count.
fn distance(from: &str, to: &str) -> usize {
    let letters = |word: &str| word.to_lowercase().chars().collect::<Vec<_>>();
    let (from, to) = (letters(from), letters(to));
    // The rows of the usual table for the last two letters and for this one.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let at =
                |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, column) + usize::from(letter != other);
            let mut best = replaced.min(at(&last, column + 1) + 1).min(at(&next, column) + 1);
            let is_exchanged = row > 0
                && column > 0
                && from.get(row - 1) == Some(other)
                && to.get(column - 1) == Some(letter);
            if is_exchanged {
                best = best.min(at(&before, column - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (from, to, expected) in [
            ("timeout", "timeout", 0),
            ("timeuot", "timeout", 1),
            ("timout", "timeout", 1),
            ("Timeout", "timeout", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn what_was_meant() {
        const KNOWN: [&str; 6] = ["run", "repo", "timeout", "secrets", "secret", "url"];
        for (word, expected) in [
            ("timeuot", Some("timeout")),
            ("tiemout", Some("timeout")),
            ("repository", Some("repo")),
            ("secert", Some("secret")),
            ("secretts", Some("secrets")),
            ("time", Some("timeout")),
            ("rum", Some("run")),
            ("x", None),
            ("branches", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, KNOWN), expected, "{word}");
        }
        assert_eq!(nearest(&"a".repeat(1_000_000), KNOWN), None);
    }
}
