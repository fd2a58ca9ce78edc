use std::fmt;

use serde::de::DeserializeOwned;

/// An answer does not fit its type. Says where and how, never what stands there.
#[derive(Debug)]
pub(crate) struct DecodeProblem {
    path: Option<String>,
    problem: String,
}

/// Decodes an answer.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeProblem> {
    serde_json::from_slice(body).map_err(|error| locate::<T>(body, &error))
}

/// Decodes again, slower, and notes the path.
#[cold]
fn locate<T: DeserializeOwned>(body: &[u8], first: &serde_json::Error) -> DecodeProblem {
    if body.iter().all(u8::is_ascii_whitespace) {
        return DecodeProblem { path: None, problem: "it is empty".to_owned() };
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        // Where the JSON itself is broken, the line and the column say more.
        Err(error) if error.inner().is_data() && error.path().iter().len() > 0 => DecodeProblem {
            path: Some(error.path().to_string()),
            problem: without_contents(error.inner()),
        },
        _ => DecodeProblem { path: None, problem: without_contents(first) },
    }
}

/// The error's text without the offending value, which serde quotes after its type:
/// ``invalid type: string "hunter2", expected u64 at line 1 column 9``.
fn without_contents(error: &serde_json::Error) -> String {
    let text = error.to_string();
    for problem in ["invalid type: ", "invalid value: "] {
        let Some(rest) = text.strip_prefix(problem) else {
            continue;
        };
        let Some((found, expected)) = rest.rsplit_once(", expected ") else {
            continue;
        };
        let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
        return format!("{problem}{kind}, expected {expected}");
    }
    text
}

impl fmt::Display for DecodeProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(formatter, "at {path}: ")?;
        }
        formatter.write_str(&self.problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Item {
        #[expect(dead_code, reason = "only decoded")]
        id: u64,
    }

    #[test]
    fn the_place_is_named_and_the_contents_are_not() {
        for (json, expected) in [
            ("", "it is empty"),
            (" \n", "it is empty"),
            (r#"[{"id": 1}, {"id": "hunter2"}]"#, "at [1].id: invalid type: string, expected u64"),
            (r#"[{"hunter2": 1}]"#, "at [0]: missing field `id`"),
            (r#""hunter2""#, "invalid type: string, expected a sequence"),
            (r#"[{"id": 1}"#, "EOF while parsing a list"),
            (r#"[{"id": 1, "hunt"#, "EOF while parsing a string"),
            ("<html>hunter2", "expected value at line 1 column 1"),
            ("[] hunter2", "trailing characters"),
        ] {
            let problem = decode::<Vec<Item>>(json.as_bytes()).unwrap_err().to_string();
            assert!(problem.starts_with(expected), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
