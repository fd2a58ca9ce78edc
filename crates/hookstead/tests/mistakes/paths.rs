//! The paths of the facade that a message of the compiler's tells the user to write.

use serde_json::Value;

/// What an import that the compiler proposes, and a label, note or help in words, names.
pub(crate) fn named_in(message: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for part in std::iter::once(message).chain(array(&message["children"])) {
        for span in array(&part["spans"]) {
            let replacement = span["suggested_replacement"].as_str().unwrap_or_default();
            found.extend(imports(replacement));
            found.extend(in_words(span["label"].as_str().unwrap_or_default()));
        }
    }
    for child in array(&message["children"]) {
        found.extend(in_words(child["message"].as_str().unwrap_or_default()));
    }
    found
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The path of each `use` in a proposed change.
fn imports(change: &str) -> impl Iterator<Item = String> {
    change.lines().filter_map(|line| {
        let path = line.trim().strip_prefix("use ")?.strip_suffix(';')?;
        Some(path.to_owned())
    })
}

/// Each path of the facade, but for the associated function at its end, which cannot be imported.
fn in_words(text: &str) -> impl Iterator<Item = String> {
    text.match_indices("hookstead::").map(|(start, _)| {
        let path = text[start..]
            .split(|letter: char| !(letter.is_alphanumeric() || "_:".contains(letter)));
        let path = path.into_iter().next().unwrap_or_default().trim_end_matches(':');
        let segments: Vec<_> = path.split("::").collect();
        let is_type = |segment: &&str| segment.starts_with(char::is_uppercase);
        let end = segments.iter().position(is_type);
        segments[..end.map_or(segments.len(), |end| end + 1)].join("::")
    })
}

#[test]
fn paths_are_found_in_words_and_changes() {
    let message = serde_json::json!({
        "children": [
            {"message": "write `#[hookstead::async_trait]`, `.map_err(hookstead::HandlerError::retry)`"},
            {"message": "consider", "spans": [{"suggested_replacement": "use hookstead::events::Event;\n"}]},
        ],
    });
    assert_eq!(
        named_in(&message),
        ["hookstead::events::Event", "hookstead::async_trait", "hookstead::HandlerError"]
    );
}
