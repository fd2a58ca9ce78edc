use percent_encoding::percent_decode_str;

/// The parts of a path that a pattern names, percent-decoded; `None` if the path is another. `{name}` is one
/// segment of the path, `{name*}` is one or more: a branch name may have slashes, percent-encoded or not.
pub(crate) fn parameters<'a>(pattern: &'a str, path: &str) -> Option<Vec<(&'a str, String)>> {
    let segments: Vec<&str> = path.split('/').collect();
    let mut rest = segments.as_slice();
    let mut parameters = Vec::new();
    let expected: Vec<&'a str> = pattern.split('/').collect();
    for (position, expected_segment) in expected.iter().enumerate() {
        let after = expected.len() - position - 1;
        let Some(name) = expected_segment.strip_prefix('{').and_then(|it| it.strip_suffix('}'))
        else {
            let (first, others) = rest.split_first()?;
            if first != expected_segment {
                return None;
            }
            rest = others;
            continue;
        };
        let taken = if name.ends_with('*') { rest.len().checked_sub(after)? } else { 1 };
        let (value, others) = rest.split_at_checked(taken)?;
        let value = value.join("/");
        // A final slash leaves an empty segment, which is nobody's name.
        if value.is_empty() || value.ends_with('/') {
            return None;
        }
        let value = percent_decode_str(&value).decode_utf8().ok()?.into_owned();
        parameters.push((name.trim_end_matches('*'), value));
        rest = others;
    }
    rest.is_empty().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pattern: &'static str, path: &str) -> Option<Vec<String>> {
        Some(parameters(pattern, path)?.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn a_ref_may_have_slashes() {
        const STATUS: &str = "/repos/{owner}/{repo}/commits/{ref*}/status";
        for (path, expected) in [
            ("/repos/o/r/commits/main/status", Some("main")),
            ("/repos/o/r/commits/heads/a/b/status", Some("heads/a/b")),
            ("/repos/o/r/commits/heads%2Fa%20b/status", Some("heads/a b")),
            ("/repos/o/r/commits/status", None),
            ("/repos/o/r/commits//status", None),
            ("/repos/o/r/commits/main/status/", None),
            ("/repos/o/r/commits/main", None),
        ] {
            let found = values(STATUS, path).and_then(|values| values.get(2).cloned());
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_final_slash_is_not_found() {
        assert!(values("/repos/{owner}/{repo}", "/repos/o/r").is_some());
        assert!(values("/repos/{owner}/{repo}", "/repos/o/r/").is_none());
        assert!(values("/repos/{owner}/{repo}", "/repos/o/").is_none());
        assert!(
            values("/repos/{owner}/{repo}/statuses/{ref*}", "/repos/o/r/statuses/a/").is_none()
        );
    }
}
