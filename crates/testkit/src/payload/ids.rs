use serde_json::{Value, json};

/// An id for the GraphQL API; opaque, as GitHub's are.
pub(crate) fn node_id(kind: &str, id: u64) -> String {
    format!("{kind}{id:x}")
}

/// `base` with these links added, each a key and what follows the address `of`.
pub(crate) fn with_links(mut base: Value, of: &str, links: &[(&str, &str)]) -> Value {
    if let Some(object) = base.as_object_mut() {
        object.extend(
            links.iter().map(|(key, rest)| ((*key).to_owned(), json!(format!("{of}{rest}")))),
        );
    }
    base
}
