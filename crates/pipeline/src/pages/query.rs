//! What stands behind the `?` of a path, and in a form.

/// The fields, decoded.
pub(super) fn fields(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// The first field of this name that says something.
pub(super) fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = fields.iter().find(|(field, value)| field == name && !value.is_empty());
    found.map(|(_, value)| value.as_str())
}
